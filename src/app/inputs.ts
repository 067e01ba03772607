/**
 * What simulate, compare and cosim share: a model, its integer network, and test images of its data set, preprocessed for
 * float evaluation and quantised for everything else.
 */
import { FlexorError } from '../base/errors.js';
import { shippedFile } from '../base/places.js';
import { lowerWithPlaces, type LowerOptions } from '../fixed/lower.js';
import { checkSameHardware, shiftsOf } from '../fixed/same-hardware.js';
import { quantiseInput } from '../fixed/scales.js';
import type { IntNetwork } from '../fixed/types.js';
import { preprocess } from '../model/evaluate.js';
import { rangeWarnings } from '../model/reach.js';
import { loadModel } from '../model/read.js';
import { elementCount } from '../graph/shapes.js';
import type { FlexorModel } from '../model/types.js';
import type { WeightMode } from '../rtl/weight-sources.js';
import { dataWarnings, loadTestData } from './test-sets.js';
import type { TestData, TestDataOptions } from './test-sets.js';
import { isLoaded } from '../rtl/weight-memory.js';

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

/** Which test images, and how many (all where none are named). */
export interface ImageOptions extends TestDataOptions {
  readonly images?: number;
  /** Where `images` is not given: so many, or all where there are fewer. */
  readonly atMost?: number;
}

/** A model file with its integer network. */
export interface LoweredModel {
  readonly model: FlexorModel;
  readonly digest: string;
  readonly network: IntNetwork;
  /** The node of the integer network that holds each tensor of the model, where one does. */
  readonly places: ReadonlyMap<string, string>;
}

function lowerOptions({ weights, ...bits }: LoweringOptions): LowerOptions {
  return { ...bits, loadable: isLoaded(weights?.source ?? 'rom') };
}

/** Reads and lowers a model. */
export function loadLowered(path: string, options: LoweringOptions): LoweredModel {
  const { model, digest } = loadModel(shippedFile(path));
  return { model, digest, ...lowerWithPlaces(model, digest, lowerOptions(options)) };
}

/** Reads a model and lowers it for the hardware of another one, whose weights are loadable. */
export function loadLoweredFor(network: IntNetwork, path: string, options: LoweringOptions): LoweredModel {
  const { model, digest } = loadModel(shippedFile(path));
  const lowered = lowerWithPlaces(model, digest, { ...lowerOptions(options), shifts: shiftsOf(network) });
  checkSameHardware(network, lowered.network);
  return { model, digest, ...lowered };
}

/** Test images of a model's data set. */
export interface TestImages {
  /** `mnist`, `digits`, `cifar10`, or what the user's data are called. */
  readonly dataset: string;
  /** SHA-256 of all its test images. */
  readonly dataDigest: string;
  /** Lines about ranges that cannot be right, and about data that are not what the model's accuracy was measured on. */
  readonly warnings: readonly string[];
  readonly count: number;
  /** Null where the data have none, which only their accuracy needs. */
  readonly labels: Uint8Array | Int32Array | null;
  /** What each is called, where numbers from 0 do not. */
  readonly names?: readonly string[];
  /** count × elements, 0 to 255, NHWC, to show them: numbers that are no pixels are scaled. */
  readonly pixels: Uint8Array;
  /** count × elements, for float evaluation. */
  readonly preprocessed: Float32Array;
  /** One array an image, for the integer network. */
  readonly quantised: readonly Int32Array[];
}

/** Loads the first test images of the data that the user names, or of the data set that the model states. */
export async function loadTestImages({ model, network }: LoweredModel, options: ImageOptions): Promise<TestImages> {
  const test = await loadTestData(model, options);
  checkShape(test, model);
  if (options.images !== undefined && options.images > test.count) {
    throw new FlexorError('usage', `--images must be at most ${test.count} for ${test.name}, got ${options.images}`);
  }
  const size = elementCount(model.input.shape);
  const count = options.images ?? Math.min(options.atMost ?? Infinity, test.count);
  const labels = test.labels?.subarray(0, count) ?? null;
  if (labels !== null) checkLabels(labels, model, test.name);
  const values = test.images.subarray(0, count * size);
  const preprocessed = preprocess(model, values);
  const integers = quantiseInput(network, preprocessed);
  const quantised = Array.from({ length: count }, (_, i) => integers.subarray(i * size, (i + 1) * size));
  return {
    ...{
      dataset: test.name,
      dataDigest: test.digest,
      warnings: [...rangeWarnings(model), ...dataWarnings(model, test)],
      count,
      labels,
    },
    ...(test.names === undefined ? {} : { names: test.names.slice(0, count) }),
    pixels: values instanceof Uint8Array ? values : shades(preprocessed, model),
    ...{ preprocessed, quantised },
  };
}

/** Test images with their labels. */
export interface LabelledImages extends TestImages {
  readonly labels: Uint8Array | Int32Array;
}

/** Test images whose classes are known. */
export async function loadLabelledImages(lowered: LoweredModel, options: ImageOptions): Promise<LabelledImages> {
  const images = await loadTestImages(lowered, options);
  const { labels } = images;
  if (labels !== null) return { ...images, labels };
  throw new FlexorError(
    'data',
    `${images.dataset} has no labels, which the accuracies of a report are measured with; put them beside the images ` +
      '(docs/data.md), or use flexor compare',
  );
}

function checkShape({ name, shape }: TestData, model: FlexorModel): void {
  const { height, width, channels } = model.input.shape;
  if (shape.height === height && shape.width === width && shape.channels === channels) return;
  const images = `${shape.height}×${shape.width}×${shape.channels}`;
  const resize =
    shape.channels === channels ? `, or resize images of folders with --image-size ${height}x${width}` : '';
  throw new FlexorError(
    'data',
    `model ${model.name} takes images of ${height}×${width}×${channels}, ${name} has ${images}; ` +
      `name another with --dataset${resize}`,
  );
}

/** Inputs as shades from 0 to 255 over their range. */
function shades(inputs: Float32Array, { input: { range } }: FlexorModel): Uint8Array {
  const span = Math.max(range.max - range.min, Number.MIN_VALUE);
  return Uint8Array.from(inputs, (x) => Math.round(255 * Math.min(1, Math.max(0, (x - range.min) / span))));
}

/** Images of a class that the model does not know could not be counted. */
function checkLabels(labels: Uint8Array | Int32Array, model: FlexorModel, dataset: string): void {
  const image = labels.findIndex((label: number) => label >= model.classes.length);
  if (image < 0) return;
  throw new FlexorError(
    'data',
    `test image ${image} of ${dataset} has label ${labels[image]}, model ${model.name} has only ` +
      `${model.classes.length} classes; name another data set with --dataset or use fewer --images`,
  );
}
