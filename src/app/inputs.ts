/**
 * What simulate, compare and cosim share: a model, its integer network, and test images of its data set, preprocessed for
 * float evaluation and quantised for everything else.
 */
import { FlexorError } from '../base/errors.js';
import { shippedFile } from '../base/places.js';
import { lower, type LowerOptions } from '../fixed/lower.js';
import { checkSameHardware, shiftsOf } from '../fixed/same-hardware.js';
import { quantiseInput } from '../fixed/scales.js';
import type { IntNetwork } from '../fixed/types.js';
import { preprocess } from '../model/evaluate.js';
import { loadModel } from '../model/read.js';
import { elements } from '../graph/shapes.js';
import type { FlexorModel } from '../model/types.js';
import type { WeightMode } from '../rtl/weight-sources.js';
import { loadTestSet, TEST_SET_NAMES } from './test-sets.js';
import type { TestSetName } from './test-sets.js';

/** How a model becomes an integer network; docs/numbers.md says what the bits are bits of. */
export interface LoweringOptions {
  readonly activationBits: number;
  readonly multiplierBits: number;
  readonly inputBits: number;
  readonly floatBits: number;
  readonly layerBits?: Readonly<Record<string, number>>;
  /** Where hardware has its weights from; what can be loaded needs widths for any weights. */
  readonly weights?: WeightMode;
}

/** Which test images: of which data set, in which folder, how many (all where none are named). */
export interface ImageOptions {
  readonly data?: string;
  readonly dataset?: TestSetName;
  readonly images?: number;
}

/** A model file with its integer network. */
export interface LoweredModel {
  readonly model: FlexorModel;
  readonly digest: string;
  readonly network: IntNetwork;
}

function lowerOptions({ weights, ...bits }: LoweringOptions): LowerOptions {
  return { ...bits, loadable: weights?.source === 'ram' };
}

/** Reads and lowers a model. */
export function loadLowered(path: string, options: LoweringOptions): LoweredModel {
  const { model, digest } = loadModel(shippedFile(path));
  return { model, digest, network: lower(model, digest, lowerOptions(options)) };
}

/** Reads a model and lowers it for the hardware of another one, whose weights are loadable. */
export function loadLoweredFor(network: IntNetwork, path: string, options: LoweringOptions): LoweredModel {
  const { model, digest } = loadModel(shippedFile(path));
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
