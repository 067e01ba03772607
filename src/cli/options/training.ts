/** The options that say what a training run is, for `flexor train` and for the runs of a sweep. */
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  GRADIENT_RULES,
  isNetworkFile,
  MAX_LEARNED_BITS,
  NETWORKS,
  OPTIMISERS,
  RECIPE_NAMES,
  ROLES,
  SCHEDULES,
  WEIGHT_KINDS,
  type Warmup,
  type XorChoice,
} from '../../app/choices.js';
import { DEFAULT_RATE, PRESET_NAMES, PRESET_NOUT, type ConfigFlags } from '../../app/training/configuration.js';
import { DATASETS } from '../../app/training/data.js';
import { FlexorError, oneLine } from '../../base/errors.js';
import { GROUPS } from './help.js';
import { addOwnOptions } from './images.js';
import { integer, listOf, oneOf, real, sequence, withWords, wordOr } from './values.js';

/** Adds the network as an argument and every option of a run's configuration. */
export function configOptions(command: Command): void {
  command.argument(
    '<network>',
    `${NETWORKS.join(', ')}, or a file: a network (.json, .yaml) or a model whose network it is (.flexor)`,
    networkArgument,
  );
  dataOption(command, 'imagenet for resnet18, cifar10 for other residual networks, else mnist where it is found');
  weightOptions(command);
  matrixOptions(command);
  startOptions(command);
  recipeOption(command);
  scheduleOptions(command);
  gradientOptions(command);
  targetOptions(command);
  command.optionsGroup(GROUPS.schedule).option('--seed <n>', 'of every random choice', integer(0, 4294967295), 1);
}

/** Adds the options that an encoding of a model has in common with other runs; what they leave out, the recipe says. */
export function encodeOptions(command: Command): void {
  dataOption(command, 'what the model states');
  matrixOptions(command);
  scheduleOptions(command);
  targetOptions(command);
  command.optionsGroup(GROUPS.schedule).option('--seed <n>', 'of every random choice', integer(0, 4294967295), 1);
}

function dataOption(command: Command, unsaid: string): void {
  addOwnOptions(command, GROUPS.data).option(
    '--dataset <name>',
    `${DATASETS.join(', ')} (default: ${unsaid})`,
    oneOf(DATASETS),
  );
}

/** A name, or a file that is read when the command runs. */
const networkArgument = withWords(NETWORKS, (value) =>
  isNetworkFile(value) || /\.flexor$/i.test(value) ? value : oneOf(NETWORKS)(value),
);

/** A file of M⊕, and a preset, say all that these options would. */
export function refuseBoth(command: Command, { xor, preset }: Pick<ConfigFlags, 'xor' | 'preset'>): void {
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

function weightOptions(command: Command): void {
  command
    .optionsGroup(GROUPS.network)
    .option(
      '--weights <kind>',
      `${WEIGHT_KINDS.join(', ')}: FleXOR, FleXOR by the nearest codes, full precision or a baseline (default: flexor)`,
      oneOf(WEIGHT_KINDS),
    );
}

function matrixOptions(command: Command): void {
  command
    .optionsGroup(GROUPS.network)
    .addOption(
      new Option(
        '--nin <n>',
        `N_in: encrypted bits of a slice; one for all or n,n,.. by layer group (default: as the network file says, else ${DEFAULT_RATE.nIn})`,
      ).argParser(sequence(integer(1, 512))),
    )
    .addOption(
      new Option(
        '--nout <n>',
        `N_out: weight bits of a slice; one or by layer group (default: as the network file says, else ${DEFAULT_RATE.nOut})`,
      ).argParser(sequence(integer(1, 512))),
    )
    .addOption(
      new Option(
        '--taps <n>',
        "ones in every row of M⊕ (the paper: 2), 'random', 'identity' or 'systematic'; one or by layer group (default: as the file says, else systematic: full rank)",
      ).argParser(sequence(parseTaps)),
    )
    .option(
      '--preset <name>',
      `rates that suit the hardware: ${PRESET_NAMES.join(', ')} (N_out ${PRESET_NOUT}; sets --nin and --nout)`,
      oneOf(PRESET_NAMES),
    )
    .option('--xor <file>', 'take M⊕ from a file of flexor design-xor; it sets N_in and N_out')
    .option('--xor-tries <n>', 'draw M⊕ so many times and keep the best (default: 1)', integer(1, 1_000_000))
    .option('--planes <q>', 'binary planes per layer, bits of dsq and qil (default: 1)', integer(1, 8));
}

function startOptions(command: Command): void {
  command
    .optionsGroup(GROUPS.start)
    .option('--x-std <s>', 'standard deviation of encrypted weights at the start (default: by recipe)', real(1e-9))
    .addOption(
      new Option('--alpha <value>', "α at the start, or 'fan-in' for 1/sqrt(window) (default: by recipe)").argParser(
        // A word, not null: commander turns null into an empty string.
        wordOr(['fan-in'] as const, real(1e-9)),
      ),
    )
    .optionsGroup(GROUPS.network)
    .option('--bias', 'learn a bias per output channel')
    .option(
      '--activation-bits <n>',
      'bits to which activations behind ReLUs are rounded in training, by steps that are learnt',
      integer(1, MAX_LEARNED_BITS),
    );
}

function recipeOption(command: Command): void {
  command
    .optionsGroup(GROUPS.schedule)
    .option(
      '--recipe <name>',
      'defaults of the options below, --x-std and --alpha: paper or cosine',
      oneOf(RECIPE_NAMES),
      'cosine',
    );
}

function scheduleOptions(command: Command): void {
  command
    .optionsGroup(GROUPS.schedule)
    .option('--epochs <n>', 'passes over the training images', integer(1))
    .option('--batch <n>', 'images per step', integer(1))
    .option('--optimiser <name>', OPTIMISERS.join(', '), oneOf(OPTIMISERS))
    .option('--momentum <m>', 'of sgd and nesterov', real(0, 1))
    .option('--weight-decay <d>', 'of sgd and nesterov', real(0))
    .option(
      '--decay-on <list>',
      `what it acts on: ${ROLES.join(',')} (default: weights,encrypted)`,
      listOf(oneOf(ROLES)),
    )
    .option(
      '--lr <rate>',
      'highest learning rate (default: by recipe; needed for adam in place of sgd and the reverse)',
      real(1e-12),
    )
    .option('--schedule <name>', SCHEDULES.join(', '), oneOf(SCHEDULES))
    .option('--halve-at <f,..>', 'fractions of the run at which schedule step halves the rate', sequence(real(0, 1)))
    .option('--warmup <length>', 'linear warm-up: steps, epochs as 1ep, or a part of the run as 20%', parseWarmup);
}

function gradientOptions(command: Command): void {
  command
    .optionsGroup(GROUPS.start)
    .option('--gradient <rule>', `through the XOR gates: ${GRADIENT_RULES.join(', ')}`, oneOf(GRADIENT_RULES))
    .option('--stanh <s>', 'S_tanh, the slope of tanh at 0', real(1e-9))
    .option('--stanh-start <s>', 'S_tanh at the start of the warm-up (default: by recipe)', real(1e-9))
    .addOption(
      new Option('--clip <c>', "hold encrypted weights within ±c/S_tanh, or 'none' (default: by recipe)").argParser(
        wordOr(['none'] as const, real(1e-9)),
      ),
    );
}

/** What the images and their targets are changed to, and how many are used. */
function targetOptions(command: Command): void {
  command
    .optionsGroup(GROUPS.data)
    .option('--flip', 'mirror every second training image')
    .option('--shift <pixels>', 'move training images at random by up to so many pixels', integer(0, 14))
    .optionsGroup(GROUPS.schedule)
    .option('--label-smoothing <e>', 'share of the target that all classes have alike (default: 0)', real(0, 1))
    .option('--distil-share <s>', 'share of the model of --distil in the target (default: 0.5)', real(0, 1))
    .option('--bn-reestimate <n>', 'batch norms take their statistics anew over n images after each epoch', integer(1))
    .optionsGroup(GROUPS.data)
    .option('--limit <n>', 'use only the first n images of each split', integer(1));
}

const TAPS = wordOr(['random', 'identity', 'systematic'] as const, integer(1));
const parseTaps = withWords(TAPS.words, (text): XorChoice => {
  const value = TAPS(text);
  return typeof value === 'string' ? { kind: value } : { kind: 'taps', taps: value };
});

function parseWarmup(text: string): Warmup {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ep|%)?$/.exec(text) ?? [];
  const value = Number(number);
  const isLength = unit === '%' ? value <= 100 : unit === 'ep' ? value < Infinity : Number.isSafeInteger(value);
  if (!isLength) throw new InvalidArgumentError('Must be steps (390), epochs (1ep) or a part of the run (20%).');
  if (unit === undefined || value === 0) return { steps: value };
  return unit === '%' ? { percent: value } : { epochs: value };
}

/** The words of a run in a recipe, read as those of `flexor train`. */
export function parseRun(where: string, words: readonly string[]): { network: string; flags: ConfigFlags } {
  const command = new Command('train').exitOverride().configureOutput({ outputError: () => undefined });
  configOptions(command);
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    throw new FlexorError('usage', `${where}: ${oneLine(error).replace(/^error: /, '')}`);
  }
  return { network: command.processedArgs[0] as string, flags: command.opts<ConfigFlags>() };
}
