/**
 * Static equality: every bit that a written design stores for a layer against the model. The files are read as the design
 * reads them (word, lane, slice; docs/hardware.md), independently of what printed them, and every slice of the model must be
 * found.
 */
import { roundingTerm, RESIDUAL_MULTIPLIER_BITS } from '../../fixed/widths.js';
import { beatsOf } from '../../rtl/beats.js';
import type { WeightedPlan } from '../../rtl/layers/types.js';
import { filesIn } from '../../rtl/views/layer-files.js';
import { constantBits, integerAt, memoryWords } from './memory-file.js';
import { checkChannel } from './thresholds.js';
import type { StoredCheck } from './types.js';
import { isLoaded } from '../../rtl/weight-memory.js';

/** Encrypted bits of each plane as the model file has them, in stored order. */
export type ModelSlices = readonly Uint8Array[];

export interface StoredFiles {
  /** Text of a file of the design. */
  readonly read: (path: string) => string;
  /** The Verilog of the layer. */
  readonly verilog: string;
  /** File of the rows that are streamed in; null where they lie in the design. */
  readonly stream: string | null;
}

/** What has been found wrong so far; the first place is named. */
class Findings {
  storedBits = 0;
  wrongBits = 0;
  fault: string | null = null;

  constructor(private readonly layer: string) {}

  wrong(what: string, bits = 1): void {
    this.wrongBits += bits;
    this.fault ??= `layer ${this.layer}: ${what}`;
  }
}

/** Checks all that is stored for a layer. `slices`: encrypted bits of every plane, from the model. */
export function checkStored(layer: WeightedPlan, slices: ModelSlices, files: StoredFiles): StoredCheck {
  const { node } = layer;
  const findings = new Findings(node.name);
  const found = slices.map((plane) => new Uint8Array(plane.length));
  checkWeights(layer, slices, found, files, findings);
  checkBoundaries(layer, slices, found, files, findings);
  const scaleBits = (layer.thresholds === null ? checkScales : checkThresholds)(layer, files, findings);
  checkResidual(layer, files, findings);
  const encryptedBits = slices.reduce((sum, plane) => sum + plane.length, 0);
  const encryptedChecked = found.reduce((sum, plane) => sum + plane.reduce((ones, bit) => ones + bit, 0), 0);
  const missing = encryptedBits - encryptedChecked;
  if (missing > 0 && findings.wrongBits === 0) {
    findings.wrong(`${missing} encrypted bits of the model are stored nowhere`, missing);
  }
  const { storedBits, wrongBits, fault } = findings;
  const scales = node.requantiser.multipliers.length * node.outChannels + node.outChannels;
  return {
    ...{ layer: node.name, encryptedBits, encryptedChecked, scales, scaleBits },
    ...{ storedBits, wrongBits, fault },
  };
}

/** The file that the layer's Verilog names. */
function fileIn(verilog: string, parameter: string, instance: string): string | null {
  const ofInstance = new RegExp(`^[^;]*?\\) ${instance} \\(`);
  return filesIn(verilog, parameter).find(({ at }) => ofInstance.test(verilog.slice(at)))?.path ?? null;
}

/** Words of a file in so many equal banks, one after the other word by word; null where it cannot be read. */
function wordsOf(
  files: StoredFiles,
  path: string | null,
  part: string,
  shape: { readonly width: number; readonly count: number; readonly banks: number },
  findings: Findings,
): Uint8Array[] | null {
  if (path === null) {
    findings.wrong(`its Verilog names no file of ${part}`);
    return null;
  }
  const words = memoryWords(files.read(path), shape.width, shape.count * shape.banks);
  if (typeof words === 'string') {
    findings.wrong(`${path} ${words}`);
    return null;
  }
  findings.storedBits += words.length * shape.width;
  return words;
}

function banksOf({ weights }: WeightedPlan): number {
  return weights === 'ram' ? 2 : 1;
}

function checkWeights(
  layer: WeightedPlan,
  slices: ModelSlices,
  found: readonly Uint8Array[],
  files: StoredFiles,
  findings: Findings,
): void {
  const { rows, rowBits, rowsPerWord, words, wordBits } = layer.memory;
  const banks = layer.weights === 'stream' ? 1 : banksOf(layer);
  const path = files.stream ?? fileIn(files.verilog, 'MemFile', 'u_weights');
  const lines = wordsOf(files, path, 'weights', { width: rowBits, count: rows, banks }, findings);
  if (lines === null) return;
  const wanted = wantedWord(layer, slices, found);
  for (let w = 0; w < words; w++) {
    for (let bit = 0; bit < rowsPerWord * rowBits; bit++) {
      const row = w * rowsPerWord + Math.floor(bit / rowBits);
      const want = bit < wordBits ? wanted(w, bit) : FILLER;
      for (let bank = 0; bank < banks; bank++) {
        const line = row * banks + bank;
        if (lines[line]![bit % rowBits] === want.value) continue;
        findings.wrong(`${path} line ${line + 1}, bit ${bit % rowBits}: ${want.name} must be ${want.value}`);
      }
    }
  }
}

interface Wanted {
  readonly name: string;
  readonly value: number;
}

const FILLER: Wanted = { name: 'a bit that nothing reads', value: 0 };

/** What bit `bit` of word `w` holds. A lane's weights are a stretch of the stored ones, V/SIMD steps of all channels long. */
function wantedWord(
  layer: WeightedPlan,
  slices: ModelSlices,
  found: readonly Uint8Array[],
): (w: number, bit: number) => Wanted {
  const { node, fold, memory, steps } = layer;
  const { nIn, nOut } = node.planes[0]!;
  const laneBits = memory.slices * nIn;
  const planeBits = fold.simd * laneBits;
  return (w, bit) => {
    const plane = Math.floor(bit / planeBits);
    const lane = Math.floor((bit % planeBits) / laneBits);
    // The first slice that begins in the lane; the one before it is the boundary slice.
    const first = Math.ceil((lane * steps * node.outChannels) / nOut);
    const inLane = w * memory.slices + Math.floor((bit % laneBits) / nIn);
    const at = (first + inLane) * nIn + (bit % nIn);
    const value = slices[plane]![at];
    if (value === undefined) return FILLER;
    found[plane]![at] = 1;
    return { name: sliceName(plane, at, nIn), value };
  };
}

function sliceName(plane: number, at: number, nIn: number): string {
  return `plane ${plane}, slice ${Math.floor(at / nIn)}, encrypted bit ${at % nIn}`;
}

/** Slices in which lanes start beyond their first bit: constants of the layer's Verilog, or a memory of their own. */
function checkBoundaries(
  layer: WeightedPlan,
  slices: ModelSlices,
  found: readonly Uint8Array[],
  files: StoredFiles,
  findings: Findings,
): void {
  const { node, fold, steps } = layer;
  const { nIn, nOut } = node.planes[0]!;
  const phased = Array.from({ length: fold.simd }, (_, lane) => (lane * steps * node.outChannels) % nOut !== 0);
  if (!phased.some(Boolean)) return;
  const bits = node.planes.length * fold.simd * nIn;
  const banks = banksOf(layer);
  const loaded = isLoaded(layer.weights);
  const instance = layer.holdsWords ? 'u_hold' : 'u_boundary_xor';
  const where = loaded ? fileIn(files.verilog, 'BoundaryFile', 'u_weights') : `its ${instance}`;
  const stored = loaded
    ? wordsOf(files, where, 'boundary slices', { width: bits, count: 1, banks }, findings)
    : boundaryConstant(files.verilog, instance, bits, findings);
  if (stored === null) return;
  for (const [bank, copy] of stored.entries()) {
    const place = loaded ? `${where} line ${bank + 1}` : where;
    copy.forEach((bit, at) => {
      const [plane, lane] = [Math.floor(at / (fold.simd * nIn)), Math.floor(at / nIn) % fold.simd];
      const index = Math.floor((lane * steps * node.outChannels) / nOut) * nIn + (at % nIn);
      const value = phased[lane]! ? (slices[plane]![index] ?? 0) : 0;
      if (phased[lane]! && index < slices[plane]!.length) found[plane]![index] = 1;
      if (bit !== value) findings.wrong(`${place}: ${sliceName(plane, index, nIn)} must be ${value}`);
    });
  }
}

/** What holds words is given the slices in front of its XOR circuits, else the circuits are. */
const BOUNDARY_INPUT = {
  u_hold: /\bu_hold \([^;]*?\.boundary_i\(([^)]*)\)/g,
  u_boundary_xor: /\bu_boundary_xor\d*(?: \[\d+:0\])? \(\s*\.x_i\(([^)]*)\)/g,
} as const;

function boundaryConstant(
  verilog: string,
  instance: keyof typeof BOUNDARY_INPUT,
  bits: number,
  findings: Findings,
): Uint8Array[] | null {
  const instances = [...verilog.matchAll(BOUNDARY_INPUT[instance])];
  const parts = instances.map(([, text]) => constantBits(text!));
  const all = parts.includes(null) ? [] : parts.flatMap((part) => Array.from(part!));
  if (all.length !== bits) {
    findings.wrong(`its ${instance} must be given ${bits} constant bits, got ${all.length}`);
    return null;
  }
  findings.storedBits += bits;
  return [Uint8Array.from(all)];
}

/** The thresholds of every channel. Returns their bits. */
function checkThresholds(layer: WeightedPlan, files: StoredFiles, findings: Findings): number {
  const { node, widths, thresholds } = layer;
  const channelBits = thresholds!.words[0]!.length;
  const shape = { width: widths.output * channelBits, count: beatsOf(node.outChannels, widths.output), banks: 1 };
  const path = fileIn(files.verilog, 'MemFile', 'u_scales');
  const words = wordsOf(files, path, 'thresholds', shape, findings);
  words?.forEach((word, line) => {
    for (let i = 0; i < widths.output; i++) {
      const channel = line * widths.output + i;
      if (channel >= node.outChannels) {
        if (integerAt(word, i * channelBits, channelBits, false) === 0n) continue;
        findings.wrong(`${path} line ${line + 1}: place ${i} must be 0, no channel has it`);
        continue;
      }
      const fault = checkChannel(layer, word, i * channelBits, channel);
      if (fault !== null) findings.wrong(`${path} line ${line + 1}: ${fault}`);
    }
  });
  return node.outChannels * channelBits;
}

/** Multipliers of every plane, then beta with its rounding term, channel after channel. Returns their bits. */
function checkScales(layer: WeightedPlan, files: StoredFiles, findings: Findings): number {
  const { node, scaledBits, widths } = layer;
  const { multipliers, multiplierBits, beta } = node.requantiser;
  const channelBits = multipliers.length * multiplierBits + scaledBits;
  const shortcut = isLoaded(layer.weights) && node.residual !== null ? RESIDUAL_MULTIPLIER_BITS : 0;
  const width = widths.output * channelBits + shortcut;
  const [count, banks] = [beatsOf(node.outChannels, widths.output), banksOf(layer)];
  const path = fileIn(files.verilog, 'MemFile', 'u_scales');
  const words = wordsOf(files, path, 'multipliers and betas', { width, count, banks }, findings);
  words?.forEach((word, line) => {
    const check = (name: string, low: number, bits: number, value: number): void => {
      const stored = integerAt(word, low, bits, true);
      if (stored === BigInt.asIntN(bits, BigInt(value))) return;
      const differing = BigInt.asUintN(bits, stored ^ BigInt(value))
        .toString(2)
        .replaceAll('0', '').length;
      findings.wrong(`${path} line ${line + 1}: ${name} must be ${value}, got ${stored}`, differing);
    };
    for (let i = 0; i < widths.output; i++) {
      const channel = Math.floor(line / banks) * widths.output + i;
      if (channel >= node.outChannels) {
        check(`place ${i}, which no channel has,`, i * channelBits, channelBits, 0);
        continue;
      }
      multipliers.forEach((plane, q) => {
        const low = i * channelBits + q * multiplierBits;
        check(`multiplier ${q} of channel ${channel}`, low, multiplierBits, plane[channel]!);
      });
      const low = i * channelBits + multipliers.length * multiplierBits;
      const rounded = beta[channel]! + roundingTerm(node.requantiser);
      check(`beta of channel ${channel} with its rounding term`, low, scaledBits, rounded);
    }
    if (shortcut > 0) {
      check('the multiplier of the residual', widths.output * channelBits, shortcut, node.residual!.multiplier);
    }
  });
  return node.outChannels * channelBits;
}

/** The multiplier of a residual input, where it is a constant of the layer's Verilog. */
function checkResidual({ node, weights }: WeightedPlan, { verilog }: StoredFiles, findings: Findings): void {
  if (node.residual === null || isLoaded(weights)) return;
  const text = /\.res_multiplier_i\(([^)]*)\)/.exec(verilog)?.[1];
  const bits = text === undefined ? null : constantBits(text);
  if (bits === null) return findings.wrong('its Verilog holds no constant multiplier of the residual');
  findings.storedBits += bits.length;
  const { multiplier } = node.residual;
  const stored = integerAt(bits, 0, bits.length, true);
  if (stored !== BigInt(multiplier)) {
    findings.wrong(`the multiplier of the residual must be ${multiplier}, got ${stored}`);
  }
}
