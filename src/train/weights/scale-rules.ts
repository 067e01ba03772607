/**
 * Baselines with one scale or two, from the latent weights w [V, C_out] (index v·C_out + c); the gradient of the weights in
 * use passes straight through. One scale per output channel, where the paper of the rule does not say otherwise.
 *
 *   bwn           binary, α = mean |w| (Rastegari et al., XNOR-Net, 2016)
 *   binary-relax  between w and its binary value, ever nearer to the latter (Yin et al., BinaryRelax, 2018)
 *   twn           −α, 0, +α with threshold 0.7·mean |w| and α the mean of |w| above it (Li et al., Ternary Weight Networks, 2016)
 *   ttq           −W_n, 0, +W_p with threshold 0.05·max |w|, the two scales learnt, one pair a layer (Zhu et al., TTQ, 2017)
 *
 * TTQ is made for weights that are trained already: its latent weights get the gradient times W_p or W_n, which behind a batch
 * norm does not depend on the scales' size and hardly turns a weight of random start.
 */
import type { CodesOfRule } from './plane-rules.js';

/** Fraction of the run behind which BinaryRelax is binary; before it the pull grows from 1 to MOST_PULL. */
const RELAXED_SHARE = 0.8;
const MOST_PULL = 100;
const TWN_THRESHOLD = 0.7;
const TTQ_THRESHOLD = 0.05;

interface Learnt {
  readonly values: Float32Array;
  readonly gradient: Float32Array;
}

/** BinaryRelax; `progress` is the fraction of the run that is done. */
export function relaxed(w: Float32Array, channels: number, progress: number, used: Float32Array): void {
  binary(w, channels, used);
  if (progress >= RELAXED_SHARE) return;
  const pull = MOST_PULL ** (progress / RELAXED_SHARE);
  for (let i = 0; i < w.length; i++) used[i] = (pull * used[i]! + w[i]!) / (pull + 1);
}

/** TTQ; `scales` are W_p and W_n. */
export function twoScales(w: Float32Array, scales: readonly Learnt[], used: Float32Array): void {
  const threshold = TTQ_THRESHOLD * largest(w);
  const [positive, negative] = [scales[0]!.values[0]!, scales[1]!.values[0]!];
  for (let i = 0; i < w.length; i++) used[i] = w[i]! > threshold ? positive : w[i]! < -threshold ? -negative : 0;
}

/** Takes ∂L/∂used to the gradients of ttq's weights and scales. */
export function twoScalesGradient(latent: Learnt, scales: readonly Learnt[], dUsed: Float32Array): void {
  const threshold = TTQ_THRESHOLD * largest(latent.values);
  const [positive, negative] = [scales[0]!, scales[1]!];
  let [dPositive, dNegative] = [0, 0];
  latent.values.forEach((w, i) => {
    const g = dUsed[i]!;
    if (w > threshold) dPositive += g;
    else if (w < -threshold) dNegative -= g;
    const slope = w > threshold ? positive.values[0]! : w < -threshold ? negative.values[0]! : 1;
    latent.gradient[i] = slope * g;
  });
  positive.gradient[0] = dPositive;
  negative.gradient[0] = dNegative;
}

/** Means over the window elements of each channel of those magnitudes that are above the channel's threshold. */
function meansAbove(w: Float32Array, thresholds: Float64Array): Float64Array {
  const channels = thresholds.length;
  const [sums, counts] = [new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < w.length; i++) {
    const c = i % channels;
    if (Math.abs(w[i]!) <= thresholds[c]!) continue;
    sums[c]! += Math.abs(w[i]!);
    counts[c]!++;
  }
  return sums.map((sum, c) => (counts[c] === 0 ? 0 : sum / counts[c]!));
}

/** sign(0) = +1, as everywhere. */
export function binary(w: Float32Array, channels: number, used: Float32Array): void {
  const alpha = meansAbove(w, new Float64Array(channels).fill(-1));
  for (let i = 0; i < w.length; i++) used[i] = w[i]! >= 0 ? alpha[i % channels]! : -alpha[i % channels]!;
}

export function ternary(w: Float32Array, channels: number, used: Float32Array): void {
  const thresholds = meansAbove(w, new Float64Array(channels).fill(-1)).map((mean) => TWN_THRESHOLD * mean);
  const alpha = meansAbove(w, thresholds);
  for (let i = 0; i < w.length; i++) {
    const c = i % channels;
    used[i] = Math.abs(w[i]!) <= thresholds[c]! ? 0 : Math.sign(w[i]!) * alpha[c]!;
  }
}

function largest(w: Float32Array): number {
  return w.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/**
 * Where ttq's scales start: at 1 behind a batch norm, as in the authors' code, since small scales are thrown about by the sums
 * that are their gradients; elsewhere at the mean magnitude above the threshold, as the next layer sees their size.
 */
export function initialTtqScale(w: Float32Array, batchNorm: boolean): number {
  return batchNorm ? 1 : meansAbove(w, Float64Array.of(TTQ_THRESHOLD * largest(w)))[0]!;
}

function bitsOf(used: Float32Array, isOne: (value: number) => boolean): Uint8Array {
  return Uint8Array.from(used, (value) => Number(isOne(value)));
}

function largestByChannel(used: Float32Array, channels: number): Float32Array {
  const alpha = new Float32Array(channels);
  used.forEach((value, i) => (alpha[i % channels] = Math.max(alpha[i % channels]!, Math.abs(value))));
  return alpha;
}

/** The codes and scales of binary weights. */
export function signPlane(used: Float32Array, channels: number): CodesOfRule {
  return { bits: bitsOf(used, (value) => value >= 0), alpha: largestByChannel(used, channels) };
}

/** Those of −α, 0, +α: two planes of α/2, where 0 is +1 and −1. */
export function ternaryPlanes(used: Float32Array, channels: number): CodesOfRule[] {
  const alpha = largestByChannel(used, channels).map((a) => a / 2);
  return [(value: number) => value >= 0, (value: number) => value > 0].map((isOne) => ({
    bits: bitsOf(used, isOne),
    alpha,
  }));
}
