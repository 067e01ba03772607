/** Schedules of the learning rate and of S_tanh: pure functions of the step, so that a resumed run continues exactly. */

export const SCHEDULES = ['constant', 'cosine', 'step'] as const;
export type Schedule = (typeof SCHEDULES)[number];

export interface RateSpec {
  readonly schedule: Schedule;
  /** Highest learning rate. */
  readonly rate: number;
  /** Steps of linear warm-up from 0. */
  readonly warmupSteps: number;
  /** `step`: fractions of the run, ascending, at which the rate halves. */
  readonly halvings: readonly number[];
}

export interface SlopeSpec extends RateSpec {
  /** S_tanh behind the warm-up. */
  readonly sTanh: number;
  /** S_tanh at the start of the warm-up. */
  readonly sTanhStart: number;
}

/** How often the rate has halved before step `step` (from 0) out of `total`. */
function halvingsBefore({ schedule, halvings }: RateSpec, step: number, total: number): number {
  return schedule === 'step' ? halvings.filter((at) => step >= Math.round(at * total)).length : 0;
}

/** Learning rate of step `step` (from 0) out of `total`. */
export function learningRate(spec: RateSpec, step: number, total: number): number {
  if (step < spec.warmupSteps) return (spec.rate * (step + 1)) / spec.warmupSteps;
  if (spec.schedule !== 'cosine') return spec.rate / 2 ** halvingsBefore(spec, step, total);
  const progress = (step - spec.warmupSteps) / Math.max(1, total - spec.warmupSteps);
  return 0.5 * spec.rate * (1 + Math.cos(Math.PI * progress));
}

/** S_tanh of a step: rises linearly in the warm-up and doubles where the rate halves (FleXOR, section 4). */
export function tanhSlope(spec: SlopeSpec, step: number, total: number): number {
  const { sTanh, sTanhStart, warmupSteps } = spec;
  if (step < warmupSteps) return sTanhStart + ((sTanh - sTanhStart) * (step + 1)) / warmupSteps;
  return sTanh * 2 ** halvingsBefore(spec, step, total);
}
