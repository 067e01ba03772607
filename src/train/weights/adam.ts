/** Adam (Kingma and Ba, 2015) with bias correction, in place on plain arrays so that every engine trains alike. */

export interface AdamState {
  /** First and second moments, one element per parameter. */
  readonly m: Float32Array;
  readonly v: Float32Array;
}

export const BETA1 = 0.9;
export const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Rate and ε with the bias correction of step `step` (from 1), which then needs no division of the moments. */
export function scaledConstants(rate: number, step: number): { scaledRate: number; scaledEpsilon: number } {
  const correction = Math.sqrt(1 - BETA2 ** step);
  return { scaledRate: (rate * correction) / (1 - BETA1 ** step), scaledEpsilon: EPSILON * correction };
}

/** One update; `step` counts from 1. */
export function adamStep(
  parameters: Float32Array,
  gradient: Float32Array,
  state: AdamState,
  rate: number,
  step: number,
): void {
  const { m, v } = state;
  const { scaledRate, scaledEpsilon } = scaledConstants(rate, step);
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i]!;
    const first = BETA1 * m[i]! + (1 - BETA1) * g;
    const second = BETA2 * v[i]! + (1 - BETA2) * g * g;
    m[i] = first;
    v[i] = second;
    parameters[i]! -= (scaledRate * first) / (Math.sqrt(second) + scaledEpsilon);
  }
}
