/** Schedules of the learning rate and of S_tanh: pure functions of the step, so that a resumed run continues exactly. */

export const SCHEDULES = ['constant', 'cosine', 'step'] as const;
export type Schedule = (typeof SCHEDULES)[number];

/** How long the linear warm-up lasts: steps, epochs, or per cent of the run, so that a shortened recipe keeps its shape. */
export type Warmup = { readonly steps: number } | { readonly epochs: number } | { readonly percent: number };

export interface RateSpec {
  readonly schedule: Schedule;
  /** Highest learning rate. */
  readonly rate: number;
  readonly epochs: number;
  /** The rate rises from 0. */
  readonly warmup: Warmup;
  /** `step`: fractions of the run, ascending, at which the rate halves. */
  readonly halvings: readonly number[];
}

export interface SlopeSpec extends RateSpec {
  /** S_tanh behind the warm-up. */
  readonly sTanh: number;
  /** S_tanh at the start of the warm-up. */
  readonly sTanhStart: number;
}

/** Steps of warm-up in a run of `total` steps. */
export function warmupSteps({ warmup, epochs }: RateSpec, total: number): number {
  if ('steps' in warmup) return warmup.steps;
  return Math.round(total * ('epochs' in warmup ? warmup.epochs / epochs : warmup.percent / 100));
}

/** As `--warmup` takes it. */
export function formatWarmup(warmup: Warmup): string {
  if ('steps' in warmup) return String(warmup.steps);
  return 'epochs' in warmup ? `${warmup.epochs}ep` : `${warmup.percent}%`;
}

/** How often the rate has halved before step `step` (from 0) out of `total`. */
function halvingsBefore({ schedule, halvings }: RateSpec, step: number, total: number): number {
  return schedule === 'step' ? halvings.filter((at) => step >= Math.round(at * total)).length : 0;
}

/** Learning rate of step `step` (from 0) out of `total`. */
export function learningRate(spec: RateSpec, step: number, total: number): number {
  const warmup = warmupSteps(spec, total);
  if (step < warmup) return (spec.rate * (step + 1)) / warmup;
  if (spec.schedule !== 'cosine') return spec.rate / 2 ** halvingsBefore(spec, step, total);
  const progress = (step - warmup) / Math.max(1, total - warmup);
  return 0.5 * spec.rate * (1 + Math.cos(Math.PI * progress));
}

/** S_tanh of a step: rises linearly in the warm-up and doubles where the rate halves (FleXOR, section 4). */
export function tanhSlope(spec: SlopeSpec, step: number, total: number): number {
  const { sTanh, sTanhStart } = spec;
  const warmup = warmupSteps(spec, total);
  if (step < warmup) return sTanhStart + ((sTanh - sTanhStart) * (step + 1)) / warmup;
  return sTanh * 2 ** halvingsBefore(spec, step, total);
}
