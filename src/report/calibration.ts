/**
 * Whether the ranges that a model states are those of its activations: per layer the share that its number format cuts off,
 * codes that are never used and bits of headroom, and a line for each range that cannot be right (docs/numbers.md).
 */
import { formatPercent, formatShort } from '../base/format.js';
import { formatRange } from '../fixed/shapes.js';
import type { IntNetwork, IntNode, IntTensor } from '../fixed/types.js';
import { INPUT_NAME } from '../graph/order.js';
import type { ActivationRange, FlexorModel, ModelNode } from '../model/types.js';
import { calibrateImages, isRounded } from '../simulate/calibrate.js';
import type { CalibrateOptions, CalibrationCount, CalibrationRequest } from '../simulate/calibrate.js';

/** How the format of a tensor fits what was in it. */
export interface LayerCalibration {
  /** Name of the model's node, or `input`. */
  readonly layer: string;
  readonly bits: number;
  readonly signed: boolean;
  /** As the model states it. */
  readonly range: ActivationRange;
  /** What occurred before the format cut it off, in real numbers, to the accuracy of a code; null where the model states the steps. */
  readonly seen: ActivationRange | null;
  /** Share of activations that the format cuts off; null where the model states the steps. */
  readonly saturated: number | null;
  /** Share of activations outside the stated range; null where the model states the steps. */
  readonly outside: number | null;
  /** Codes that the format has, and those that never occurred. */
  readonly codes: number;
  readonly unusedCodes: number;
  /** log2 of the format's largest magnitude over that which occurred: below 0 the format is too narrow; null where all is 0 or the model states the steps. */
  readonly headroomBits: number | null;
}

export interface Calibration {
  /** How many of the images were measured. */
  readonly images: number;
  readonly layers: readonly LayerCalibration[];
  readonly warnings: readonly string[];
}

/** A model, its integer network, and the node of this that holds each tensor of the model, where one does. */
interface Lowered {
  readonly model: FlexorModel;
  readonly network: IntNetwork;
  readonly places: ReadonlyMap<string, string>;
}

/** Inputs of the float network, and as integers, one array an image. */
interface Images {
  readonly preprocessed: Float32Array;
  readonly quantised: readonly Int32Array[];
}

/** Images that are measured at most: what a range is off by shows on far fewer. */
const MOST_IMAGES = 1000;
/** Share of activations outside the range above which it is told. */
const MOST_OUTSIDE = 0.01;
/** A range so many times what occurs is told, where there are enough images to know. */
const [LARGEST_RATIO, FEWEST_IMAGES] = [8, 10];

/** Measures the first images of a test set. */
export async function calibrate(lowered: Lowered, images: Images, options: CalibrateOptions): Promise<Calibration> {
  const { model, network } = lowered;
  const rows = measuredNodes(lowered);
  const quantised = images.quantised.slice(0, MOST_IMAGES);
  const requests = rows.map(({ node, last }) => requestOf(model, node, last));
  const counts = await calibrateImages(network, quantised, requests, options);
  const layers = [
    inputCalibration(lowered, images, quantised.length),
    ...rows.map(({ node, last }, i) =>
      calibrationOf(last.name, node.outputTensor, last.range, counts[i]!, isRounded(node)),
    ),
  ];
  return { images: quantised.length, layers, warnings: layers.flatMap((layer) => warningOf(layer, quantised.length)) };
}

type RangedNode = Extract<ModelNode, { readonly range: ActivationRange }>;

/** Nodes of the integer network whose output has the format of a range or quantiser, with the model's node that states it. */
function measuredNodes({ model, network, places }: Lowered): { node: IntNode; last: RangedNode }[] {
  return network.nodes.slice(0, -1).flatMap((node) => {
    const held = model.nodes.filter(({ name }) => places.get(name) === node.name);
    const last = held.filter((each): each is RangedNode => 'range' in each).at(-1);
    return last === undefined ? [] : [{ node, last }];
  });
}

function requestOf(model: FlexorModel, node: IntNode, last: RangedNode): CalibrationRequest {
  const { scale } = node.outputTensor;
  const { low, high } = limitsOf(model, last);
  return {
    name: node.name,
    low: low === null ? -Infinity : Math.round(low / scale),
    high: high === null ? Infinity : Math.round(high / scale),
    rangeLow: last.range.min / scale - 0.5,
    rangeHigh: last.range.max / scale + 0.5,
  };
}

/** What the model itself clamps the output of a node to. */
function limitsOf(model: FlexorModel, node: ModelNode): { low: number | null; high: number | null } {
  if (node.kind === 'activation') {
    const [low, high] = node.clamp;
    if (node.batchNorm !== null) return { low, high };
    const before = model.nodes.find(({ name }) => name === node.input);
    const earlier = before === undefined ? { low: null, high: null } : limitsOf(model, before);
    return { low: larger(earlier.low, low), high: smaller(earlier.high, high) };
  }
  return { low: 'relu' in node && node.relu ? 0 : null, high: null };
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

function smaller(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}

/** The input is measured before it becomes integers. */
function inputCalibration(
  { model, network: { input, inputQuantiser } }: Lowered,
  { preprocessed, quantised }: Images,
  count: number,
): LayerCalibration {
  const { range } = model.input;
  const { low, high } = formatRange(input.format);
  const values = preprocessed.subarray(0, count === 0 ? 0 : (preprocessed.length / quantised.length) * count);
  let [lowest, highest, saturated, outside] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    const integer = Math.floor(value / input.scale + 0.5);
    if (integer < lowest) lowest = integer;
    if (integer > highest) highest = integer;
    if (integer < low || integer > high) saturated++;
    if (value < range.min - input.scale / 2 || value > range.max + input.scale / 2) outside++;
  }
  const codes = new Set(quantised.slice(0, count).flatMap((image) => Array.from(new Set(image))));
  const seen = { activations: values.length, lowest, highest, saturated, outside, usedCodes: codes.size };
  return calibrationOf(INPUT_NAME, input, range, seen, inputQuantiser === undefined);
}

/** `rounded`: the format comes from the range. */
function calibrationOf(
  layer: string,
  { format, scale }: IntTensor,
  range: ActivationRange,
  { activations, lowest, highest, saturated, outside, usedCodes }: CalibrationCount,
  rounded: boolean,
): LayerCalibration {
  const codes = 2 ** format.bits;
  const magnitude = Math.max(-lowest, highest, 0);
  const largest = formatRange(format).high;
  const measured = rounded && activations > 0;
  return {
    ...{ layer, bits: format.bits, signed: format.signed, range },
    seen: measured ? { min: lowest * scale, max: highest * scale } : null,
    saturated: measured ? saturated / activations : null,
    outside: measured ? outside / activations : null,
    ...{ codes, unusedCodes: codes - usedCodes },
    headroomBits: measured && magnitude > 0 ? Math.log2(largest / magnitude) : null,
  };
}

function warningOf({ layer, codes, signed, range, seen, outside }: LayerCalibration, images: number): string[] {
  if (seen === null || outside === null) return [];
  const where = layer === INPUT_NAME ? 'the input' : `layer ${layer}`;
  const text = `${where}: the stated range is ${formatShort(range.min)} to ${formatShort(range.max)}, but`;
  const reached = `${formatShort(seen.min)} to ${formatShort(seen.max)}`;
  if (outside > MOST_OUTSIDE) {
    return [
      `${text} ${formatPercent(outside)} of its values lie outside (${reached}); calibrate the model on such data`,
    ];
  }
  const stated = Math.max(-range.min, range.max);
  // What rounds to a code may lie half a code above it.
  const unit = stated / (codes / (signed ? 2 : 1) - 1);
  const magnitude = Math.max(-seen.min, seen.max) + unit / 2;
  if (images >= FEWEST_IMAGES && stated > LARGEST_RATIO * magnitude) {
    return [`${text} its values reach only ${reached}; calibrate the model on such data`];
  }
  return [];
}
