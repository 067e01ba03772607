/** A run as the command that repeats it; model files state it. */
import type { TrainConfig, XorChoice } from './config.js';
import { KINDS_WITH_XOR } from '../weights/quantisers.js';
import { recipe } from './recipes.js';
import { formatWarmup } from './schedule.js';

/** The command line that repeats the run, free of paths: what recipe `cosine` of the network has is what it may leave out. */
export function commandLine(config: TrainConfig): string {
  const base = recipe(config.network, 'cosine');
  // A file's folder is nobody else's business.
  const network = config.described === undefined ? config.network : (config.file ?? `${config.described.name}.json`);
  const command = config.encode === undefined ? 'flexor train' : 'flexor encode';
  const parts: (string | number)[] = [command, network, ...dataOptions(config)];
  if (config.weights !== 'flexor' && config.encode === undefined) parts.push('--weights', config.weights);
  if (KINDS_WITH_XOR.includes(config.weights)) parts.push(...xorOptions(config));
  // The file's path is nobody else's business.
  if (config.init !== null && config.encode === undefined) parts.push('--init', 'model.flexor');
  if (config.encode !== undefined && config.encode.keep.length > 0) parts.push('--keep', config.encode.keep.join());
  if (config.planes > 1) parts.push('--planes', config.planes);
  parts.push('--epochs', config.epochs, '--batch', config.batch, ...optimiserOptions(config, base));
  parts.push('--lr', config.rate, '--schedule', config.schedule);
  if (config.schedule === 'step') parts.push('--halve-at', config.halvings.join());
  const warmup = formatWarmup(config.warmup);
  if (warmup !== '0' || warmup !== formatWarmup(base.warmup)) parts.push('--warmup', warmup);
  if (config.weights === 'flexor') parts.push(...gradientOptions(config));
  if (config.bias) parts.push('--bias');
  if (config.activationBits !== undefined) parts.push('--activation-bits', config.activationBits);
  if (config.shift > 0 || (base.shift > 0 && config.dataset !== 'imagenet' && config.own === undefined))
    parts.push('--shift', config.shift);
  if (config.flip) parts.push('--flip');
  if (config.labelSmoothing > 0) parts.push('--label-smoothing', config.labelSmoothing);
  // As with --init, no path.
  if (config.distil !== null) parts.push('--distil', 'teacher.flexor', '--distil-share', config.distilShare);
  if (config.reestimate > 0) parts.push('--bn-reestimate', config.reestimate);
  if (config.imageSize !== undefined) parts.push('--image-size', config.imageSize);
  if (config.limit !== null) parts.push('--limit', config.limit);
  parts.push('--seed', config.seed);
  return parts.join(' ');
}

/** A built-in set by its name, data of one's own by the name of their file or folder. */
function dataOptions({ dataset, own }: TrainConfig): string[] {
  if (own === undefined) return ['--dataset', dataset];
  const { data, label, imageSize } = own;
  return [
    ...['--data', quoted(data)],
    ...(label === undefined ? [] : ['--label', quoted(label)]),
    ...(imageSize === undefined ? [] : ['--image-size', imageSize.join('x')]),
  ];
}

/** A word of a shell's command line. */
function quoted(word: string): string {
  return /^[\w./:,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function xorOptions({ xor, nIn, nOut, xorTries }: TrainConfig): (string | number)[] {
  const parts: (string | number)[] = [];
  const choices: readonly XorChoice[] = [xor].flat();
  // The file's path is nobody else's business; the model file holds the matrix itself.
  if (choices[0]!.kind === 'given') return ['--xor', 'matrix.json'];
  const taps = choices.map((choice) => (choice.kind === 'taps' ? choice.taps : choice.kind));
  parts.push('--nin', [nIn].join(), '--nout', [nOut].join(), '--taps', taps.join());
  if (xorTries > 1) parts.push('--xor-tries', xorTries);
  return parts;
}

/** None where it is Adam, as in the recipe. */
function optimiserOptions(config: TrainConfig, base: TrainConfig): (string | number)[] {
  const { optimiser, momentum, weightDecay, decayOn } = config;
  if (optimiser === 'adam') return base.optimiser === 'adam' ? [] : ['--optimiser', 'adam'];
  const decayed = decayOn.join() === base.decayOn.join() ? [] : ['--decay-on', decayOn.join()];
  return ['--optimiser', optimiser, '--momentum', momentum, '--weight-decay', weightDecay, ...decayed];
}

function gradientOptions(config: TrainConfig): (string | number)[] {
  const { gradient, sTanh, sTanhStart, clip, xStd, alpha } = config;
  const start = sTanhStart === sTanh ? [] : ['--stanh-start', sTanhStart];
  const initial = ['--x-std', xStd, '--alpha', alpha ?? 'fan-in'];
  return ['--gradient', gradient, '--stanh', sTanh, ...start, '--clip', clip ?? 'none', ...initial];
}
