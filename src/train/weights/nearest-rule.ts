/**
 * FleXOR without encrypted weights to train (ours, not the paper's): as the baselines do, a layer trains latent weights
 * w [V, C_out] (index f = v·C_out + c), and uses those that M⊕ can give and that are nearest to them. In every step, slice
 * by slice, the code word with the largest Σ α_c·w_f·b_f is found (xor/trellis.ts), then α per output channel by least
 * squares. A further plane does the same with what is left of w. With the identity as M⊕ this is BWN.
 */
import { encrypt } from '../../xor/encrypt.js';
import { sliceCount } from '../../xor/matrix.js';
import { minimalTrellis, type Trellis } from '../../xor/trellis.js';
import type { XorMatrix } from '../../xor/types.js';
import type { ArrayKernels } from './array-kernels.js';

/** M⊕ of a plane, and its code. */
export interface PlaneCode {
  readonly matrix: XorMatrix;
  readonly trellis: Trellis;
}

export function planeCode(matrix: XorMatrix): PlaneCode {
  return { matrix, trellis: minimalTrellis(matrix) };
}

interface NearestPlane {
  /** ±1 for every weight, and for the surplus of the last slice. */
  readonly codes: Float32Array;
  /** One scale per output channel. */
  readonly alpha: Float64Array;
}

type Decoder = Pick<ArrayKernels, 'decode'>;

/** Sums over the window elements of each channel, divided by V. */
function channelMeans(values: Float32Array, channels: number, of: (value: number, f: number) => number): Float64Array {
  const means = new Float64Array(channels);
  for (let f = 0, c = 0; f < values.length; f++, c = c + 1 === channels ? 0 : c + 1) means[c]! += of(values[f]!, f);
  return means.map((sum) => sum / (values.length / channels));
}

function nearestPlanes(
  kernels: Decoder,
  w: Float32Array,
  channels: number,
  code: readonly PlaneCode[],
): NearestPlane[] {
  const rest = w.slice();
  return code.map(({ matrix, trellis }) => {
    const scale = channelMeans(rest, channels, Math.abs);
    const scores = new Float32Array(sliceCount(w.length, matrix) * matrix.nOut);
    for (let f = 0; f < w.length; f++) scores[f] = scale[f % channels]! * rest[f]!;
    const codes = new Float32Array(scores.length);
    kernels.decode(trellis, scores, codes);
    const alpha = channelMeans(rest, channels, (value, f) => value * codes[f]!);
    for (let f = 0; f < w.length; f++) rest[f]! -= alpha[f % channels]! * codes[f]!;
    return { codes, alpha };
  });
}

/** Writes Σ α·b to `used`. */
export function nearest(
  kernels: Decoder,
  w: Float32Array,
  channels: number,
  code: readonly PlaneCode[],
  used: Float32Array,
): void {
  used.fill(0);
  for (const { codes, alpha } of nearestPlanes(kernels, w, channels, code))
    for (let f = 0; f < used.length; f++) used[f]! += alpha[f % channels]! * codes[f]!;
}

/** What a model stores: one 0/1 for every encrypted bit, and α. */
export function encryptedPlanes(
  kernels: Decoder,
  w: Float32Array,
  channels: number,
  code: readonly PlaneCode[],
): { readonly matrix: XorMatrix; readonly encrypted: Uint8Array; readonly alpha: Float32Array }[] {
  return nearestPlanes(kernels, w, channels, code).map(({ codes, alpha }, i) => {
    const { matrix } = code[i]!;
    const bits = Uint8Array.from(codes, (value) => (value > 0 ? 1 : 0));
    return { matrix, encrypted: encrypt(bits, matrix), alpha: Float32Array.from(alpha) };
  });
}
