/**
 * The baselines that the paper compares with: rules that turn latent full-precision weights into those that a layer uses.
 * Latent weights [V, C_out] (index v·C_out + c) get the gradient of the used ones straight through; one scale per output
 * channel, where the paper of the rule does not say otherwise.
 *
 *   bwn           binary, α = mean |w| (Rastegari et al., XNOR-Net, 2016)
 *   binary-relax  between w and its binary value, ever nearer to the latter (Yin et al., BinaryRelax, 2018)
 *   twn           −α, 0, +α with threshold 0.7·mean |w| and α the mean of |w| above it (Li et al., Ternary Weight Networks, 2016)
 *   ttq           −W_n, 0, +W_p with threshold 0.05·max |w|, the two scales learnt, one pair a layer (Zhu et al., TTQ, 2017)
 */
export const WEIGHT_KINDS = ['flexor', 'full', 'bwn', 'binary-relax', 'twn', 'ttq'] as const;
/** What the weights of the layer groups are; layers outside a group are at full precision anyway. */
export type WeightKind = (typeof WEIGHT_KINDS)[number];
export type LatentKind = Exclude<WeightKind, 'flexor'>;

/** Fraction of the run behind which BinaryRelax is binary; before it the pull grows from 1 to MOST_PULL. */
const RELAXED_SHARE = 0.8;
const MOST_PULL = 100;
const TWN_THRESHOLD = 0.7;
const TTQ_THRESHOLD = 0.05;

interface Learnt {
  readonly values: Float32Array;
  readonly gradient: Float32Array;
}

/** Latent weights of a layer and what its rule makes of them. */
export interface LatentWeights<Array extends Learnt = Learnt> {
  readonly kind: 'latent';
  readonly rule: LatentKind;
  /** C_out. */
  readonly channels: number;
  readonly latent: Array;
  /** Scales that are learnt: W_p and W_n of ttq, one element each. */
  readonly scales: readonly Array[];
  /** What the layer uses, written by `quantise`; `latent.values` itself at full precision. */
  readonly used: Float32Array;
}

/** Writes `used`; `progress` is the fraction of the run that is done, 1 in evaluation. */
export function quantise(weights: LatentWeights, progress: number): void {
  const { rule, channels, latent, scales, used } = weights;
  const w = latent.values;
  switch (rule) {
    case 'full':
      return;
    case 'bwn':
      return binary(w, channels, used);
    case 'binary-relax': {
      binary(w, channels, used);
      if (progress >= RELAXED_SHARE) return;
      const pull = MOST_PULL ** (progress / RELAXED_SHARE);
      for (let i = 0; i < w.length; i++) used[i] = (pull * used[i]! + w[i]!) / (pull + 1);
      return;
    }
    case 'twn':
      return ternary(w, channels, used);
    case 'ttq': {
      const threshold = TTQ_THRESHOLD * largest(w);
      const [positive, negative] = [scales[0]!.values[0]!, scales[1]!.values[0]!];
      for (let i = 0; i < w.length; i++) used[i] = w[i]! > threshold ? positive : w[i]! < -threshold ? -negative : 0;
    }
  }
}

/** Takes ∂L/∂used to the gradients of the latent weights and of the scales. */
export function latentGradient({ rule, latent, scales }: LatentWeights, dUsed: Float32Array): void {
  if (rule !== 'ttq') {
    latent.gradient.set(dUsed);
    return;
  }
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
function binary(w: Float32Array, channels: number, used: Float32Array): void {
  const alpha = meansAbove(w, new Float64Array(channels).fill(-1));
  for (let i = 0; i < w.length; i++) used[i] = w[i]! >= 0 ? alpha[i % channels]! : -alpha[i % channels]!;
}

function ternary(w: Float32Array, channels: number, used: Float32Array): void {
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

/** Where ttq's scales start: the mean magnitude above the threshold. */
export function initialTtqScale(w: Float32Array): number {
  return meansAbove(w, Float64Array.of(TTQ_THRESHOLD * largest(w)))[0]!;
}

/** A plane of binary codes: ±1 as bits 1 and 0, and a scale per channel. */
export interface CodesOfRule {
  readonly bits: Uint8Array;
  readonly alpha: Float32Array;
}

/**
 * The planes of codes that `used` is the sum of: one for binary rules, two of α/2 for twn (0 is +1 and −1); null where
 * the rule's weights are no such sum.
 */
export function codesOfRule({ rule, channels, used }: LatentWeights): CodesOfRule[] | null {
  if (rule === 'full' || rule === 'ttq') return null;
  const alpha = new Float32Array(channels);
  used.forEach((value, i) => (alpha[i % channels] = Math.max(alpha[i % channels]!, Math.abs(value))));
  const plane = (isOne: (value: number) => boolean, share: number): CodesOfRule => ({
    bits: Uint8Array.from(used, (value) => Number(isOne(value))),
    alpha: alpha.map((a) => a * share),
  });
  if (rule !== 'twn') return [plane((value) => value >= 0, 1)];
  return [plane((value) => value >= 0, 0.5), plane((value) => value > 0, 0.5)];
}
