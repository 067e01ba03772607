/**
 * Lowers what no layer with weights is in front of: a quantiser, activation or batch norm behind a pool or a sum, and sums
 * of two tensors of integers. The input's integers are exact, so thresholds of their sums are, too.
 */
import { FlexorError } from '../base/errors.js';
import { exactOf } from '../base/exact.js';
import type { Exact } from '../base/exact.js';
import { bitsFor } from '../base/bits.js';
import type { ChainStage } from '../model/chain.js';
import type { Quantiser } from '../model/types.js';
import { quantisedFormat, stageThresholds } from './quantise-stage.js';
import type { Encoding } from './quantise-stage.js';
import { formatRange, weightedInterval } from './shapes.js';
import type { IntShape, IntTensor, IntThresholdNode } from './types.js';
import { MAX_ACTIVATION_BITS } from './verify.js';

/** Most bits of a tensor that thresholds make: 2^bits − 1 of them are kept for every channel. */
const MAX_THRESHOLD_BITS = 8;

export interface ElementwiseLayer {
  readonly name: string;
  /** One or two. */
  readonly inputs: readonly { readonly input: string; readonly tensor: IntTensor; readonly encoding: Encoding }[];
  /** Of the model's units of each input, how many the sum counts. */
  readonly ratios: readonly number[];
  /** The model's unit of the sum, one a channel; null: the scale of the only input. */
  readonly units: readonly Exact[] | null;
  readonly stages: readonly ChainStage[];
  readonly quantiser: Quantiser | null;
  readonly oneBit: boolean;
  readonly shape: IntShape;
}

/** The node, and how the integers that it puts out stand for those of the model. */
export function lowerElementwise(layer: ElementwiseLayer): { node: IntThresholdNode; encoding: Encoding } {
  const { name, inputs, ratios, shape, quantiser } = layer;
  const factors = inputs.map(({ encoding }, i) => ratios[i]! * encoding.factor);
  const offset = inputs.reduce((sum, { encoding }, i) => sum + ratios[i]! * encoding.offset, 0);
  const interval = weightedInterval(
    inputs.map(({ tensor }) => formatRange(tensor.format)),
    factors,
  );
  const common = {
    kind: 'thresholds' as const,
    name,
    inputs: inputs.map(({ input }) => input),
    inputTensors: inputs.map(({ tensor }) => tensor),
    factors,
  };
  const [{ tensor, encoding }] = inputs as [ElementwiseLayer['inputs'][number]];
  if (quantiser === null) {
    const format = bitsFor(interval.low, interval.high);
    if (format.bits > MAX_ACTIVATION_BITS) throw tooWide(name, format.bits, MAX_ACTIVATION_BITS);
    const scale = tensor.scale / factors[0]!;
    const zero = offset === 0 ? {} : { zero: -offset };
    return {
      node: { ...common, thresholds: null, outputTensor: { shape, format, scale, ...zero } },
      encoding: { factor: 1, offset },
    };
  }
  const target = quantisedFormat(quantiser, layer.oneBit);
  if (target.format.bits > MAX_THRESHOLD_BITS) throw tooWide(name, target.format.bits, MAX_THRESHOLD_BITS);
  const { low, high } = target;
  const unit = exactOf(tensor.scale / encoding.factor);
  const units = layer.units ?? new Array<Exact>(shape.channels).fill(unit);
  const rows = stageThresholds(quantiser, target, {
    units,
    stages: layer.stages,
    factor: 1,
    base: new Float64Array(shape.channels).fill(offset),
    intervals: new Array(shape.channels).fill(interval) as { low: number; high: number }[],
  });
  const thresholds = {
    values: rows.map(({ thresholds: row }) => Float64Array.from(row)),
    falling: Uint8Array.from(rows, ({ falling }) => (falling ? 1 : 0)),
    low,
    high,
  };
  const { format, scale, zero } = target;
  const outputTensor = { shape, format, scale, ...(zero === undefined ? {} : { zero }) };
  return { node: { ...common, thresholds, outputTensor }, encoding: target.encoding };
}

function tooWide(name: string, bits: number, most: number): FlexorError {
  return new FlexorError('width', `layer ${name}: its output needs ${bits} bits, the most are ${most}; use fewer bits`);
}
