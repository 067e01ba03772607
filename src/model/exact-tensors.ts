/**
 * Which tensors of a model are integers: behind a quantiser every element is an integer times a scale, and so are sums of
 * such elements by integer or binary weights, pools and sums of two of them, until somebody rounds. What is computed from
 * them is decided exactly, by the float network and by the integer network alike (docs/numbers.md, quantised tensors).
 */
import { compareExact, divideExact, exactOf, multiplyExact } from '../base/exact.js';
import type { Exact } from '../base/exact.js';
import { INPUT_NAME, inputsOf } from '../graph/order.js';
import { windowSize } from '../graph/shapes.js';
import type { Shape } from '../graph/types.js';
import type { ChainStage } from './chain.js';
import { quantiserLimits } from './quantiser.js';
import type { ActivationNode, AddNode, ConvNode, DenseNode, FlexorModel, ModelNode, Quantiser } from './types.js';

/** Integers k with real values chain(stages)(units[c]·k) in channel c. */
export interface ExactTensor {
  /** One a channel; positive, negative or 0 for weighted sums, positive for others. */
  readonly units: readonly Exact[];
  /** What is still to be done to units[c]·k; without any the tensor can be read by any node. */
  readonly stages: readonly ChainStage[];
  /** Bounds of k. */
  readonly low: number;
  readonly high: number;
  /** Only −1 and 1, in a tensor that holds no sums. */
  readonly bipolar: boolean;
  /** Sums of a layer with weights: without a quantiser they are rounded to their range, and whoever reads them sees that. */
  readonly weighted?: true;
}

/** True where readers of the tensor get its integers: nothing is still to be done to them. */
export function isReadable({ stages, weighted }: ExactTensor): boolean {
  return stages.length === 0 && weighted === undefined;
}

/** Integers beyond this are not tracked: single precision would not hold them on their way. */
const LARGEST = 2 ** 24;

/** A stage that does nothing, at the end of a chain that somebody must still round. */
const UNROUNDED: ChainStage = { kind: 'clamp', low: null, high: null };

/** Multiples of one tensor's unit that another may have in a sum of both. */
const LARGEST_RATIO = 2 ** 12;

/** The tensors that are integers, by node; `shapes` are those of the model. */
export function exactTensors(model: FlexorModel, shapes: ReadonlyMap<string, Shape>): ReadonlyMap<string, ExactTensor> {
  const tensors = new Map<string, ExactTensor>();
  const { quantiser, shape } = model.input;
  if (quantiser !== undefined) tensors.set(INPUT_NAME, quantisedTensor(quantiser, shape.channels));
  for (const node of model.nodes) {
    const inputs = inputsOf(node).map((name) => tensors.get(name) ?? null);
    const tensor = exactTensor(
      node,
      inputs,
      inputsOf(node).map((name) => shapes.get(name)!),
      shapes.get(node.name)!,
    );
    if (tensor !== null) tensors.set(node.name, tensor);
  }
  return tensors;
}

function exactTensor(
  node: ModelNode,
  inputs: readonly (ExactTensor | null)[],
  shapes: readonly Shape[],
  output: Shape,
): ExactTensor | null {
  if ('quantiser' in node && node.quantiser !== undefined) return quantisedTensor(node.quantiser, output.channels);
  const sums = sumsOf(node, inputs, shapes);
  if (sums === null) return null;
  // Without a quantiser the sums of a layer are rounded by their range, unless activations follow that do it.
  if (node.kind === 'conv' || node.kind === 'dense') return { ...sums, stages: [...sums.stages, UNROUNDED] };
  return Math.max(-sums.low, sums.high) < LARGEST ? sums : null;
}

/** The integers that a node computes, before its own quantiser where it has one; null where they are none. */
export function sumsOf(
  node: ModelNode,
  inputs: readonly (ExactTensor | null)[],
  shapes: readonly Shape[],
): ExactTensor | null {
  const [input] = inputs;
  if (input === null || input === undefined) return null;
  if (node.kind === 'activation') return { ...input, stages: [...input.stages, ...activationStages(node)] };
  if (inputs.some((tensor) => tensor === null || !isReadable(tensor))) return null;
  switch (node.kind) {
    case 'conv':
    case 'dense':
      return weightedSums(node, input, windowSize(node, shapes[0]!));
    case 'maxPool':
      return input;
    case 'avgPool': {
      const taps = node.kernel[0] * node.kernel[1];
      const units = input.units.map((unit) => divideExact(unit, exactOf(taps)));
      // Padding counts as 0.
      const [low, high] = [Math.min(0, taps * input.low), Math.max(0, taps * input.high)];
      return { units, stages: [], low, high, bipolar: false };
    }
    case 'subsample': {
      const [before, after] = node.channelPadding;
      const pad = (n: number): Exact[] => new Array<Exact>(n).fill(input.units[0]!);
      const padded = before + after > 0;
      return {
        ...input,
        units: [...pad(before), ...input.units, ...pad(after)],
        bipolar: input.bipolar && !padded,
        low: Math.min(input.low, padded ? 0 : input.low),
        high: Math.max(input.high, padded ? 0 : input.high),
      };
    }
    case 'add':
      return addedSums(node, input, inputs[1]!);
    case 'concat': {
      const parts = inputs as readonly ExactTensor[];
      return {
        units: parts.flatMap(({ units }) => units),
        stages: [],
        low: Math.min(...parts.map(({ low }) => low)),
        high: Math.max(...parts.map(({ high }) => high)),
        bipolar: parts.every(({ bipolar }) => bipolar),
      };
    }
    case 'flatten': {
      const pixels = shapes[0]!.height * shapes[0]!.width;
      return { ...input, units: Array.from({ length: pixels }, () => input.units).flat() };
    }
  }
}

/** The tensor behind a quantiser. */
export function quantisedTensor(quantiser: Quantiser, channels: number): ExactTensor {
  const unit = exactOf(quantiser.scale);
  return {
    units: new Array<Exact>(channels).fill(unit),
    stages: [],
    ...quantiserLimits(quantiser),
    bipolar: quantiser.kind === 'bipolar',
  };
}

/** Bias, batch norm and ReLU of a layer with weights. */
export function weightedStages({ bias, batchNorm, relu }: ConvNode | DenseNode): ChainStage[] {
  return [
    ...(bias === null ? [] : [{ kind: 'bias', values: bias } as const]),
    ...(batchNorm === null ? [] : [{ kind: 'batchNorm', batchNorm } as const]),
    ...reluStage(relu),
  ];
}

export function activationStages({ batchNorm, clamp: [low, high] }: ActivationNode): ChainStage[] {
  return [
    ...(batchNorm === null ? [] : [{ kind: 'batchNorm', batchNorm } as const]),
    ...(low === null && high === null ? [] : [{ kind: 'clamp', low, high } as const]),
  ];
}

function reluStage(relu: boolean): ChainStage[] {
  return relu ? [{ kind: 'clamp', low: 0, high: null }] : [];
}

/** Scales of a layer whose every weight is an integer times the scale of its channel; null for others. */
export function weightScales({ weights }: ConvNode | DenseNode): Float32Array | null {
  if (weights.encoding === 'int') return weights.scale;
  return weights.encoding === 'xor' && weights.planes.length === 1 ? weights.planes[0]!.alpha : null;
}

function weightedSums(node: ConvNode | DenseNode, input: ExactTensor, window: number): ExactTensor | null {
  const scales = weightScales(node);
  const unit = input.units[0]!;
  if (scales === null || input.units.some((other) => compareExact(other, unit) !== 0)) return null;
  const { weights } = node;
  const largest = weights.encoding === 'int' ? weights.values.reduce((most, k) => Math.max(most, Math.abs(k)), 0) : 1;
  const bound = window * largest * Math.max(-input.low, input.high);
  return {
    units: Array.from(scales, (scale) => multiplyExact(exactOf(scale), unit)),
    stages: weightedStages(node),
    low: -bound,
    high: bound,
    bipolar: false,
    weighted: true,
  };
}

/** How many of the sum's unit one unit of each input is. */
export function addFactors(a: ExactTensor, b: ExactTensor): readonly [number, number] | null {
  const ratio = integerRatio(a.units, b.units);
  if (ratio !== null) return [ratio, 1];
  const inverse = integerRatio(b.units, a.units);
  return inverse === null ? null : [1, inverse];
}

/** large/small where that is one integer for all channels. */
function integerRatio(large: readonly Exact[], small: readonly Exact[]): number | null {
  for (let ratio = 1; ratio <= LARGEST_RATIO; ratio *= 2) {
    const same = large.every((unit, c) => compareExact(unit, multiplyExact(small[c]!, exactOf(ratio))) === 0);
    if (same) return ratio;
  }
  return null;
}

function addedSums({ relu }: AddNode, a: ExactTensor, b: ExactTensor): ExactTensor | null {
  const factors = addFactors(a, b);
  if (factors === null) return null;
  const [fa, fb] = factors;
  return {
    units: fa === 1 ? a.units : b.units,
    stages: reluStage(relu),
    low: fa * a.low + fb * b.low,
    high: fa * a.high + fb * b.high,
    bipolar: false,
  };
}
