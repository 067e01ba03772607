/** What a training run is, from the flags of `flexor train` or of a recipe, over the defaults of the recipe that they name. */
import { basename, resolve } from 'node:path';
import { FlexorError } from '../../base/errors.js';
import { IMAGENET_SIDE } from '../../data/imagenet.js';
import type { NetworkDescription, Rate } from '../../train/networks/description.js';
import { groupRates } from '../../train/networks/rates.js';
import type { PerGroup, TrainConfig, XorChoice } from '../../train/run/config.js';
import type { GradientRule } from '../../train/weights/flexor-op.js';
import type { OptimiserKind, Role } from '../../train/weights/optimiser.js';
import type { WeightKind } from '../../train/weights/quantisers.js';
import { recipe, type RecipeName } from '../../train/run/recipes.js';
import type { Schedule, Warmup } from '../../train/run/schedule.js';
import { matrixRows, readMatrixFile } from '../../xor/matrix-file.js';
import type { DataFlags, Source } from './data.js';

/** The flags of a run; those without a default come from the recipe. */
export interface ConfigFlags extends DataFlags {
  readonly recipe: RecipeName;
  readonly weights?: WeightKind;
  readonly nin?: readonly number[];
  readonly nout?: readonly number[];
  readonly taps?: readonly XorChoice[];
  readonly preset?: keyof typeof PRESETS;
  readonly xor?: string;
  readonly xorTries?: number;
  readonly planes?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly optimiser?: OptimiserKind;
  readonly momentum?: number;
  readonly weightDecay?: number;
  readonly decayOn?: readonly Role[];
  readonly lr?: number;
  readonly schedule?: Schedule;
  readonly warmup?: Warmup;
  readonly halveAt?: readonly number[];
  readonly seed: number;
  readonly gradient?: GradientRule;
  readonly stanh?: number;
  readonly stanhStart?: number;
  readonly xStd?: number;
  readonly clip?: number | 'none';
  readonly alpha?: number | 'fan-in';
  readonly bias?: boolean;
  readonly activationBits?: number;
  readonly shift?: number;
  readonly flip?: boolean;
  readonly labelSmoothing?: number;
  readonly distilShare?: number;
  readonly bnReestimate?: number;
  readonly limit?: number;
}

/** Rates whose N_out suits a PE of 16, 32 or 64, so that decryptors need no register that shifts (docs/folding.md). */
export const PRESETS = { 'aligned-0.5': 8, 'aligned-0.625': 10, 'aligned-0.8': 13 } as const;
export const PRESET_NAMES = Object.keys(PRESETS) as (keyof typeof PRESETS)[];
export const PRESET_NOUT = 16;

function xorChoice(taps: NonNullable<Rate['taps']>): XorChoice {
  return typeof taps === 'number' ? { kind: 'taps', taps } : { kind: taps };
}

/** One value stands for all layer groups. */
function perGroup<T>(values: readonly T[]): PerGroup<T> {
  return values.length === 1 ? values[0]! : values;
}

/** Sizes of M⊕ where neither options nor the network file say them: an aligned rate, 0.625 bit a weight. */
export const DEFAULT_RATE = { nIn: PRESETS['aligned-0.625'], nOut: PRESET_NOUT } as const;

/**
 * How M⊕ is drawn where neither options nor the network file say it: of full rank, so that every stored bit matters. The
 * paper's two taps in every row leave at least one bit of a slice without effect; sizes that have no systematic form keep them.
 */
function defaultTaps(nIn: number, nOut: number): XorChoice {
  return nIn >= 2 && nIn <= nOut ? { kind: 'systematic' } : { kind: 'taps', taps: 2 };
}

/** An N_in for which the default of N_out leaves no bit to save was chosen for another one. */
function needsNout(nIn: number): FlexorError {
  const { nOut } = DEFAULT_RATE;
  const rate = `${nIn / nOut} ${nIn === nOut ? 'bit' : 'bits'} a weight`;
  return new FlexorError(
    'usage',
    `--nin ${nIn} needs --nout: N_out is ${nOut} where nothing says it, which is ${rate}`,
  );
}

/** M⊕ from a file, or how to draw it: as options say, else the network file. */
function matrixChoice(
  options: ConfigFlags,
  described: NetworkDescription | undefined,
): Pick<TrainConfig, 'nIn' | 'nOut' | 'xor'> {
  const rates = (described && groupRates(described)) ?? [undefined];
  const preset = options.preset === undefined ? null : PRESETS[options.preset];
  const nIn = preset !== null ? [preset] : (options.nin ?? rates.map((rate) => rate?.nIn ?? DEFAULT_RATE.nIn));
  const nOut = preset !== null ? [PRESET_NOUT] : (options.nout ?? rates.map((rate) => rate?.nOut ?? DEFAULT_RATE.nOut));
  const groups = Math.max(nIn.length, nOut.length, rates.length);
  // One value stands for all groups.
  const at = <T>(values: readonly T[], group: number): T => values[values.length === 1 ? 0 : group] ?? values[0]!;
  const wide = Array.from({ length: groups }, (_, group) => group).find(
    (group) => at(nIn, group) >= DEFAULT_RATE.nOut && at(rates, group) === undefined,
  );
  if (wide !== undefined && options.nout === undefined && options.xor === undefined) throw needsNout(at(nIn, wide));
  const drawn = Array.from({ length: groups }, (_, group): XorChoice => {
    const taps = at(rates, group)?.taps;
    return taps === undefined ? defaultTaps(at(nIn, group), at(nOut, group)) : xorChoice(taps);
  });
  const same = drawn.every((choice) => JSON.stringify(choice) === JSON.stringify(drawn[0]));
  if (options.xor === undefined) {
    return { nIn: perGroup(nIn), nOut: perGroup(nOut), xor: perGroup(options.taps ?? (same ? [drawn[0]!] : drawn)) };
  }
  const matrix = readMatrixFile(options.xor);
  return { nIn: matrix.nIn, nOut: matrix.nOut, xor: { kind: 'given', rows: matrixRows(matrix) } };
}

const LEAST_SIDE = 32;
const MOST_SIDE = 1024;

/** Height and width of ImageNet's images. */
function imageNetSize({ imageSize, label }: ConfigFlags, source: Source): Pick<TrainConfig, 'imageSize'> {
  if (source.kind === 'own') return {};
  if (label !== undefined) {
    throw new FlexorError('usage', `--label is for tables of your own, got ${label} with ${source.name}; leave it out`);
  }
  const [height, width] = imageSize ?? [IMAGENET_SIDE, IMAGENET_SIDE];
  const got = `${height}x${width} with ${source.name}`;
  if (source.name !== 'imagenet') {
    if (imageSize === undefined) return {};
    throw new FlexorError(
      'usage',
      `--image-size is for --dataset imagenet and for image folders of your own, got ${got}; leave it out`,
    );
  }
  if (height === width && height >= LEAST_SIDE && height <= MOST_SIDE) return { imageSize: height };
  throw new FlexorError(
    'usage',
    `--image-size of ImageNet must be a square of ${LEAST_SIDE} to ${MOST_SIDE}, got ${got}`,
  );
}

/** What says which data of the user's own they are; no folders, which are nobody else's business. */
function ownData(source: Source): Pick<TrainConfig, 'own'> {
  if (source.kind === 'built-in') return {};
  const { path, label, imageSize } = source;
  return {
    own: {
      data: basename(resolve(path)),
      ...(label === undefined ? {} : { label }),
      ...(imageSize === undefined ? {} : { imageSize }),
    },
  };
}

/**
 * Random changes of training images. Those of a recipe are for its data set: nobody knows whether data of one's own stay
 * what they are when they are moved or mirrored. Images of ImageNet are cropped and scaled instead of moved.
 */
function changes({ shift, flip }: ConfigFlags, base: TrainConfig, source: Source): Pick<TrainConfig, 'shift' | 'flip'> {
  if (source.kind === 'own') return { shift: shift ?? 0, flip: flip ?? false };
  return { shift: shift ?? (source.name === 'imagenet' ? 0 : base.shift), flip: flip ?? base.flip };
}

/** The optimiser with its rate and decay. A recipe's weight decay and rate are those of its own optimiser: Adam takes neither from SGD. */
function optimisation(
  options: ConfigFlags,
  base: TrainConfig,
): Pick<TrainConfig, 'optimiser' | 'momentum' | 'weightDecay' | 'decayOn' | 'rate'> {
  const optimiser = options.optimiser ?? base.optimiser;
  const isAdam = optimiser === 'adam';
  if (isAdam && options.momentum !== undefined) {
    throw new FlexorError(
      'usage',
      `--momentum goes with --optimiser sgd or nesterov, got ${options.momentum} with adam`,
    );
  }
  if (options.lr === undefined && isAdam !== (base.optimiser === 'adam')) {
    throw new FlexorError(
      'usage',
      `--optimiser ${optimiser} needs --lr: the recipe's ${base.rate} is a rate of ${base.optimiser}`,
    );
  }
  return {
    optimiser,
    momentum: options.momentum ?? base.momentum,
    weightDecay: options.weightDecay ?? (isAdam ? 0 : base.weightDecay),
    decayOn: options.decayOn ?? base.decayOn,
    rate: options.lr ?? base.rate,
  };
}

/** The schedule of the rate; halvings are of schedule step alone. */
function rateSchedule(
  { schedule, halveAt }: ConfigFlags,
  base: TrainConfig,
): Pick<TrainConfig, 'schedule' | 'halvings'> {
  const chosen = schedule ?? base.schedule;
  if (chosen === 'step') return { schedule: chosen, halvings: halveAt ?? base.halvings };
  if (halveAt === undefined) return { schedule: chosen, halvings: [] };
  throw new FlexorError('usage', `--halve-at goes with --schedule step, got ${chosen}; leave it out`);
}

/** Share of a teacher's probabilities in the targets where nothing else is said. */
const DISTIL_SHARE = 0.5;

/** Options over the recipe's defaults; `from` is what TrainConfig has under these names. */
export function configuration(
  { network, described, file }: Pick<TrainConfig, 'network' | 'described' | 'file'>,
  options: ConfigFlags,
  source: Source,
  from: Pick<TrainConfig, 'init' | 'distil'>,
): TrainConfig {
  const base = recipe(network, options.recipe);
  return {
    network,
    ...(described === undefined ? {} : { described }),
    ...(file === undefined ? {} : { file }),
    dataset: source.name,
    ...ownData(source),
    weights: options.weights ?? base.weights,
    init: from.init,
    ...matrixChoice(options, described),
    xorTries: options.xorTries ?? base.xorTries,
    planes: options.planes ?? base.planes,
    epochs: options.epochs ?? base.epochs,
    batch: options.batch ?? base.batch,
    ...optimisation(options, base),
    ...rateSchedule(options, base),
    warmup: options.warmup ?? base.warmup,
    seed: options.seed,
    gradient: options.gradient ?? base.gradient,
    sTanh: options.stanh ?? base.sTanh,
    sTanhStart: options.stanhStart ?? options.stanh ?? base.sTanhStart,
    clip: options.clip === 'none' ? null : (options.clip ?? base.clip),
    xStd: options.xStd ?? base.xStd,
    alpha: options.alpha === 'fan-in' ? null : (options.alpha ?? base.alpha),
    bias: options.bias ?? base.bias,
    ...(options.activationBits === undefined ? {} : { activationBits: options.activationBits }),
    ...changes(options, base, source),
    labelSmoothing: options.labelSmoothing ?? base.labelSmoothing,
    distil: from.distil,
    distilShare: options.distilShare ?? (from.distil === null ? 0 : DISTIL_SHARE),
    reestimate: options.bnReestimate ?? base.reestimate,
    limit: options.limit ?? base.limit,
    ...imageNetSize(options, source),
  };
}
