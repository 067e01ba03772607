/**
 * The encrypted weight memory of a layer: every lane's stretch of the stored bits, cut into words in the order in which
 * the engine reads them. Nothing is reordered and nothing decrypted; slices that two lanes share are stored in both. A word
 * may lie in several rows of the memory that are read one after the other (hw/flexor_word_gather.v), low bits first.
 */
import { lcm } from '../base/bits.js';
import type { LayerFold, RamStyle, WeightSource } from './types.js';
import { cyclesPerPixel, windowSteps, type WeightedNode } from './lanes.js';

/** How words, slices and cycles relate (hw/flexor_weight_shift.v). */
export interface WordShape {
  /** K: slices a lane gets from one word. */
  readonly slices: number;
  /** m: cycles that a word lasts; K·N_out = m·PE. */
  readonly wordCycles: number;
  /** Words a pixel. */
  readonly words: number;
  /** Bits of a word: planes·SIMD·K·N_in. */
  readonly wordBits: number;
  /** Rows of a word. */
  readonly rowsPerWord: number;
  readonly rowBits: number;
  /** Rows a pixel. */
  readonly rows: number;
  /** What the fold says that they are made of. */
  readonly ramStyle?: RamStyle;
}

/** Where a layer with this fold has its weights from. */
export function sourceOf({ weights = 'rom' }: LayerFold): WeightSource {
  return weights;
}

/** Banks of memories that are loaded at run time; 0: the source's memories are not. */
export function loadedBanks(source: WeightSource): 0 | 1 | 2 {
  return source === 'ram' ? 2 : source === 'ram-single' ? 1 : 0;
}

/** Whether weights can be loaded at run time, multipliers and betas with them. */
export function isLoaded(source: WeightSource): boolean {
  return loadedBanks(source) > 0;
}

/** The fold with this weight source; a ROM is not said. */
export function withSource({ weights, ...fold }: LayerFold, source: WeightSource): LayerFold {
  void weights;
  return source === 'rom' ? fold : { ...fold, weights: source };
}

/** Most rows of a word. */
const MAX_ROWS_PER_WORD = 32;

export interface WeightMemory extends WordShape {
  /** One word an element, bits least significant first, one 0/1 each. */
  readonly contents: readonly Uint8Array[];
  /** As `lanePhases` gives them. */
  readonly phases: readonly number[];
  /** Slice in which each lane starts where its phase is not 0 (else zeros): plane q, lane l at (q·SIMD + l)·N_in. */
  readonly boundarySlices: Uint8Array;
}

export function wordShape(node: WeightedNode, fold: LayerFold): WordShape {
  const { nIn, nOut } = node.planes[0]!;
  const registerBits = lcm(nOut, fold.pe);
  const slices = registerBits / nOut;
  const wordCycles = registerBits / fold.pe;
  const cycles = windowSteps(node, fold) * (node.outChannels / fold.pe);
  const words = Math.ceil(cycles / wordCycles);
  const wordBits = node.planes.length * fold.simd * slices * nIn;
  const rowsPerWord = fold.rowsPerWord ?? 1;
  return {
    slices,
    wordCycles,
    words,
    wordBits,
    rowsPerWord,
    rowBits: Math.ceil(wordBits / rowsPerWord),
    rows: words * rowsPerWord,
    ...(fold.ramStyle === undefined ? {} : { ramStyle: fold.ramStyle }),
  };
}

/** The rule that what a fold says of its memory breaks; null where the layer may have it. */
export function ramStyleRule({ ramStyle, weights = 'rom' }: LayerFold): string | null {
  if (ramStyle === undefined || weights === 'rom') return null;
  return `ramStyle is for fixed weights (a ROM); those of source '${weights}' are read or loaded in other ways`;
}

/**
 * Most rows of a word: one is read in a cycle, and a word is used for m cycles, the last one of a pixel for those that
 * are left.
 */
export function mostRowsPerWord(node: WeightedNode, fold: LayerFold): number {
  const { wordCycles, words, wordBits } = wordShape(node, fold);
  const lastCycles = cyclesPerPixel(node, fold) - (words - 1) * wordCycles;
  return Math.min(wordCycles, lastCycles, wordBits, MAX_ROWS_PER_WORD);
}

/** The rows of the memory, one an element, bits least significant first. */
export function memoryRows({ contents, rowsPerWord, rowBits }: WeightMemory): readonly Uint8Array[] {
  if (rowsPerWord === 1) return contents;
  return contents.flatMap((word) =>
    Array.from({ length: rowsPerWord }, (_, r) => {
      const row = new Uint8Array(rowBits);
      row.set(word.subarray(r * rowBits, (r + 1) * rowBits));
      return row;
    }),
  );
}

/** Per lane: weight bits of its first slice that belong to the lane before it. */
export function lanePhases(node: WeightedNode, fold: LayerFold): number[] {
  const laneWeights = windowSteps(node, fold) * node.outChannels;
  return Array.from({ length: fold.simd }, (_, lane) => (lane * laneWeights) % node.planes[0]!.nOut);
}

/** Lays out the memory. All planes of a layer share N_in and N_out, so that one word serves them all. */
export function weightMemory(node: WeightedNode, fold: LayerFold): WeightMemory {
  const { nIn, nOut } = node.planes[0]!;
  const shape = wordShape(node, fold);
  const laneWeights = windowSteps(node, fold) * node.outChannels;
  const phases = lanePhases(node, fold);
  const boundarySlices = new Uint8Array(node.planes.length * fold.simd * nIn);
  const contents = Array.from({ length: shape.words }, () => new Uint8Array(shape.wordBits));

  node.planes.forEach((plane, q) => {
    for (let lane = 0; lane < fold.simd; lane++) {
      const first = Math.floor((lane * laneWeights) / nOut);
      const column = q * fold.simd + lane;
      const aligned = phases[lane] === 0;
      if (!aligned) boundarySlices.set(plane.encrypted.subarray(first * nIn, (first + 1) * nIn), column * nIn);
      let slice = aligned ? first : first + 1;
      for (const word of contents) {
        for (let s = 0; s < shape.slices; s++, slice++) {
          // Slices past the end of the plane are read by nobody and stay 0.
          word.set(plane.encrypted.subarray(slice * nIn, (slice + 1) * nIn), (column * shape.slices + s) * nIn);
        }
      }
    }
  });
  return { ...shape, contents, phases, boundarySlices };
}
