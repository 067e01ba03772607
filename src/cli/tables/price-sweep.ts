/** The table of `flexor price-sweep`. */
import { formatCount, formatFrom, formatPercent } from '../../base/format.js';
import type { SweepReport, SweepRow } from '../../report/price/sweep/types.js';
import { formatTable, optional } from './table.js';
import { facts } from '../terminal/text.js';

const HEADINGS = [
  ...['taps', 'N_out', 'N_in', optional(11, 'bit a weight'), optional(8, 'different rows'), optional(7, 'XOR chains')],
  ...['gates', 'depth', optional(1, 'circuit NAND2'), optional(2, 'circuit µm²'), optional(3, 'circuit LUT')],
  ...[
    optional(4, 'copies'),
    'decryptor NAND2',
    optional(5, 'decryptor µm²'),
    'decryptor LUT',
    optional(6, 'LUT a bit'),
  ],
  ...[optional(9, 'of µm²'), optional(10, 'of LUT'), optional(12, 'SRAM saved µm² a weight')],
  ...['pays from weights', 'pays in ROM'],
];

/** What was set against what, then a line a kind of M⊕. */
export function sweepTable(report: SweepReport): string {
  const { request, plainRegister: plain, referenceLayer, memoryUm2PerBit } = report;
  const { pe, seeds } = request;
  const { logic } = referenceLayer;
  const { sram, rom } = memoryUm2PerBit;
  const heading = facts([
    ['decryptor', `one lane, ${pe} weight bits a cycle; figures are medians of ${seeds} matrices`],
    ['plain', `a register of ${pe} bits: ${sizes(plain)}`],
    ['of', `${referenceLayer.title}, PE ${pe}, SIMD 1: ${sizes(logic)}`],
    ['memory', `SRAM ${sram.toFixed(2)}, ROM ${rom.toFixed(2)} µm² a bit; library ${report.library}`],
    ['tool', report.yosysVersion],
  ]);
  return `${heading}\n\n${formatTable(HEADINGS, report.rows.map(line))}`;
}

function sizes({ asic, nand2, xcup }: SweepReport['plainRegister']): string {
  return `${whole(asic)} µm², ${whole(nand2)} NAND2, ${whole(xcup)} LUT`;
}

function line(row: SweepRow): string[] {
  const { circuit, decryptor } = row;
  return [
    String(row.taps),
    String(row.nOut),
    String(row.nIn),
    (row.nIn / row.nOut).toFixed(3),
    whole(row.distinctRows),
    whole(row.naiveGates),
    whole(row.gates),
    whole(row.depth),
    ...[circuit.nand2, circuit.asic, circuit.xcup].map(whole),
    String(row.slices),
    ...[decryptor.nand2, decryptor.asic, decryptor.xcup].map(whole),
    row.perWeightBit.xcup.toFixed(2),
    formatPercent(row.share.asic),
    formatPercent(row.share.xcup),
    row.savedUm2PerWeight.sram.toFixed(2),
    formatFrom(row.breakEvenWeights.sram),
    formatFrom(row.breakEvenWeights.rom),
  ];
}

function whole(n: number): string {
  return formatCount(Math.round(n));
}
