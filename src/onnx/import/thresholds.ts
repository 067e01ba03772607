/**
 * Step functions that are not written as Quant nodes: MultiThreshold, whose steps must lie as those of a quantiser do, and
 * Trunc, which drops low bits. Both become a batch norm and a quantiser; every number in them is exact, or they are refused.
 */
import { own } from '../../base/dictionary.js';
import { MAX_QUANTISER_BITS } from '../../model/quantiser.js';
import type { BatchNorm, Quantiser, Rounding } from '../../model/types.js';
import type { OnnxNode } from '../types.js';
import { constantNumber, ROUNDINGS, take } from './activations.js';
import { Refusal } from './builder.js';
import type { Builder } from './builder.js';
import { channelValues } from './constants.js';
import { takeBatchNorm, takeQuantiser } from './draft.js';
import { attributesOf, constantInput } from './products.js';

/** What is done to a tensor: a batch norm whose parts are numbers a channel, then a quantiser. */
interface Steps {
  readonly norm: Pick<BatchNorm, 'mean' | 'gamma' | 'beta'> & { readonly divisor: number };
  readonly quantiser: Quantiser;
}

function takeSteps(builder: Builder, node: OnnxNode, { norm, quantiser }: Steps): void {
  const { mean, gamma, beta, divisor } = norm;
  // √(0 + d²) is d exactly, since the square of a float32 is a double.
  const batchNorm = { mean, gamma, beta, variance: new Float32Array(mean.length), epsilon: divisor * divisor };
  take(
    builder,
    node,
    builder.source(node, 0),
    (draft) => takeBatchNorm(draft, batchNorm) && takeQuantiser(draft, quantiser),
  );
}

const UNEVEN = 'export Quant nodes: thresholds of a streamlined graph cannot be told from any others';

/** out_scale·#{k : x ≥ T_{c,k}} + out_bias where T_{c,k} = T_{c,0} + k·d. */
export function importMultiThreshold(builder: Builder, node: OnnxNode): void {
  const source = builder.source(node, 0);
  const { dims, values } = builder.graph.constants.get(constantInput(builder, node, 1, 'thresholds'))!;
  const [rows = 0, steps = 0] = dims;
  const attributes = attributesOf(builder, node);
  const [scale, bias] = [attributes.float('out_scale', 1), attributes.float('out_bias', 0)];
  if (steps < 1 || !(scale > 0)) throw new Refusal('has no thresholds, or a scale that is not positive', UNEVEN);
  const distance = steps === 1 ? 1 : values[1]! - values[0]!;
  for (let row = 0; row < rows; row++) {
    for (let k = 1; k < steps; k++) {
      const even = values[row * steps + k] === values[row * steps]! + k * distance;
      if (even && distance > 0) continue;
      throw new Refusal('its thresholds are not equally far apart, in all channels alike', UNEVEN);
    }
  }
  const last =
    attributes.text('data_layout', 'NCHW') === 'NHWC' || (source.dims.length !== 4 && source.dims.length !== 2);
  const axis = last ? source.dims.length - 1 : 1;
  const perChannel = source.dims.map((_, d) => (d === axis ? rows : 1));
  const firsts = Float64Array.from({ length: rows }, (_, row) => values[row * steps]!);
  const first = channelValues(perChannel, firsts, source, 'its first threshold');
  takeSteps(builder, node, evenSteps(first, distance, steps, scale, bias));
}

/** The steps as those of a quantiser. */
function evenSteps(first: Float32Array, distance: number, steps: number, scale: number, bias: number): Steps {
  const fill = (value: number): Float32Array => new Float32Array(first.length).fill(value);
  if (steps === 1 && bias === -scale / 2) {
    const quantiser: Quantiser = { kind: 'bipolar', scale: scale / 2 };
    return { norm: { mean: first, gamma: fill(1), beta: fill(0), divisor: 1 }, quantiser };
  }
  const low = Math.round(bias / scale);
  const bits = Math.max(low < 0 ? 2 : 1, Math.ceil(Math.log2(steps + 1)));
  const full = 2 ** bits - 1;
  const signed = low < 0;
  const narrow = steps === full - 1;
  const lowest = signed ? -(2 ** (bits - 1)) + (narrow ? 1 : 0) : 0;
  const offset = scale * (low + 1);
  if (low * scale !== bias || low !== lowest || steps < full - 1 || bits > MAX_QUANTISER_BITS) {
    throw new Refusal(`${steps} thresholds with out_bias ${bias} are no format of integers`, UNEVEN);
  }
  if (Math.fround(offset) !== offset || Math.fround(distance) !== distance) {
    throw new Refusal('its thresholds are no numbers of single precision', UNEVEN);
  }
  // Step k, at T_0 + k·d, comes to scale·(low + 1 + k), where a quantiser that rounds down has it.
  return {
    norm: { mean: first, gamma: fill(scale), beta: fill(offset), divisor: distance },
    quantiser: { kind: 'uniform', bits, signed, narrow, scale, rounding: 'floor' },
  };
}

/** Half a step that a number which lies on an integer is moved by, so that no rounding takes it to the wrong side. */
const NUDGES: Readonly<Partial<Record<Rounding, number>>> = { floor: 0.5, ceil: -0.5 };

/** Trunc with five inputs, which keeps the scale, or with seven, which states that of its output. */
export function importTrunc(builder: Builder, node: OnnxNode): void {
  const source = builder.source(node, 0);
  const attributes = attributesOf(builder, node);
  const number = (index: number, what: string): number => constantNumber(builder, node, index, what);
  const scale = number(1, 'scale');
  if (number(2, 'zero point') !== 0) throw new Refusal('its zero point is not 0', 'export with symmetric quantisers');
  const newer = node.inputs.length > 5;
  const outBits = number(newer ? 6 : 4, 'bit width of the output');
  const outScale = newer ? number(4, 'scale of the output') : scale;
  const dropped = newer ? Math.round(Math.log2(outScale / scale)) : number(3, 'bit width') - outBits;
  const rounding = own(ROUNDINGS, attributes.text('rounding_mode', 'FLOOR').toUpperCase());
  if (rounding === undefined) throw new Refusal('its rounding_mode is not known', 'use FLOOR or ROUND');
  // The older form does not clamp: one bit more takes numbers of either sign.
  const signed = newer ? attributes.integer('signed', 1) !== 0 : true;
  const bits = newer ? outBits : outBits + 1;
  if (bits > MAX_QUANTISER_BITS || bits < 2 || dropped < 0 || dropped > 15) {
    throw new Refusal(`drops ${dropped} bits and leaves ${outBits}`, 'leave 2 to 15 bits');
  }
  const narrow = newer && attributes.integer('narrow', 0) !== 0;
  const fill = (value: number): Float32Array => new Float32Array(source.shape.channels).fill(value);
  takeSteps(builder, node, {
    norm: {
      mean: fill(-(NUDGES[rounding] ?? 0) * scale),
      gamma: fill(1),
      beta: fill(0),
      divisor: newer ? 1 : 2 ** dropped,
    },
    quantiser: { kind: 'uniform', bits, signed, narrow, scale: outScale, rounding },
  });
}
