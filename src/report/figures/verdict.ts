/**
 * The verdict of a report: what the figures say, in plain sentences, for a reader who reads nothing else. Every number in
 * it is one of `ModelFigures`.
 */
import { formatCount, formatPercent, formatShort } from '../../base/format.js';
import { logicUnit } from '../price/targets.js';
import type { LayerPrice } from '../price/types.js';
import { rtlFailure } from './rtl-failure.js';
import type { ModelFigures } from './types.js';

type Source = Omit<ModelFigures, 'headlines' | 'verdict'>;

/** The sentences, the most important first. */
export function verdictOf(figures: Source): string[] {
  return [...cost(figures), answers(figures), proof(figures), speed(figures), ...advice(figures)];
}

/** Whether the model stores one bit for each weight and plane, so that there is nothing to decrypt. */
export function isPlain({ inventory: { layers } }: Pick<ModelFigures, 'inventory'>): boolean {
  return layers.every(({ weighted }) => weighted?.codes == null || weighted.codes.plain);
}

/** A change against the plain design: `9% more LUTs`, `as many LUTs`. Shares below one percent get a digit. */
export function changeText(value: number, reference: number, what: string): string {
  const share = reference === 0 ? 0 : Math.abs(value / reference - 1);
  const percent = `${(share * 100).toFixed(share > 0 && share < 0.01 ? 1 : 0)}%`;
  if (value === reference) return `as many ${what}`;
  return value > reference ? `${percent} more ${what}` : `${percent} fewer ${what}`;
}

/** What is stored, and what it takes beside plain 1-bit weights. */
function cost(figures: Source): string[] {
  const { inventory, area, price } = figures;
  const { weights, encryptedBits, floatBits, bitsPerWeight } = inventory.totals;
  if (area === null || price === null) {
    return [
      `The model stores ${bitsPerWeight.toFixed(2)} bits a weight: ${formatCount(encryptedBits + floatBits)} bits for ` +
        `${formatCount(weights)} weights. What the hardware takes was not measured.`,
    ];
  }
  const { unit, resource } = logicUnit(area.target);
  const rate = (area.weights.storedBits / inventory.totals.weights).toFixed(2);
  const used = `${formatCount(Math.round(area.total[resource]))} ${unitName(unit)}`;
  const rams = price.total.targets[0]?.blockRams ?? null;
  if (isPlain(figures)) {
    const memory = rams === null ? `${formatCount(area.weights.storedBits)} stored bits` : blockRams(rams.flexor);
    return [
      `The weights are plain: ${rate} stored bits a weight, nothing to decrypt. The design takes ${used} and ${memory}.`,
    ];
  }
  const { logic } = price.total.targets[0]!;
  const saved =
    rams === null
      ? `stores ${changeText(area.weights.storedBits, area.weights.plainStoredBits, 'bits')} than plain 1-bit weights would`
      : `needs ${blockRams(rams.flexor)} where plain 1-bit weights need ${formatCount(rams.plain)}`;
  return [
    `At ${rate} stored bits a weight this design ${saved}, and takes ` +
      `${changeText(logic.flexor, logic.plain, unitName(unit))} (${used}).`,
  ];
}

function unitName(unit: string): string {
  return unit === 'LUT' ? 'LUTs' : unit;
}

function blockRams(count: number): string {
  return `${formatCount(count)} block RAM${count === 1 ? '' : 's'}`;
}

function answers({ accuracy: { integer, float, agreeing, dataset } }: Source): string {
  const images = formatCount(integer.images);
  return (
    `It classifies ${formatPercent(integer.share)} of ${images} images of ${dataset} correctly, and gives the same class ` +
    `as the float network (${formatPercent(float.share)}) to ${agreeing === integer.images ? 'all' : formatCount(agreeing)} of them.`
  );
}

function proof({ rtl, pipeline }: Source): string {
  if (rtl === null) return 'The Verilog was not simulated for this report.';
  const failure = rtlFailure(rtl);
  if (failure !== null) return `The Verilog does NOT do the same as the integer network: ${failure}.`;
  const runs = rtl.stalled === null ? '' : `, without stalls and with ${rtl.stalled.stalls}% random stalls`;
  const cycles = rtl.cyclesPerFrame === pipeline.predictedCyclesPerFrame ? ' Every cycle came as predicted.' : '';
  return (
    `On ${formatCount(rtl.images)} images the Verilog gave the same value as the integer network at every layer${runs}.` +
    cycles
  );
}

function speed({ pipeline }: Source): string {
  const { framesPerSecond, clockMhz, units, predictedCyclesPerFrame } = pipeline;
  const slowest = units.filter(({ busiest }) => busiest).map(({ name }) => name);
  const limit = slowest.length === 0 ? '' : `; ${nameList(slowest)} ${slowest.length === 1 ? 'sets' : 'set'} the pace`;
  return (
    `A frame takes ${formatCount(predictedCyclesPerFrame)} cycles: ${formatCount(Math.floor(framesPerSecond))} frames a ` +
    `second if the clock runs at ${formatShort(clockMhz)} MHz${limit}.`
  );
}

/** Layers that would be better off with plain weights. */
function advice(figures: Source): string[] {
  const { price } = figures;
  if (price === null || isPlain(figures)) return [];
  const losing = price.layers.filter(isCheaperPlain).map(({ name }) => name);
  if (losing.length === 0) return ['Every layer saves more with FleXOR than its decryptor takes.'];
  return [
    `Use plain 1-bit weights in ${nameList(losing)}: there decryption takes more energy than shorter memories save` +
      `${price.total.targets.some(({ blockRams }) => blockRams !== null) ? ', and no block RAM is saved' : ''}.`,
  ];
}

/** Whether FleXOR costs a layer energy and, where block RAMs are counted, saves it none. */
export function isCheaperPlain({ nIn, nOut, energy, targets }: LayerPrice): boolean {
  if (nIn >= nOut) return false;
  const savesBlockRams = targets.some(({ blockRams }) => blockRams !== null && blockRams.flexor < blockRams.plain);
  return energy.weights.flexor > energy.weights.plain && !savesBlockRams;
}

/** `a`, `a and b`, `a, b and c`, or `a, b and 7 more`. */
export function nameList(names: readonly string[], most = 4): string {
  if (names.length <= 1) return names.join('');
  if (names.length > most) return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
