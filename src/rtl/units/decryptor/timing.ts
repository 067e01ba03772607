/** The path of a decryptor: an encrypted word through its XOR circuit into the shift register. */
import { luts, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { DecryptorParameters } from './parameters.js';

/** Inputs of a LUT, and those that the choice between load and shift leaves. */
const [INPUTS, LOAD_INPUTS] = [6, 4];

export function decryptorTiming({ taps, slices, pe, phase, load = 0 }: DecryptorParameters): TimingPath[] {
  const shifts = slices * taps.length !== pe;
  const most = Math.max(...taps);
  const free = shifts && load === 0 ? LOAD_INPUTS : INPUTS;
  const levels = most <= free ? 1 : 1 + Math.ceil(Math.log(most / free) / Math.log(INPUTS));
  const steps = [luts(levels, 4), ...(phase > 0 ? [luts(1, 2)] : [])];
  return [path('decrypted word', { module: 'flexor_weight_shift' }, steps)];
}
