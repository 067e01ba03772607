/** The tables of `flexor price`. */
import { formatCount, formatFrom, formatPercent } from '../../base/format.js';
import type { LayerPrice, FlexorAndPlain, PriceReport, TargetPrice, TotalPrice } from '../../report/price/types.js';
import { formatTable, optional, type Heading } from './table.js';
import { facts } from '../terminal/text.js';

/** A layer, or all of them. */
type Line = Pick<LayerPrice, keyof TotalPrice>;

/** Everything that the command prints. */
export function priceTables(report: PriceReport): string {
  const cycles = `${formatCount(report.cyclesPerFrame)} cycles a frame`;
  const heading = facts([
    ['model', `${report.model}, ${cycles}; plain: the same network and fold, 1 bit a weight`],
    ...report.measurements.map(
      ({ target, title, yosysVersion }) => ['target', `${target}: ${title}, ${yosysVersion}`] as const,
    ),
  ]);
  const targets = report.measurements.map((_, i) => targetTable(report, i));
  return [heading, bitsTable(report), decryptorTable(report), ...targets, energyTable(report)].join('\n\n');
}

function table(report: PriceReport, headings: readonly Heading[], row: (line: Line) => readonly string[]): string {
  return formatTable(
    ['layer', ...headings],
    [...report.layers.map((layer) => [layer.name, ...row(layer)]), ['total', ...row(report.total)]],
  );
}

/** FleXOR, then plain. */
function both({ flexor, plain }: FlexorAndPlain, digits = 0): string[] {
  return [flexor, plain].map((n) => (digits === 0 ? formatCount(Math.round(n)) : n.toFixed(digits)));
}

function bitsTable(report: PriceReport): string {
  const bits = [optional(3, 'weights'), optional(2, 'encrypted bits'), 'stored bits', 'plain', 'saved', 'of plain'];
  const traffic = ['reads a frame', 'plain', optional(1, 'bits read'), optional(1, 'plain')];
  return table(report, [...bits, ...traffic], ({ weights, savedBits, traffic: { reads, bitsRead } }) => [
    formatCount(weights.weightBits),
    formatCount(weights.encryptedBits),
    formatCount(weights.storedBits),
    formatCount(weights.plainStoredBits),
    formatCount(savedBits),
    formatPercent(savedBits / weights.plainStoredBits),
    ...both(reads),
    ...both(bitsRead),
  ]);
}

function decryptorTable(report: PriceReport): string {
  const header = ['XOR circuits', 'XOR gates', optional(1, 'as chains'), 'depth', 'register bits', 'plain'];
  return table(report, header, ({ decryptor: { copies, xorGates, naiveXorGates, depth, registerBits } }) => [
    formatCount(copies),
    formatCount(xorGates),
    formatCount(naiveXorGates),
    String(depth),
    ...both(registerBits),
  ]);
}

function targetTable(report: PriceReport, index: number): string {
  const { target, unit, blockRams, memoryUm2, criticalPathNs } = report.total.targets[index]!;
  const header: Heading[] = [unit, 'plain', `decryptors ${unit}`, 'of all', optional(2, 'depth')];
  if (criticalPathNs !== null) header.push(optional(3, 'path ns'));
  if (blockRams) header.push('block RAMs', 'plain');
  if (memoryUm2) {
    header.push('SRAM µm²', 'plain', 'pays from weights');
    header.push(...['ROM µm²', 'plain', 'pays from weights'].map((text) => optional(1, text)));
  }
  const row = (each: TargetPrice): string[] => [
    ...both(each.logic),
    formatCount(Math.round(each.decryptor)),
    formatPercent(each.share),
    String(each.depth),
    ...(criticalPathNs === null ? [] : [each.criticalPathNs?.toFixed(2) ?? '–']),
    ...(each.blockRams ? both(each.blockRams) : []),
    ...(['sram', 'rom'] as const).flatMap((kind) =>
      each.memoryUm2 ? [...both(each.memoryUm2[kind]), formatFrom(each.breakEvenWeights![kind])] : [],
    ),
  ];
  const note = 'total: with pools and ports';
  return `${target} (${note})\n${table(report, header, ({ targets }) => row(targets[index]!))}`;
}

function energyTable(report: PriceReport): string {
  const withMac = report.total.energy.macArray !== null;
  const header = [
    'memory',
    'plain',
    'decryptors',
    'plain',
    'sum',
    'plain',
    ...(withMac ? [optional(1, 'MAC array')] : []),
  ];
  const nJ = (pair: FlexorAndPlain): string[] => both({ flexor: pair.flexor / 1000, plain: pair.plain / 1000 }, 1);
  const lines = table(report, [...header, 'pays from weights'], ({ energy }) => [
    ...nJ(energy.memory),
    ...nJ(energy.decryptor),
    ...nJ(energy.weights),
    ...(energy.macArray === null ? [] : [(energy.macArray / 1000).toFixed(1)]),
    energy === report.total.energy ? '' : formatFrom(energy.breakEvenWeights),
  ]);
  return `energy a frame, nJ (estimate, 45 nm)\n${lines}`;
}
