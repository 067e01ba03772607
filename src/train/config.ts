/** Everything that determines a training run; two runs with equal configurations give equal bits on equal engines. */
import { FlexorError } from '../base/errors.js';
import type { GradientRule } from './flexor-op.js';
import type { Schedule } from './schedule.js';

/** How M⊕ is made: N_tap ones per row, random rows, no encryption at all, or given (rows as strings of 0 and 1). */
export type XorChoice =
  | { readonly kind: 'taps'; readonly taps: number }
  | { readonly kind: 'random' | 'identity' }
  | { readonly kind: 'given'; readonly rows: readonly string[] };

export interface TrainConfig {
  readonly network: 'lenet5';
  /** E.g. `mnist` or `digits`. */
  readonly dataset: string;
  readonly nIn: number;
  readonly nOut: number;
  readonly xor: XorChoice;
  /** M⊕ is the best of this many draws (xor-choice.ts); 1 takes the first, as the paper does. */
  readonly xorTries: number;
  /** q: binary planes per layer. */
  readonly planes: number;
  readonly epochs: number;
  readonly batch: number;
  /** Learning rate of Adam (the highest one of the schedule). */
  readonly rate: number;
  readonly schedule: Schedule;
  readonly warmupSteps: number;
  readonly seed: number;
  readonly gradient: GradientRule;
  readonly sTanh: number;
  /** α at the start; null: 1/sqrt(V) of the layer. */
  readonly alpha: number | null;
  readonly bias: boolean;
  /** Training images are moved by up to this many pixels each way. */
  readonly shift: number;
  /** Use only the first so many images of each split; null: all. */
  readonly limit: number | null;
}

/** LeNet-5 of the paper: constant Adam at 1e-4. */
export const PAPER: TrainConfig = {
  network: 'lenet5',
  dataset: 'mnist',
  nIn: 12,
  nOut: 20,
  xor: { kind: 'taps', taps: 2 },
  xorTries: 1,
  planes: 1,
  epochs: 5,
  batch: 50,
  rate: 1e-4,
  schedule: 'constant',
  warmupSteps: 0,
  seed: 1,
  gradient: 'eq6',
  sTanh: 100,
  alpha: 0.2,
  bias: false,
  shift: 0,
  limit: null,
};

/** What shipped models are trained with: a higher rate that decays to 0 along a cosine, and α scaled to the fan-in. */
export const COSINE: TrainConfig = { ...PAPER, rate: 1e-3, schedule: 'cosine', alpha: null };

export const RECIPES = { paper: PAPER, cosine: COSINE } as const;
export type RecipeName = keyof typeof RECIPES;

/** Refuses values that make no sense together. */
export function checkConfig(config: TrainConfig): void {
  const rules: readonly (readonly [boolean, string])[] = [
    [config.epochs >= 1, `--epochs must be at least 1, got ${config.epochs}`],
    [config.batch >= 1, `--batch must be at least 1, got ${config.batch}`],
    [config.rate > 0, `--lr must be above 0, got ${config.rate}`],
    [config.sTanh > 0, `--stanh must be above 0, got ${config.sTanh}`],
    [config.planes >= 1 && config.planes <= 8, `--planes must be 1 to 8, got ${config.planes}`],
    [
      config.xor.kind !== 'taps' || config.xor.taps <= config.nIn,
      `--taps must not exceed --nin (N_tap ≤ N_in), got N_tap ${config.xor.kind === 'taps' && config.xor.taps} with N_in ${config.nIn}`,
    ],
    [
      config.xor.kind !== 'identity' || config.nIn === config.nOut,
      `--taps identity stores every weight bit as it is: N_in must equal N_out, got ${config.nIn} and ${config.nOut}`,
    ],
  ];
  for (const [holds, message] of rules) if (!holds) throw new FlexorError('usage', message);
}

/** The command line that repeats the run, free of paths. */
export function commandLine(config: TrainConfig): string {
  const { xor } = config;
  const parts: (string | number)[] = ['flexor train', config.network, '--dataset', config.dataset];
  // The file's path is nobody else's business; the model file holds the matrix itself.
  if (xor.kind === 'given') parts.push('--xor', 'matrix.json');
  else parts.push('--nin', config.nIn, '--nout', config.nOut, '--taps', xor.kind === 'taps' ? xor.taps : xor.kind);
  if (config.xorTries > 1 && xor.kind !== 'given') parts.push('--xor-tries', config.xorTries);
  if (config.planes > 1) parts.push('--planes', config.planes);
  parts.push('--epochs', config.epochs, '--batch', config.batch, '--lr', config.rate, '--schedule', config.schedule);
  if (config.warmupSteps > 0) parts.push('--warmup', config.warmupSteps);
  parts.push('--gradient', config.gradient, '--stanh', config.sTanh, '--alpha', config.alpha ?? 'fan-in');
  if (config.bias) parts.push('--bias');
  if (config.shift > 0) parts.push('--shift', config.shift);
  if (config.limit !== null) parts.push('--limit', config.limit);
  parts.push('--seed', config.seed);
  return parts.join(' ');
}
