/**
 * Baselines that quantise uniformly in an interval that is learnt, one for a layer.
 *
 *   dsq  2^q levels from −u to u, each weight the nearest; the gradient is that of a curve of tanh pieces between the
 *        levels, κ its steepness, from α = 1 − tanh(κ/2) (Gong et al., Differentiable Soft Quantization, 2019). Learnt: u and α. The interval is symmetric, which makes the levels sums of codes; the
 *        paper learns both ends.
 *   qil  0 below c − d, ±1 above c + d, (½ + (|w| − c)/(2d))^γ with w's sign between, rounded to 2^(q−1) − 1 steps; the
 *        gradient passes the rounding (Jung et al., Quantization Interval Learning, 2019).
 *        Learnt: c, d and γ.
 *
 * The gradients of what is learnt for a layer of n weights are divided by √n, so that one rate suits them and the
 * weights (Esser et al., LSQ, 2020, do so); ours.
 */
import type { CodesOfRule } from './plane-rules.js';

interface Learnt {
  readonly values: Float32Array;
  readonly gradient: Float32Array;
}

/** What a rule makes of one weight: its value, its slope, and its derivatives by what is learnt. */
interface Point {
  readonly value: number;
  readonly slope: number;
  readonly byScale: readonly number[];
}

/** DSQ's α at the start, and its bounds: at 0 the curve is a staircase, at 1 a line. */
const DSQ_START = 0.2;
const DSQ_BOUNDS = [0.01, 0.5] as const;
/** Smallest u, d (as weights) and γ that are used. */
const LEAST_WIDTH = 1e-4;
const LEAST_GAMMA = 0.1;

function meanMagnitude(w: Float32Array): number {
  return w.reduce((sum, value) => sum + Math.abs(value), 0) / w.length;
}

/** Where u and α start: outermost levels at twice the mean magnitude; ours. At one bit these are the magnitude. */
export function initialDsq(w: Float32Array, q: number): number[] {
  return [(q === 1 ? 1 : 2) * meanMagnitude(w), DSQ_START];
}

/** Where c, d and γ start: the interval from 0 to twice the mean magnitude; ours. */
export function initialQil(w: Float32Array): number[] {
  const mean = meanMagnitude(w);
  return [mean, mean, 1];
}

/** `scales`: u and α. */
export function dsqPoint(w: number, scales: readonly number[], q: number): Point {
  const steps = 2 ** q - 1;
  const u = Math.max(LEAST_WIDTH, scales[0]!);
  const alpha = Math.min(DSQ_BOUNDS[1], Math.max(DSQ_BOUNDS[0], scales[1]!));
  if (Math.abs(w) >= u) return { value: w > 0 ? u : -u, slope: 0, byScale: [Math.sign(w), 0] };
  const kappa = Math.log(2 / alpha - 1);
  const height = Math.tanh(kappa / 2);
  // In units of Δ = 2u/steps from −u: piece i, and r from −½ to ½ within it.
  const t = ((w + u) * steps) / (2 * u);
  const i = Math.min(steps - 1, Math.floor(t));
  const r = t - i - 0.5;
  const bend = Math.tanh(kappa * r);
  const soft = i + (bend / height + 1) / 2;
  const slope = (kappa * (1 - bend * bend)) / (2 * height);
  const byKappa = (r * (1 - bend * bend) * height - (bend * (1 - height * height)) / 2) / (height * height);
  return {
    value: -u + (2 * u * (r >= 0 ? i + 1 : i)) / steps,
    slope,
    // w = −u + Δ·t: growing u by 1 moves the levels and, at fixed w, t by −w·steps/(2u²).
    byScale: [(2 * soft) / steps - 1 - (slope * w) / u, ((u / steps) * byKappa * -2) / (alpha * (2 - alpha))],
  };
}

/** `scales`: c, d and γ. */
export function qilPoint(w: number, scales: readonly number[], q: number): Point {
  const c = scales[0]!;
  const d = Math.max(LEAST_WIDTH, scales[1]!);
  const gamma = Math.max(LEAST_GAMMA, scales[2]!);
  const t = 0.5 + (Math.abs(w) - c) / (2 * d);
  const sign = w >= 0 ? 1 : -1;
  if (t <= 0 || t >= 1) return { value: t <= 0 ? 0 : sign, slope: 0, byScale: [0, 0, 0] };
  const steps = 2 ** (q - 1) - 1;
  const power = t ** gamma;
  const slope = (gamma * power) / t / (2 * d);
  return {
    value: (sign * Math.round(power * steps)) / steps,
    slope,
    byScale: [-sign * slope, (-sign * slope * (Math.abs(w) - c)) / d, sign * power * Math.log(t)],
  };
}

type Rule = (w: number, scales: readonly number[], q: number) => Point;

export function quantiseBy(
  rule: Rule,
  w: Float32Array,
  scales: readonly Learnt[],
  q: number,
  used: Float32Array,
): void {
  const numbers = scales.map(({ values }) => values[0]!);
  w.forEach((value, i) => (used[i] = rule(value, numbers, q).value));
}

/** ∂L/∂used (`dUsed`) to the gradients of the weights and of the scales. */
export function gradientBy(
  rule: Rule,
  latent: Learnt,
  scales: readonly Learnt[],
  q: number,
  dUsed: Float32Array,
): void {
  const numbers = scales.map(({ values }) => values[0]!);
  const sums = numbers.map(() => 0);
  latent.values.forEach((value, i) => {
    const { slope, byScale } = rule(value, numbers, q);
    latent.gradient[i] = slope * dUsed[i]!;
    byScale.forEach((derivative, k) => (sums[k]! += derivative * dUsed[i]!));
  });
  scales.forEach(({ gradient }, k) => (gradient[0] = sums[k]! / Math.sqrt(latent.values.length)));
}

/** The levels of dsq as q planes: the bits of a level's number, with the scales u·2^i/(2^q − 1). */
export function dsqPlanes(w: Float32Array, channels: number, q: number, scales: readonly Learnt[]): CodesOfRule[] {
  const numbers = scales.map(({ values }) => values[0]!);
  const u = Math.max(LEAST_WIDTH, numbers[0]!);
  const levels = w.map((value) => Math.round(((dsqPoint(value, numbers, q).value / u + 1) / 2) * (2 ** q - 1)));
  return Array.from({ length: q }, (_, i) => ({
    bits: Uint8Array.from(levels, (level) => (level >> i) & 1),
    alpha: new Float32Array(channels).fill((u * 2 ** i) / (2 ** q - 1)),
  }));
}
