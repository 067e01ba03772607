/**
 * What a decryptor of one lane and plane costs that holds encrypted words and chooses from their decrypted bits. A look-up table
 * takes the gates of two bits of two taps and the choice between them.
 */
import { NO_STORAGE } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { HeldDecryptorParameters } from './parameters.js';
import { heldDecryptorTiming } from './timing.js';

export type { HeldDecryptorParameters } from './parameters.js';

/** Inputs of a LUT, and of how many bits it chooses one. */
const [INPUTS, CHOICES] = [6, 4];

/** LUTs of an XOR of so many bits that has one of its own. */
function gateLuts(taps: number): number {
  return Math.ceil((taps - 1) / (INPUTS - 1));
}

/** LUTs that choose between weight bits of these numbers of taps. */
function choiceLuts(taps: readonly number[]): number {
  // Two pairs and nothing left over: Yosys gives the gates of each bit a LUT, and the choice of four another one.
  if (taps.length === CHOICES && sum(taps) > CHOICES) return sum(taps.map(gateLuts)) + 1;
  let luts = 0;
  let chosen = 0;
  for (let at = 0; at < taps.length; chosen++) {
    const size = choicesInLut(taps, at);
    const [first, ...others] = taps.slice(at, at + size);
    // A bit that is left over stands in the LUT that chooses last.
    const last = others.length === 0 && first! <= 2 && at > 0 && at + 1 === taps.length;
    luts += others.length > 0 ? 1 : last ? 0 : gateLuts(first!);
    at += size;
  }
  return luts + Math.ceil((chosen - 1) / (CHOICES - 1));
}

/** How many bits from this one on a LUT takes with the choice between them: four, two or one. */
function choicesInLut(taps: readonly number[], at: number): number {
  if (at + CHOICES <= taps.length && sum(taps.slice(at, at + CHOICES)) <= CHOICES) return CHOICES;
  return at + 2 <= taps.length && taps[at]! + taps[at + 1]! < INPUTS ? 2 : 1;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/**
 * Of every weight bit that the lane hands on in a cycle: which rows of M⊕ it is in the cycles of a word. Bits that are N_out
 * apart are of the same rows.
 */
function choices({ taps, slices, pe, phase }: HeldDecryptorParameters): number {
  const nOut = taps.length;
  const cycles = (slices * nOut) / pe;
  let luts = 0;
  for (let j = 0; j < Math.min(pe, nOut); j++) {
    const rows = Array.from({ length: cycles }, (_, cycle) => taps[(cycle * pe + j + phase) % nOut]!);
    luts += choiceLuts(rows) * Math.ceil((pe - j) / nOut);
  }
  return luts;
}

export const HELD_DECRYPTOR: HardwareUnit<HeldDecryptorParameters> = {
  kind: 'heldDecryptor',
  module: 'flexor_weight_select',
  parts: {
    flexor_weight_hold: 'shiftRegister',
    flexor_weight_align: 'shiftRegister',
    flexor_weight_select: 'shiftRegister',
  },
  coefficients: COEFFICIENTS,
  paths: heldDecryptorTiming,
  features(unit) {
    const { nIn, slices, pe, phase, loaded } = unit;
    const before = phase === 0 ? 0 : nIn;
    return {
      luts: { choice: choices(unit), 'loaded slices': loaded ? before : 0 },
      flipFlops: { held: slices * nIn + before, output: pe },
      ...NO_STORAGE,
    };
  },
};
