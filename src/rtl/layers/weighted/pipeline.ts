/**
 * What a layer's pipeline takes beside the default one, and the stage of words that are held: flip-flops, counted register by register, since the units were
 * synthesised without them (bench/cost/units.json). More levels of adders between registers than the default save some.
 */
import { counterBits } from '../../cost/counter.js';
import { NO_STORAGE } from '../../cost/memory-features.js';
import { multiplierBlocks } from '../../cost/multiplier.js';
import { registerOf } from '../../pipeline.js';
import type { PlacedUnit } from '../../units/types.js';
import { spanOf } from '../../units/window/plan.js';
import { wordShape } from '../../weight-memory.js';
import type { WeightedShape } from '../types.js';
import { laneRegisters, loadRegisters } from './lane-sums.js';

const COEFFICIENTS = { luts: { 'kept rows': 1 }, flipFlops: { registers: 1 } } as const;

/** Registers that the layer has more than one with the default pipeline (fewer: a negative number), and the logic at them. */
export function pipelineUnit(layer: WeightedShape): PlacedUnit {
  const rows = registerOf(layer.fold, 'address') * rowBits(layer);
  const registers = engineRegisters(layer) + addressRegisters(layer) + productRegisters(layer);
  const features = { luts: { 'kept rows': rows }, flipFlops: { registers }, ...NO_STORAGE };
  return { kind: 'pipeline', coefficients: COEFFICIENTS, copies: 1, features, paths: () => [] };
}

function log2(n: number): number {
  return Math.ceil(Math.log2(n));
}

/** Registers of the engine more than with the default levels of adders. */
function engineRegisters({ node, fold, tableLanes, sharedSums, holdsWords, groups }: WeightedShape): number {
  const { slices, wordCycles } = wordShape(node, fold);
  const planes = node.planes.length;
  const wordBits = planes * fold.simd * slices * node.planes[0]!.nOut;
  const actBits = node.inputTensor.format.bits;
  const lanes = { fold, tableLanes, sharedSums, holdsWords };
  const engine = { ...lanes, actBits, channels: planes * fold.pe, groups, wordBits, wordCycles };
  const usual = { ...engine, fold: { pe: fold.pe, simd: fold.simd }, holdsWords: false };
  return laneRegisters(engine) - laneRegisters(usual) + loadRegisters(engine);
}

/** Of the window's sequencer. */
function rowBits({ window }: WeightedShape): number {
  if (window === null) return 0;
  return log2(window.input.height + window.rows + spanOf(window)[0] + window.stride[0]) + 2;
}

/** Addresses in the line buffer or its banks, what goes beside them, and the count of rows that are kept. */
function addressRegisters(layer: WeightedShape): number {
  const { window, fold, feed, widths } = layer;
  if (window === null || registerOf(fold, 'address') === 0) return 0;
  const { width, channels } = window.input;
  const columns = feed.kind === 'serialWindow' ? 1 : window.kernel[1];
  const rows = feed.kind === 'serialWindow' ? window.rows : 1;
  const address = counterBits(Math.ceil((rows * width * channels) / columns / widths.input));
  return columns * address + counterBits(window.rows) + window.kernel[0] + columns + 2 + 2 * rowBits(layer);
}

/** Products that no DSP block has a register for, and what is added to them. */
function productRegisters({ node, fold, widths, thresholds, factorBits, scaledBits }: WeightedShape): number {
  if (thresholds !== null || registerOf(fold, 'product') === 0) return 0;
  const { joined, multiplierBits } = node.requantiser;
  const factors = joined ? 1 : node.planes.length;
  const product = multiplierBlocks(factorBits, multiplierBits) > 0 ? 0 : factorBits + multiplierBits;
  return 1 + widths.output * (factors * product + scaledBits);
}
