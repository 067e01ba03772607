/**
 * Baselines whose weights are sums of q binary planes with a scale per plane and output channel, found anew from the
 * latent weights w [V, C_out] (index v·C_out + c) in every step.
 *
 *   abc-net  plane i is sign(w − mean + u_i·std) with u_i from −1 to 1, the scales by least squares
 *            (Lin, Zhao, Pan, ABC-Net, 2017, one set of scales a channel)
 *   lq-net   codes and scales by turns: the nearest sum for each weight, then least squares
 *            (Zhang, Yang, Ye, Hua, LQ-Nets, 2018)
 */
import { leastSquares } from './least-squares.js';

/** A plane of binary codes: ±1 as bits 1 and 0 for each weight, and a scale per output channel. */
export interface CodesOfRule {
  readonly bits: Uint8Array;
  readonly alpha: Float32Array;
}

/** Turns of lq-net. Its paper takes one a step and averages the scales over the steps; without that state, it takes a few. */
const LQ_TURNS = 4;

interface Channel {
  /** bits[i][v] */
  readonly bits: readonly Uint8Array[];
  readonly alpha: readonly number[];
}

export function abcPlanes(w: Float32Array, channels: number, q: number): CodesOfRule[] {
  return byChannel(w, channels, q, abcChannel);
}

export function lqPlanes(w: Float32Array, channels: number, q: number): CodesOfRule[] {
  return byChannel(w, channels, q, lqChannel);
}

/** ABC-Net's ∂L/∂w = Σ α_i·∂L/∂b_i with the signs passed straight through: Σ α_i times `dUsed`. */
export function abcGradient(
  latent: { readonly values: Float32Array; readonly gradient: Float32Array },
  channels: number,
  q: number,
  dUsed: Float32Array,
): void {
  const planes = abcPlanes(latent.values, channels, q);
  const sums = Float64Array.from({ length: channels }, (_, c) => planes.reduce((sum, { alpha }) => sum + alpha[c]!, 0));
  dUsed.forEach((g, f) => (latent.gradient[f] = sums[f % channels]! * g));
}

/** Writes Σ α_i·b_i to `used`. */
export function sumOfPlanes(planes: readonly CodesOfRule[], channels: number, used: Float32Array): void {
  for (let f = 0; f < used.length; f++) {
    let sum = 0;
    for (const { bits, alpha } of planes) sum += bits[f] === 1 ? alpha[f % channels]! : -alpha[f % channels]!;
    used[f] = sum;
  }
}

function byChannel(
  w: Float32Array,
  channels: number,
  q: number,
  solve: (values: Float64Array, q: number) => Channel,
): CodesOfRule[] {
  const window = w.length / channels;
  const planes = Array.from({ length: q }, () => ({
    bits: new Uint8Array(w.length),
    alpha: new Float32Array(channels),
  }));
  for (let c = 0; c < channels; c++) {
    const { bits, alpha } = solve(
      Float64Array.from({ length: window }, (_, v) => w[v * channels + c]!),
      q,
    );
    planes.forEach((plane, i) => {
      for (let v = 0; v < window; v++) plane.bits[v * channels + c] = bits[i]![v]!;
      plane.alpha[c] = alpha[i]!;
    });
  }
  return planes;
}

/** u_i = −1 + 2i/(q − 1); 0 for a single plane. */
function abcChannel(values: Float64Array, q: number): Channel {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  const bits = Array.from({ length: q }, (_, i) => {
    const shift = q === 1 ? 0 : (-1 + (2 * i) / (q - 1)) * std;
    return Uint8Array.from(values, (value) => Number(value - mean + shift >= 0));
  });
  return { bits, alpha: leastSquares(bits, values) };
}

/** Starts from the mean magnitude and its halves; ours, the paper starts from a table for normal weights. */
function lqChannel(values: Float64Array, q: number): Channel {
  const magnitude = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  let alpha = Array.from({ length: q }, (_, i) => magnitude / 2 ** i);
  let bits: Uint8Array[] = [];
  for (let turn = 0; turn < LQ_TURNS; turn++) {
    bits = nearestCodes(values, alpha);
    alpha = leastSquares(bits, values);
  }
  return { bits, alpha };
}

/** For each value the code among the 2^q whose sum is nearest. */
function nearestCodes(values: Float64Array, alpha: readonly number[]): Uint8Array[] {
  const sums = Array.from({ length: 1 << alpha.length }, (_, code) =>
    alpha.reduce((sum, a, i) => sum + ((code >> i) & 1 ? a : -a), 0),
  );
  const order = sums.map((_, code) => code).sort((a, b) => sums[a]! - sums[b]!);
  const bits = alpha.map(() => new Uint8Array(values.length));
  values.forEach((value, v) => {
    let k = 0;
    while (k + 1 < order.length && 2 * value >= sums[order[k]!]! + sums[order[k + 1]!]!) k++;
    bits.forEach((plane, i) => (plane[v] = (order[k]! >> i) & 1));
  });
  return bits;
}
