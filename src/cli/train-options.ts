/** The options that say what a training run is, for `flexor train` and for the runs of a sweep. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { FlexorError } from '../base/errors.js';
import { IMAGENET_SIDE } from '../data/imagenet.js';
import { NETWORKS, type NetworkName } from '../train/networks/networks.js';
import type { PerGroup, TrainConfig, XorChoice } from '../train/run/config.js';
import { GRADIENT_RULES, type GradientRule } from '../train/weights/flexor-op.js';
import { OPTIMISERS, type OptimiserKind } from '../train/weights/optimiser.js';
import { WEIGHT_KINDS, type WeightKind } from '../train/weights/quantisers.js';
import { RECIPE_NAMES, recipe, type RecipeName } from '../train/run/recipes.js';
import { SCHEDULES, type Schedule, type Warmup } from '../train/run/schedule.js';
import { matrixRows, readMatrixFile } from '../xor/matrix-file.js';
import { integer, oneOf, real, sequence, wordOr } from './options.js';
import { DATASETS, type DataFlags, type DatasetName } from './train-data.js';

/** What commander hands over; options without a default come from the recipe. */
export interface ConfigFlags extends DataFlags {
  readonly recipe: RecipeName;
  readonly weights?: WeightKind;
  readonly nin: readonly number[];
  readonly nout: readonly number[];
  readonly taps: readonly XorChoice[];
  readonly preset?: keyof typeof PRESETS;
  readonly xor?: string;
  readonly xorTries?: number;
  readonly planes?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly optimiser?: OptimiserKind;
  readonly momentum?: number;
  readonly weightDecay?: number;
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
  readonly shift?: number;
  readonly flip?: boolean;
  readonly limit?: number;
  readonly imageSize?: number;
}

/** Adds the network as an argument and every option of a run's configuration. */
export function configOptions(command: Command): void {
  command
    .argument('<network>', NETWORKS.join(', '), oneOf(NETWORKS))
    .option('--data <dir>', 'folder of the data set (else FLEXOR_DATA, else ../shared/data)')
    .option(
      '--dataset <name>',
      `${DATASETS.join(', ')} (default: imagenet for resnet18, cifar10 for other residual networks, else mnist where it is found)`,
      oneOf(DATASETS),
    );
  networkOptions(command);
  scheduleOptions(command);
  command.option('--seed <n>', 'of every random choice', integer(0, 4294967295), 1);
}

/** Rates whose N_out suits a PE of 16, 32 or 64, so that decryptors need no register that shifts (docs/folding.md). */
const PRESETS = { 'aligned-0.5': 8, 'aligned-0.625': 10, 'aligned-0.8': 13 } as const;
const PRESET_NAMES = Object.keys(PRESETS) as (keyof typeof PRESETS)[];
const PRESET_NOUT = 16;

/** A file of M⊕, and a preset, say all that these options would. */
export function refuseBoth(command: Command, { xor, preset }: ConfigFlags): void {
  if (xor !== undefined && preset !== undefined) {
    throw new FlexorError('usage', `--xor ${xor} gives M⊕ whole; leave out --preset`);
  }
  if (xor === undefined && preset === undefined) return;
  const given = xor === undefined ? `--preset ${preset!} sets the rate` : `--xor ${xor} gives M⊕ whole`;
  for (const [name, flag] of [
    ['nin', '--nin'],
    ['nout', '--nout'],
    ['taps', '--taps'],
    ['xorTries', '--xor-tries'],
  ] as const) {
    if (command.getOptionValueSource(name) !== 'cli') continue;
    if (xor === undefined && (name === 'taps' || name === 'xorTries')) continue;
    throw new FlexorError('usage', `${given}; leave out ${flag}`);
  }
}

function networkOptions(command: Command): void {
  command
    .option(
      '--weights <kind>',
      `${WEIGHT_KINDS.join(', ')}: FleXOR, FleXOR by the nearest codes, full precision or a baseline (default: flexor)`,
      oneOf(WEIGHT_KINDS),
    )
    .addOption(
      new Option('--nin <n>', 'N_in: encrypted bits of a slice; one for all or n,n,.. by layer group')
        .argParser(sequence(integer(1, 512)))
        .default([12], '12'),
    )
    .addOption(
      new Option('--nout <n>', 'N_out: weight bits of a slice; one or by layer group')
        .argParser(sequence(integer(1, 512)))
        .default([20], '20'),
    )
    .addOption(
      new Option('--taps <n>', "ones in every row of M⊕, 'random', 'identity' or 'systematic'; one or by layer group")
        .argParser(sequence(parseTaps))
        .default([{ kind: 'taps', taps: 2 }] satisfies XorChoice[], '2'),
    )
    .option(
      '--preset <name>',
      `rates that suit the hardware: ${PRESET_NAMES.join(', ')} (N_out ${PRESET_NOUT}; sets --nin and --nout)`,
      oneOf(PRESET_NAMES),
    )
    .option('--xor <file>', 'take M⊕ from a file of flexor design-xor; it sets N_in and N_out')
    .option('--xor-tries <n>', 'draw M⊕ so many times and keep the best (default: 1)', integer(1, 1_000_000))
    .option('--planes <q>', 'binary planes per layer, bits of dsq and qil (default: 1)', integer(1, 8))
    .option('--x-std <s>', 'standard deviation of encrypted weights at the start (default: by recipe)', real(1e-9))
    .addOption(
      new Option('--alpha <value>', "α at the start, or 'fan-in' for 1/sqrt(window) (default: by recipe)").argParser(
        // A word, not null: commander turns null into an empty string.
        wordOr(['fan-in'] as const, real(1e-9)),
      ),
    )
    .option('--bias', 'learn a bias per output channel');
}

function scheduleOptions(command: Command): void {
  command
    .option(
      '--recipe <name>',
      'defaults of the options below, --x-std and --alpha: paper or cosine',
      oneOf(RECIPE_NAMES),
      'cosine',
    )
    .option('--epochs <n>', 'passes over the training images', integer(1))
    .option('--batch <n>', 'images per step', integer(1))
    .option('--optimiser <name>', OPTIMISERS.join(', '), oneOf(OPTIMISERS))
    .option('--momentum <m>', 'of sgd and nesterov', real(0, 1))
    .option('--weight-decay <d>', 'of sgd and nesterov', real(0))
    .option(
      '--lr <rate>',
      'highest learning rate (default: by recipe; needed for adam in place of sgd and the reverse)',
      real(1e-12),
    )
    .option('--schedule <name>', SCHEDULES.join(', '), oneOf(SCHEDULES))
    .option('--halve-at <f,..>', 'fractions of the run at which schedule step halves the rate', sequence(real(0, 1)))
    .option('--warmup <length>', 'linear warm-up: steps, epochs as 1ep, or a part of the run as 20%', parseWarmup)
    .option('--gradient <rule>', `through the XOR gates: ${GRADIENT_RULES.join(', ')}`, oneOf(GRADIENT_RULES))
    .option('--stanh <s>', 'S_tanh, the slope of tanh at 0', real(1e-9))
    .option('--stanh-start <s>', 'S_tanh at the start of the warm-up (default: by recipe)', real(1e-9))
    .addOption(
      new Option('--clip <c>', "hold encrypted weights within ±c/S_tanh, or 'none' (default: by recipe)").argParser(
        wordOr(['none'] as const, real(1e-9)),
      ),
    )
    .option('--flip', 'mirror every second training image')
    .option('--shift <pixels>', 'move training images at random by up to so many pixels', integer(0, 14))
    .option('--image-size <pixels>', "height and width of ImageNet's images (default: 224)", integer(32, 1024))
    .option('--limit <n>', 'use only the first n images of each split', integer(1));
}

function parseTaps(text: string): XorChoice {
  const value = wordOr(['random', 'identity', 'systematic'] as const, integer(1))(text);
  return typeof value === 'string' ? { kind: value } : { kind: 'taps', taps: value };
}

function parseWarmup(text: string): Warmup {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ep|%)?$/.exec(text) ?? [];
  const value = Number(number);
  const isLength = unit === '%' ? value <= 100 : unit === 'ep' ? value < Infinity : Number.isSafeInteger(value);
  if (!isLength) throw new InvalidArgumentError('Must be steps (390), epochs (1ep) or a part of the run (20%).');
  if (unit === undefined || value === 0) return { steps: value };
  return unit === '%' ? { percent: value } : { epochs: value };
}

/** One value stands for all layer groups. */
function perGroup<T>(values: readonly T[]): PerGroup<T> {
  return values.length === 1 ? values[0]! : values;
}

/** M⊕ from a file, or how to draw it. */
function matrixChoice(options: ConfigFlags): Pick<TrainConfig, 'nIn' | 'nOut' | 'xor'> {
  if (options.preset !== undefined) {
    return { nIn: PRESETS[options.preset], nOut: PRESET_NOUT, xor: perGroup(options.taps) };
  }
  if (options.xor === undefined) {
    return { nIn: perGroup(options.nin), nOut: perGroup(options.nout), xor: perGroup(options.taps) };
  }
  const matrix = readMatrixFile(options.xor);
  return { nIn: matrix.nIn, nOut: matrix.nOut, xor: { kind: 'given', rows: matrixRows(matrix) } };
}

/** Only ImageNet's images come in sizes to choose from. */
function imageSize(pixels: number | undefined, dataset: DatasetName): Pick<TrainConfig, 'imageSize'> {
  if (dataset === 'imagenet') return { imageSize: pixels ?? IMAGENET_SIDE };
  if (pixels === undefined) return {};
  throw new FlexorError('usage', `--image-size is for --dataset imagenet, got ${pixels} with ${dataset}; leave it out`);
}

/** The optimiser with its rate and decay. A recipe's weight decay and rate are those of its own optimiser: Adam takes neither from SGD. */
function optimisation(
  options: ConfigFlags,
  base: TrainConfig,
): Pick<TrainConfig, 'optimiser' | 'momentum' | 'weightDecay' | 'rate'> {
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

/** Options over the recipe's defaults; `init` is what TrainConfig has under this name. */
export function configuration(
  network: NetworkName,
  options: ConfigFlags,
  dataset: DatasetName,
  init: string | null,
): TrainConfig {
  const base = recipe(network, options.recipe);
  return {
    network,
    dataset,
    weights: options.weights ?? base.weights,
    init,
    ...matrixChoice(options),
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
    // Images of ImageNet are cropped and scaled instead.
    shift: options.shift ?? (dataset === 'imagenet' ? 0 : base.shift),
    flip: options.flip ?? base.flip,
    limit: options.limit ?? base.limit,
    ...imageSize(options.imageSize, dataset),
  };
}
