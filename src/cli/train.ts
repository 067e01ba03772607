/** `flexor train`: trains a network and writes a `.flexor` file. */
import { Option, type Command } from 'commander';
import { FlexorError } from '../base/errors.js';
import { exists } from '../base/files.js';
import type { Dataset } from '../data/dataset.js';
import { findCifar10, loadCifar10 } from '../data/cifar10.js';
import { digits } from '../data/digits.js';
import { findMnist, loadMnist } from '../data/mnist.js';
import { saveModel } from '../model/write.js';
import {
  NETWORKS,
  checkConfig,
  groupNIn,
  type NetworkName,
  type TrainConfig,
  type XorChoice,
} from '../train/config.js';
import type { EngineChoice } from '../train/engines.js';
import { GRADIENT_RULES, type GradientRule } from '../train/flexor-op.js';
import { OPTIMISERS, type OptimiserKind } from '../train/optimiser.js';
import { WEIGHT_KINDS, type WeightKind } from '../train/quantisers.js';
import { RECIPE_NAMES, recipe, type RecipeName } from '../train/recipes.js';
import { SCHEDULES, type Schedule } from '../train/schedule.js';
import type { TrainHooks, TrainResult } from '../train/trainer.js';
import { matrixRows, readMatrixFile } from '../xor/matrix-file.js';
import { describeEngine, engineOptions, startEngine, type EngineFlags } from './engine-options.js';
import { integer, oneOf, real, sequence, wordOr } from './options.js';
import { prepareOutput } from './output-file.js';
import { formatPercent, printJson, printLine } from './print.js';
import { clock, startProgress, type Progress } from './progress.js';
import { refuseFolder } from './test-sets.js';

const CHECKPOINT_INTERVAL_MS = 3 * 60_000;
const DATASETS = ['mnist', 'digits', 'cifar10'] as const;
type DatasetName = (typeof DATASETS)[number];

/** What commander hands over; options without a default come from the recipe. */
interface Options extends EngineFlags {
  readonly data?: string;
  readonly dataset?: DatasetName;
  readonly recipe: RecipeName;
  readonly weights?: WeightKind;
  readonly nin: readonly number[];
  readonly nout: number;
  readonly taps: XorChoice;
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
  readonly warmup?: number;
  readonly halveAt?: readonly number[];
  readonly seed: number;
  readonly gradient?: GradientRule;
  readonly stanh?: number;
  readonly stanhStart?: number;
  readonly alpha?: number | 'fan-in';
  readonly bias?: boolean;
  readonly shift?: number;
  readonly flip?: boolean;
  readonly limit?: number;
  readonly out: string;
  readonly checkpoint?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  flexor train lenet5 --nin 12 --nout 20 --taps 2 --epochs 6 --seed 1 --out model.flexor
  flexor design-xor --nin 12 --nout 20 -o matrix.json && flexor train lenet5 --xor matrix.json --out model.flexor
  flexor train lenet5 --dataset digits --epochs 8 --out digits.flexor
  flexor train resnet20 --data DIR --nin 16 --nout 20 --epochs 20 --out resnet.flexor --checkpoint resnet.ckpt
  flexor train resnet20 --data DIR --weights full --epochs 20 --out full.flexor
  flexor train lenet5 --recipe paper --epochs 30 --out paper.flexor --checkpoint paper.ckpt
  flexor train lenet5 --recipe paper --epochs 30 --out paper.flexor --checkpoint paper.ckpt --resume`;

export function registerTrain(program: Command): void {
  const command = program
    .command('train')
    .description('train a network with FleXOR and write a .flexor file')
    .argument('<network>', NETWORKS.join(', '), oneOf(NETWORKS))
    .requiredOption('-o, --out <file>', 'model file to write')
    .option('--data <dir>', 'folder of the data set (else FLEXOR_DATA, else ../shared/data)')
    .option(
      '--dataset <name>',
      `${DATASETS.join(', ')} (default: cifar10 for a residual network, else mnist where it is found)`,
      oneOf(DATASETS),
    );
  networkOptions(command);
  scheduleOptions(command);
  runOptions(command);
  command.addHelpText('after', EXAMPLES).action(async (network: NetworkName, options: Options) => {
    refuseBoth(command, options);
    await runTrain(network, options);
  });
}

/** A file of M⊕ says all that these options would. */
function refuseBoth(command: Command, { xor }: Options): void {
  if (xor === undefined) return;
  for (const [name, flag] of [
    ['nin', '--nin'],
    ['nout', '--nout'],
    ['taps', '--taps'],
    ['xorTries', '--xor-tries'],
  ] as const) {
    if (command.getOptionValueSource(name) !== 'cli') continue;
    throw new FlexorError('usage', `--xor ${xor} gives M⊕ whole; leave out ${flag}`);
  }
}

function networkOptions(command: Command): void {
  command
    .option(
      '--weights <kind>',
      `${WEIGHT_KINDS.join(', ')}: FleXOR, full precision or a baseline (default: flexor)`,
      oneOf(WEIGHT_KINDS),
    )
    .option(
      '--nin <n>',
      'N_in: encrypted bits of a slice; one for all or n,n,.. by layer group',
      sequence(integer(1, 512)),
      [12],
    )
    .option('--nout <n>', 'N_out: weight bits of a slice', integer(1, 512), 20)
    .addOption(
      new Option('--taps <n>', "ones in every row of M⊕, 'random' or 'identity'")
        .argParser(parseTaps)
        .default({ kind: 'taps', taps: 2 } satisfies XorChoice, '2'),
    )
    .option('--xor <file>', 'take M⊕ from a file of flexor design-xor; it sets N_in and N_out')
    .option('--xor-tries <n>', 'draw M⊕ so many times and keep the best (default: 1)', integer(1, 1_000_000))
    .option('--planes <q>', 'binary planes per layer (default: 1)', integer(1, 8))
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
      'defaults of the options below and of --alpha: paper or cosine',
      oneOf(RECIPE_NAMES),
      'cosine',
    )
    .option('--epochs <n>', 'passes over the training images', integer(1))
    .option('--batch <n>', 'images per step', integer(1))
    .option('--optimiser <name>', OPTIMISERS.join(', '), oneOf(OPTIMISERS))
    .option('--momentum <m>', 'of sgd and nesterov', real(0, 1))
    .option('--weight-decay <d>', 'of sgd and nesterov', real(0))
    .option('--lr <rate>', 'highest learning rate', real(1e-12))
    .option('--schedule <name>', SCHEDULES.join(', '), oneOf(SCHEDULES))
    .option('--halve-at <f,..>', 'fractions of the run at which schedule step halves the rate', sequence(real(0, 1)))
    .option('--warmup <steps>', 'steps of linear warm-up', integer(0))
    .option('--gradient <rule>', `through the XOR gates: ${GRADIENT_RULES.join(', ')}`, oneOf(GRADIENT_RULES))
    .option('--stanh <s>', 'S_tanh, the slope of tanh at 0', real(1e-9))
    .option('--stanh-start <s>', 'S_tanh at the start of the warm-up (default: by recipe)', real(1e-9))
    .option('--flip', 'mirror every second training image')
    .option('--shift <pixels>', 'move training images at random by up to so many pixels', integer(0, 14))
    .option('--limit <n>', 'use only the first n images of each split', integer(1));
}

function runOptions(command: Command): void {
  command.option('--seed <n>', 'of every random choice', integer(0, 4294967295), 1);
  engineOptions(command);
  command
    .option('--checkpoint <file>', 'save the state here after each epoch, every few minutes and on Ctrl-C')
    .option('--resume', 'continue from the checkpoint')
    .option('--json', 'print the result as JSON');
}

function parseTaps(text: string): XorChoice {
  const value = wordOr(['random', 'identity'] as const, integer(1))(text);
  return typeof value === 'string' ? { kind: value } : { kind: 'taps', taps: value };
}

/** A data set and the folder that it lies in; null for the built-in digits. */
interface Source {
  readonly name: DatasetName;
  readonly folder: string | null;
}

/** What was asked for, else CIFAR-10 for a residual network, else MNIST where it is found, else the digits. */
function chooseSource(network: NetworkName, { dataset, data }: Options): Source {
  if (dataset === 'digits') {
    refuseFolder(data);
    return { name: 'digits', folder: null };
  }
  if (dataset === 'cifar10' || (dataset === undefined && network !== 'lenet5')) {
    const folder = findCifar10(data);
    if (folder !== null) return { name: 'cifar10', folder };
    throw new FlexorError(
      'data',
      'CIFAR-10 was not found: give the folder of its binary files with --data or FLEXOR_DATA',
    );
  }
  const folder = findMnist(data);
  if (folder === null && dataset === 'mnist') {
    throw new FlexorError(
      'data',
      'MNIST was not found: give its folder with --data or FLEXOR_DATA, or use --dataset digits',
    );
  }
  return { name: folder === null ? 'digits' : 'mnist', folder };
}

/** Drawing digits takes time: no more of them than are used. */
function loadDataset({ name, folder }: Source, limit: number | null): Dataset {
  if (folder === null) return limit === null ? digits() : digits({ train: limit, test: limit });
  return name === 'cifar10' ? loadCifar10(folder) : loadMnist(folder);
}

/** M⊕ from a file, or how to draw it. */
function matrixChoice(options: Options): Pick<TrainConfig, 'nIn' | 'nOut' | 'xor'> {
  if (options.xor === undefined) {
    const [first, ...others] = options.nin;
    return { nIn: others.length === 0 ? first! : options.nin, nOut: options.nout, xor: options.taps };
  }
  const matrix = readMatrixFile(options.xor);
  return { nIn: matrix.nIn, nOut: matrix.nOut, xor: { kind: 'given', rows: matrixRows(matrix) } };
}

/** Options over the recipe's defaults. */
function configuration(network: NetworkName, options: Options, dataset: DatasetName): TrainConfig {
  const base = recipe(network, options.recipe);
  return {
    network,
    dataset,
    weights: options.weights ?? base.weights,
    ...matrixChoice(options),
    xorTries: options.xorTries ?? base.xorTries,
    planes: options.planes ?? base.planes,
    epochs: options.epochs ?? base.epochs,
    batch: options.batch ?? base.batch,
    optimiser: options.optimiser ?? base.optimiser,
    momentum: options.momentum ?? base.momentum,
    weightDecay: options.weightDecay ?? base.weightDecay,
    rate: options.lr ?? base.rate,
    schedule: options.schedule ?? base.schedule,
    halvings: options.halveAt ?? base.halvings,
    warmupSteps: options.warmup ?? base.warmupSteps,
    seed: options.seed,
    gradient: options.gradient ?? base.gradient,
    sTanh: options.stanh ?? base.sTanh,
    sTanhStart: options.stanhStart ?? options.stanh ?? base.sTanhStart,
    alpha: options.alpha === 'fan-in' ? null : (options.alpha ?? base.alpha),
    bias: options.bias ?? base.bias,
    shift: options.shift ?? base.shift,
    flip: options.flip ?? base.flip,
    limit: options.limit ?? base.limit,
  };
}

async function runTrain(network: NetworkName, options: Options): Promise<void> {
  const resume = options.resume === true;
  if (resume && options.checkpoint !== undefined && !exists(options.checkpoint)) {
    throw new FlexorError('usage', `--resume: there is no checkpoint ${options.checkpoint}; start without --resume`);
  }
  for (const path of [options.out, options.checkpoint]) if (path !== undefined) prepareOutput(path);
  const source = chooseSource(network, options);
  const config = configuration(network, options, source.name);
  checkConfig(config);
  const [choice, { train }] = await Promise.all([startEngine(options), import('../train/trainer.js')]);
  const dataset = loadDataset(source, config.limit);
  const hooks = reporter(config, choice, options.json === true);
  const result = await train(choice.engine, config, dataset, { checkpoint: options.checkpoint ?? null, resume }, hooks);
  saveModel(options.out, result.model);
  if (options.json === true) printJson(summary(options, config, choice, result));
  else
    printLine(
      `wrote ${options.out}: ${formatPercent(result.model.provenance.testAccuracy ?? 0)} of the test images right`,
    );
}

/** The engine, a progress bar, a line per epoch, and the clock for checkpoints. */
function reporter(config: TrainConfig, choice: EngineChoice, quiet: boolean): TrainHooks {
  let bar: Progress | null = null;
  const started = Date.now();
  let saved = started;
  return {
    onStart() {
      if (!quiet) printLine(describeEngine(choice));
    },
    onStep(step, steps, epoch, loss) {
      bar ??= startProgress('training', steps);
      bar.update(step, `epoch ${epoch}/${config.epochs} loss ${loss.toFixed(3)}`);
    },
    onEpoch({ epoch, loss, testAccuracy }) {
      const time = clock((Date.now() - started) / 1000);
      const line = `epoch ${epoch}/${config.epochs}  loss ${loss.toFixed(4)}  test accuracy ${formatPercent(testAccuracy)}  ${time}`;
      if (!quiet) printLine(line);
    },
    checkpointDue() {
      if (Date.now() - saved < CHECKPOINT_INTERVAL_MS) return false;
      saved = Date.now();
      return true;
    },
  };
}

function summary(
  options: Options,
  config: TrainConfig,
  { engine, refused }: EngineChoice,
  { model, history }: TrainResult,
): unknown {
  const { recipe, testAccuracy, testImages } = model.provenance;
  return {
    model: options.out,
    bitsPerWeight: (config.planes * groupNIn(config, 0)) / config.nOut,
    recipe,
    engine: engine.name,
    engineIdentity: engine.identity,
    enginesRefused: refused,
    epochs: history,
    testAccuracy,
    testImages,
  };
}
