/** Learning-rate schedules: a pure function of the step, so that a resumed run continues exactly. */

export const SCHEDULES = ['constant', 'cosine'] as const;
export type Schedule = (typeof SCHEDULES)[number];

export interface RateSpec {
  readonly schedule: Schedule;
  /** Highest learning rate. */
  readonly rate: number;
  /** Steps of linear warm-up from 0. */
  readonly warmupSteps: number;
}

/** Learning rate of step `step` (from 0) out of `total`. */
export function learningRate(spec: RateSpec, step: number, total: number): number {
  if (step < spec.warmupSteps) return (spec.rate * (step + 1)) / spec.warmupSteps;
  if (spec.schedule === 'constant') return spec.rate;
  const progress = (step - spec.warmupSteps) / Math.max(1, total - spec.warmupSteps);
  return 0.5 * spec.rate * (1 + Math.cos(Math.PI * progress));
}
