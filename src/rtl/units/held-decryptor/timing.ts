/** The path of the decryptor: from a held word through its XOR circuit and the choice of a cycle's bits. */
import { luts, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { HeldDecryptorParameters } from './parameters.js';

/** Inputs of a LUT, and those that a choice between two leaves for the gates of both. */
const [INPUTS, CHOICE_INPUTS] = [6, 5];
/** Parts from which a LUT chooses. */
const CHOICES = 4;
/** Inputs on a bit of the cycle. */
const CYCLE_LOADS = 64;

export function heldDecryptorTiming({ taps, slices, pe }: HeldDecryptorParameters): TimingPath[] {
  const most = Math.max(...taps);
  const parts = (slices * taps.length) / pe;
  const pairs = 2 * most <= CHOICE_INPUTS ? Math.ceil(parts / 2) : parts;
  const gates = 1 + (most > INPUTS ? Math.ceil(Math.log(most / INPUTS) / Math.log(INPUTS)) : 0);
  const levels = gates + Math.ceil(Math.log(pairs) / Math.log(CHOICES));
  return [path('chosen weight bits', { module: 'flexor_weight_select' }, [luts(1, CYCLE_LOADS), luts(levels - 1, 4)])];
}
