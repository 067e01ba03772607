/** Operators that work element by element: affine maps, ReLU and clamps, quantisers. They go into the draft in front of them. */
import { own } from '../../base/dictionary.js';
import { INPUT_NAME } from '../../graph/order.js';
import { quantiserLimits } from '../../model/quantiser.js';
import type { Quantiser, Rounding } from '../../model/types.js';
import type { OnnxNode } from '../types.js';
import { Refusal } from './builder.js';
import type { Builder, Source } from './builder.js';
import { channelConstant, channelValues, singleValue } from './constants.js';
import { takeAdd, takeBatchNorm, takeClamp, takeDivide, takeMultiply, takeQuantiser, quantiserField } from './draft.js';
import type { Draft } from './draft.js';
import { importSum } from './layers.js';
import { attributesOf } from './products.js';
import type { ImportInput } from './input.js';

/** Does something to the draft in front of a node, or to a new activation node where that one has no room for it. */
export function take(builder: Builder, node: OnnxNode, source: Source, action: (draft: Draft) => boolean): void {
  if (source.padding !== undefined)
    throw new Refusal('padding in front of it', 'pad directly in front of a convolution');
  const draft = builder.drafts.get(source.node);
  if (draft !== undefined && builder.hasOneReader(node.inputs[0]!) && action(draft)) return builder.pass(node, source);
  const fresh = addActivation(builder, node, source);
  if (!action(fresh)) throw new Refusal('does not fit behind the node in front of it', 'simplify the graph');
}

function addActivation(builder: Builder, node: OnnxNode, source: Source): Draft {
  const name = builder.nextName('act');
  const { shape } = source;
  return builder.add(
    node,
    {
      kind: 'activation',
      name,
      shape,
      make: ({ batchNorm, clamp, quantiser, range }) => ({
        kind: 'activation',
        name,
        input: source.node,
        batchNorm,
        clamp,
        ...quantiserField(quantiser),
        range,
      }),
    },
    source.places,
  );
}

/** Add, Sub, Mul, Div: of a tensor and a constant, or the sum of two tensors. */
export function importArithmetic(builder: Builder, input: ImportInput, node: OnnxNode): void {
  const { constants } = builder.graph;
  const at = node.inputs.findIndex((name) => constants.has(name));
  if (at < 0 || node.inputs.length !== 2) {
    if (node.operator === 'Add' && node.inputs.length === 2) return importSum(builder, node);
    throw new Refusal('combines two tensors of the network', 'only sums of two tensors are supported');
  }
  const constant = node.inputs[at]!;
  if (at === 0 && (node.operator === 'Sub' || node.operator === 'Div')) {
    throw new Refusal('a constant stands in front of the operator', 'negate the tensor, or multiply by a reciprocal');
  }
  const source = builder.source(node, 1 - at);
  const reader = at === 1 ? node : { ...node, inputs: [node.inputs[1]!, constant] };
  const values = channelConstant(builder, constant, source);
  if (source.node === INPUT_NAME && input.takeAffine(node.operator, values)) return builder.pass(reader, source);
  const divisor = singleValue(builder, constant);
  switch (node.operator) {
    case 'Add':
      return take(builder, reader, source, (draft) => takeAdd(draft, values));
    case 'Sub':
      return take(builder, reader, source, (draft) =>
        takeAdd(
          draft,
          values.map((v) => -v),
        ),
      );
    case 'Mul':
      return take(builder, reader, source, (draft) => takeMultiply(draft, values));
    default:
      if (divisor === null) throw new Refusal('divides channels by different numbers', 'multiply by the reciprocals');
      return take(builder, reader, source, (draft) => takeDivide(draft, divisor, values.length));
  }
}

export function importBatchNorm(builder: Builder, node: OnnxNode): void {
  const source = builder.source(node, 0);
  const epsilon = attributesOf(builder, node).float('epsilon', 1e-5);
  const parameter = (index: number, what: string): Float32Array => {
    const constant = builder.graph.constants.get(node.inputs[index] ?? '');
    if (constant === undefined) throw new Refusal(`its ${what} is no constant`, 'export the model for inference');
    const dims = [constant.values.length, ...source.dims.slice(2).map(() => 1)];
    return channelValues(dims, constant.values, source, `its ${what}`);
  };
  const [gamma, beta] = [parameter(1, 'scale'), parameter(2, 'bias')];
  const [mean, variance] = [parameter(3, 'mean'), parameter(4, 'variance')];
  take(builder, node, source, (draft) => takeBatchNorm(draft, { gamma, beta, mean, variance, epsilon }));
}

export function importClamp(builder: Builder, node: OnnxNode): void {
  const source = builder.source(node, 0);
  const [low, high] = limitsOf(builder, node);
  take(builder, node, source, (draft) => takeClamp(draft, low, high));
}

function limitsOf(builder: Builder, node: OnnxNode): readonly [number | null, number | null] {
  if (node.operator === 'Relu') return [0, null];
  const attributes = attributesOf(builder, node);
  if (builder.model.opset < 11) {
    const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);
    return [finite(attributeOr(node, 'min')), finite(attributeOr(node, 'max'))];
  }
  const limit = (index: number): number | null => {
    const name = node.inputs[index] ?? '';
    if (name === '') return null;
    if (!builder.graph.constants.has(name))
      throw new Refusal('its limits are no constants', 'fold them to initialisers');
    return attributes.scalar(index);
  };
  return [limit(1), limit(2)];
}

function attributeOr(node: OnnxNode, name: string): number {
  const found = node.attributes.get(name);
  return found?.kind === 'float' ? found.value : NaN;
}

/** −1, 0, 1: a quantiser of three values that rounds away from 0. */
const SIGN: Quantiser = { kind: 'uniform', bits: 2, signed: true, narrow: true, scale: 1, rounding: 'away' };

export const ROUNDINGS: Readonly<Record<string, Rounding>> = {
  ROUND: 'half-even',
  HALF_EVEN: 'half-even',
  HALF_UP: 'half-away',
  HALF_DOWN: 'half-to-zero',
  CEIL: 'ceil',
  FLOOR: 'floor',
  UP: 'away',
  DOWN: 'to-zero',
  ROUND_TO_ZERO: 'to-zero',
};

export function importQuantiser(builder: Builder, input: ImportInput, node: OnnxNode): void {
  const source = builder.source(node, 0);
  const quantiser = node.operator === 'Sign' ? SIGN : statedQuantiser(builder, node);
  if (source.node === INPUT_NAME && input.takeQuantiser(quantiser)) return builder.pass(node, source);
  // A tensor that the same quantiser made does not change.
  const before = builder.drafts.get(source.node)?.quantiser ?? null;
  if (before !== null && JSON.stringify(before) === JSON.stringify(quantiser)) return builder.pass(node, source);
  take(builder, node, source, (draft) => takeQuantiser(draft, quantiser));
}

function statedQuantiser(builder: Builder, node: OnnxNode): Quantiser {
  const scale = constantNumber(builder, node, 1, 'scale');
  if (node.operator === 'BipolarQuant') return { kind: 'bipolar', scale };
  if (constantNumber(builder, node, 2, 'zero point') !== 0) {
    throw new Refusal('its zero point is not 0', 'export with symmetric quantisers');
  }
  const attributes = attributesOf(builder, node);
  const bits = constantNumber(builder, node, 3, 'bit width');
  const signed = attributes.integer('signed', 1) !== 0;
  if (bits === 1 && signed) return { kind: 'bipolar', scale };
  const narrow = attributes.integer('narrow', 1) !== 0;
  const rounding = own(ROUNDINGS, attributes.text('rounding_mode', 'ROUND').toUpperCase())!;
  const quantiser: Quantiser = { kind: 'uniform', bits, signed, narrow, scale, rounding };
  const { low, high } = quantiserLimits(quantiser);
  if (bits > 16 || low === high) throw new Refusal(`${bits} bits are too many or leave one value`, 'use 2 to 16 bits');
  return quantiser;
}

export function constantNumber(builder: Builder, node: OnnxNode, index: number, what: string): number {
  const name = node.inputs[index] ?? '';
  if (!builder.graph.constants.has(name)) throw new Refusal(`its ${what} is no constant`, 'export the trained scale');
  const value = singleValue(builder, name);
  if (value !== null) return value;
  throw new Refusal(`its ${what} differs between channels of an activation`, `use one ${what} for the tensor`);
}
