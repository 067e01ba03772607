/**
 * What the memories of a weighted layer hold: encrypted weights, boundary slices where they are loaded, and scales. The same
 * words make the memory files and the packet that loads them at run time (hw/flexor_loader.v).
 */
import { roundingTerm, RESIDUAL_MULTIPLIER_BITS } from '../fixed/widths.js';
import { beatsOf } from './beats.js';
import type { WeightedPlan } from './layers/types.js';
import { thresholdWords } from './units/thresholds/table.js';
import { isLoaded, memoryRows } from './weight-memory.js';
import { bitsOfInteger, concatBits, hexOfBits } from './text.js';
import type { MemoryPart } from './views/layer-files.js';

export interface MemoryWords {
  /** In the name of the memory file. */
  readonly part: MemoryPart;
  /** One word an element, bits least significant first, one 0/1 each. */
  readonly words: readonly Uint8Array[];
}

/** Lanes of this layer start inside a slice, and that slice is loaded (else it is a constant of the instance). */
export function loadsBoundarySlices({ weights, memory }: WeightedPlan): boolean {
  return isLoaded(weights) && memory.phases.some((phase) => phase !== 0);
}

/** The memories of a layer, in the order of the chain on which they are loaded. */
export function layerMemories(layer: WeightedPlan): readonly MemoryWords[] {
  return [
    { part: 'weights', words: memoryRows(layer.memory) },
    ...(loadsBoundarySlices(layer) ? [{ part: 'boundary', words: [layer.memory.boundarySlices] } as const] : []),
    { part: 'scales', words: scaleWords(layer) },
  ];
}

/**
 * Thresholds, or a word of the channels of each beat, the first one lowest, and above them m_r where it is loaded. Channel c: {beta with its
 * rounding term, multiplier of the last plane, ..., of the first}; zeros above the rest in the last beat.
 */
function scaleWords({ node, weights, scaledBits, widths, thresholds }: WeightedPlan): Uint8Array[] {
  if (thresholds !== null) return thresholdWords(thresholds, widths.output);
  const { requantiser, residual } = node;
  const rounding = roundingTerm(requantiser);
  const shortcut =
    isLoaded(weights) && residual !== null ? [bitsOfInteger(residual.multiplier, RESIDUAL_MULTIPLIER_BITS)] : [];
  const ofChannel = (c: number): Uint8Array =>
    concatBits(
      ...requantiser.multipliers.map((plane) => bitsOfInteger(plane[c] ?? 0, requantiser.multiplierBits)),
      bitsOfInteger(c < node.outChannels ? requantiser.beta[c]! + rounding : 0, scaledBits),
    );
  return Array.from({ length: beatsOf(node.outChannels, widths.output) }, (_, beat) =>
    concatBits(...Array.from({ length: widths.output }, (_, i) => ofChannel(beat * widths.output + i)), ...shortcut),
  );
}

/** A memory file: one word a line; in two banks each word twice, so that both begin with this model. */
export function memoryFile({ words }: MemoryWords, banks: number): string {
  return words.map((word) => `${hexOfBits(word)}\n`.repeat(banks)).join('');
}

/** Bits of the beats of a packet. */
const BEAT_BITS = 32;

/** What a packet loads behind its command: every memory word of every layer in whole beats, low bits first. */
export function loadWords(layers: readonly WeightedPlan[]): Uint32Array {
  const beats: number[] = [];
  for (const layer of layers) {
    for (const { words } of layerMemories(layer)) {
      for (const word of words) {
        for (let at = 0; at < word.length; at += BEAT_BITS) {
          let beat = 0;
          for (let i = 0; i < BEAT_BITS; i++) beat |= (word[at + i] ?? 0) << i;
          beats.push(beat >>> 0);
        }
      }
    }
  }
  return Uint32Array.from(beats);
}
