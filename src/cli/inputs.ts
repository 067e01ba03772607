/**
 * What simulate, compare and cosim share: a model, its integer network, and test images of its data set, preprocessed for
 * float evaluation and quantised for everything else.
 */
import { InvalidArgumentError, type Command } from 'commander';
import { FlexorError } from '../base/errors.js';
import { DEFAULT_BITS, lower, type LowerOptions } from '../fixed/lower.js';
import { checkSameHardware, shiftsOf } from '../fixed/same-hardware.js';
import { quantiseInput } from '../fixed/scales.js';
import type { IntNetwork, WeightSource } from '../fixed/types.js';
import { preprocess } from '../model/evaluate.js';
import { loadModel } from '../model/read.js';
import { elements } from '../model/shapes.js';
import type { FlexorModel } from '../model/types.js';
import { assignments, integer, oneOf } from './options.js';
import { loadTestSet, TEST_SET_NAMES } from './test-sets.js';
import type { TestSetName } from './test-sets.js';

/** --weights: where hardware has its weights from, and with 'stream' for which layers, if not for all. */
export interface WeightMode {
  readonly source: WeightSource;
  readonly layers?: readonly string[];
}

function weightMode(text: string): WeightMode {
  const [word, list, ...more] = text.split(':');
  const source = (['rom', 'ram', 'stream'] as const).find((each) => each === word);
  const layers = list?.split(',').map((name) => name.trim());
  if (source === undefined || more.length > 0 || (layers !== undefined && source !== 'stream')) {
    throw new InvalidArgumentError('Must be rom, ram, stream or stream:LAYER,....');
  }
  return layers === undefined ? { source } : { source, layers };
}

export interface LoweringOptions {
  readonly activationBits: number;
  readonly multiplierBits: number;
  readonly inputBits: number;
  readonly floatBits: number;
  readonly layerBits?: Readonly<Record<string, number>>;
  readonly weights?: WeightMode;
}

export interface ImageOptions {
  readonly data?: string;
  readonly dataset?: TestSetName;
  readonly images?: number;
}

/** Adds --activation-bits, --layer-bits, --multiplier-bits, --input-bits, --float-bits and --weights. */
export function addLoweringOptions(command: Command): Command {
  const { activationBits, multiplierBits, inputBits, floatBits } = DEFAULT_BITS;
  return command
    .option('--activation-bits <n>', 'bits of hidden activations', integer(1, 16), activationBits)
    .option('--layer-bits <layer=n,...>', 'bits of the outputs of these layers instead', assignments(integer(1, 16)))
    .option('--multiplier-bits <n>', 'bits of the multipliers that rescale sums', integer(2, 32), multiplierBits)
    .option('--input-bits <n>', "bits of the network's input", integer(1, 16), inputBits)
    .option('--float-bits <n>', 'binary planes of full-precision layers', integer(1, 8), floatBits)
    .option(
      '--weights <mode>',
      'rom: fixed when hardware is generated; ram: weights, multipliers and betas can be loaded at run time; stream: ' +
        'encrypted weights come in from outside, one pass a pixel (stream:LAYER,... for these layers alone) (default: rom)',
      weightMode,
    );
}

/** Adds --data, --dataset and --images. `images` is the default count; none means all. */
export function addImageOptions(command: Command, images?: number): Command {
  const all = images === undefined ? ' (default: all)' : '';
  return command
    .option(
      '--data <dir>',
      'folder of the data set (default: FLEXOR_DATA, else ../shared/data); the digits are built in',
    )
    .option('--dataset <name>', `${TEST_SET_NAMES.join(', ')} (default: what the model states)`, oneOf(TEST_SET_NAMES))
    .option('--images <n>', `use the first n test images${all}`, integer(1), images);
}

/** A model file with its integer network. */
export interface LoweredModel {
  readonly model: FlexorModel;
  readonly digest: string;
  readonly network: IntNetwork;
}

function lowerOptions({ weights, ...bits }: LoweringOptions): LowerOptions {
  return { ...bits, weights: weights?.source, streamed: weights?.layers };
}

/** Reads and lowers a model. */
export function loadLowered(path: string, options: LoweringOptions): LoweredModel {
  const { model, digest } = loadModel(path);
  return { model, digest, network: lower(model, digest, lowerOptions(options)) };
}

/** Reads a model and lowers it for the hardware of another one, whose weights are loadable. */
export function loadLoweredFor(network: IntNetwork, path: string, options: LoweringOptions): LoweredModel {
  const { model, digest } = loadModel(path);
  const lowered = lower(model, digest, { ...lowerOptions(options), shifts: shiftsOf(network) });
  checkSameHardware(network, lowered);
  return { model, digest, network: lowered };
}

/** Test images of a model's data set. */
export interface TestImages {
  readonly dataset: TestSetName;
  readonly count: number;
  readonly labels: Uint8Array;
  /** count × elements, 0 to 255, NHWC. */
  readonly pixels: Uint8Array;
  /** count × elements, for float evaluation. */
  readonly preprocessed: Float32Array;
  /** One array an image, for the integer network. */
  readonly quantised: readonly Int32Array[];
}

/** Loads the first test images of the data set that the model states or the user names. */
export function loadTestImages({ model, network }: LoweredModel, options: ImageOptions): TestImages {
  const dataset = options.dataset ?? statedDataset(model);
  const test = loadTestSet(dataset, options.data);
  const { height, width, channels } = model.input.shape;
  const size = elements(model.input.shape);
  if (test.shape.height !== height || test.shape.width !== width || test.shape.channels !== channels) {
    const images = `${test.shape.height}×${test.shape.width}×${test.shape.channels}`;
    throw new FlexorError(
      'data',
      `model ${model.name} takes images of ${height}×${width}×${channels}, ${dataset} has ${images}; name another with --dataset`,
    );
  }
  if (options.images !== undefined && options.images > test.count) {
    throw new FlexorError('usage', `--images must be at most ${test.count} for ${dataset}, got ${options.images}`);
  }
  const count = options.images ?? test.count;
  const labels = test.labels.subarray(0, count);
  checkLabels(labels, model, dataset);
  const pixels = test.images.subarray(0, count * size);
  const preprocessed = preprocess(model, pixels);
  const integers = quantiseInput(network, preprocessed);
  const quantised = Array.from({ length: count }, (_, i) => integers.subarray(i * size, (i + 1) * size));
  return { dataset, count, labels, pixels, preprocessed, quantised };
}

/** Images of a class that the model does not know could not be counted. */
function checkLabels(labels: Uint8Array, model: FlexorModel, dataset: TestSetName): void {
  const image = labels.findIndex((label) => label >= model.classes.length);
  if (image < 0) return;
  throw new FlexorError(
    'data',
    `test image ${image} of ${dataset} has label ${labels[image]}, model ${model.name} has only ` +
      `${model.classes.length} classes; name another data set with --dataset or use fewer --images`,
  );
}

function statedDataset(model: FlexorModel): TestSetName {
  // CIFAR-10 is cifar10 on the command line.
  const stated = model.provenance.dataset.toLowerCase().replaceAll('-', '');
  const name = TEST_SET_NAMES.find((candidate) => candidate === stated);
  if (name !== undefined) return name;
  throw new FlexorError(
    'usage',
    `model ${model.name} states the data set '${model.provenance.dataset}', which is not built in; ` +
      `name one with --dataset (${TEST_SET_NAMES.join(', ')})`,
  );
}
