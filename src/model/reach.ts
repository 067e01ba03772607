/**
 * What the tensors of a float network can hold at most, by interval analysis of its weights (docs/numbers.md, Calibration),
 * and the stated ranges that this contradicts. An input lies in its stated range, or in what its own weights give where
 * that is narrower; a padded window also holds 0. Every channel then reaches from Σ min(w·low, w·high) to
 * Σ max(w·low, w·high), through bias, batch norm, ReLU, clamp and quantiser.
 */
import { INPUT_NAME, inputsOf } from '../graph/order.js';
import { windowSize } from '../graph/shapes.js';
import type { Shape } from '../graph/types.js';
import { formatShort } from '../base/format.js';
import { planeCodes } from './evaluate-node.js';
import { activationStages, weightedStages } from './exact-tensors.js';
import type { ChainStage } from './chain.js';
import { quantiserLimits } from './quantiser.js';
import { modelShapes } from './shapes.js';
import type { ActivationRange, ConvNode, DenseNode, FlexorModel, ModelNode, Quantiser } from './types.js';

/** Lowest and highest value. */
export interface Reach {
  readonly low: number;
  readonly high: number;
}

/** Single-precision arithmetic may pass the bound by rounding; a range that is 1 % too large costs nothing. */
const TOLERANCE = 1.01;

/** What every tensor can hold, by the name of its node, given the ranges of those before it. */
export function reachOfTensors(model: FlexorModel): ReadonlyMap<string, Reach> {
  const { range, quantiser } = model.input;
  const shapes = modelShapes(model);
  const reach = new Map<string, Reach>();
  const held = new Map([[INPUT_NAME, quantiser === undefined ? rangeOf(range) : limitsOf(quantiser)]]);
  for (const node of model.nodes) {
    const names = inputsOf(node);
    const inputs = names.map((name) => held.get(name)!);
    const bound = quantised(node, reachOf(node, inputs, shapes.get(names[0]!)!));
    reach.set(node.name, bound);
    held.set(node.name, 'range' in node && node.quantiser === undefined ? believable(node.range, bound) : bound);
  }
  return reach;
}

/** A line for each stated range that the weights contradict. */
export function rangeWarnings(model: FlexorModel): string[] {
  const reach = reachOfTensors(model);
  return model.nodes.flatMap((node) => {
    // Behind a quantiser the range decides nothing.
    if (!('range' in node) || node.quantiser !== undefined) return [];
    const { min, max } = 'relu' in node && node.relu ? { ...node.range, min: 0 } : node.range;
    const { low, high } = reach.get(node.name)!;
    const stated = Math.max(-min, max, 0);
    const possible = Math.max(-low, high, 0);
    const text = `layer ${node.name} states the range ${span(min, max)}`;
    if (stated > TOLERANCE * possible) {
      return [
        `${text}, but its weights give at most ${span(low, high)} from the ranges before it; calibrate the model again`,
      ];
    }
    if (stated === 0 && possible > 0) {
      return [`${text}, so nothing but 0, but its weights can give ${span(low, high)}; calibrate the model again`];
    }
    return [];
  });
}

function span(low: number, high: number): string {
  return `${formatShort(low)} to ${formatShort(high)}`;
}

function rangeOf({ min, max }: ActivationRange): Reach {
  return { low: min, high: max };
}

function limitsOf(quantiser: Quantiser): Reach {
  const { low, high } = quantiserLimits(quantiser);
  return { low: low * quantiser.scale, high: high * quantiser.scale };
}

/** The stated range within what is possible; a range of nothing but 0 says nothing. */
function believable(range: ActivationRange, bound: Reach): Reach {
  return range.min === 0 && range.max === 0 ? bound : common(bound, rangeOf(range));
}

/** What lies in both; the second where nothing does. */
function common(a: Reach, b: Reach): Reach {
  const [low, high] = [Math.max(a.low, b.low), Math.min(a.high, b.high)];
  return low <= high ? { low, high } : b;
}

function union(parts: readonly Reach[]): Reach {
  return { low: Math.min(...parts.map(({ low }) => low)), high: Math.max(...parts.map(({ high }) => high)) };
}

const ZERO: Reach = { low: 0, high: 0 };

function withPadding(input: Reach, padding: readonly number[]): Reach {
  return padding.some((n) => n > 0) ? union([input, ZERO]) : input;
}

/** `shape`: that of the first input. */
function reachOf(node: ModelNode, inputs: readonly Reach[], shape: Shape): Reach {
  const [input] = inputs as [Reach, ...Reach[]];
  switch (node.kind) {
    case 'conv':
      return weighted(node, withPadding(input, node.padding), shape);
    case 'dense':
      return weighted(node, input, shape);
    case 'add': {
      const sum = inputs.reduce((a, b) => ({ low: a.low + b.low, high: a.high + b.high }));
      return node.relu ? through(sum, { kind: 'clamp', low: 0, high: null }, 0) : sum;
    }
    case 'activation': {
      const channels = node.batchNorm?.gamma.length ?? 1;
      return union(
        Array.from({ length: channels }, (_, c) =>
          activationStages(node).reduce((reach, stage) => through(reach, stage, c), input),
        ),
      );
    }
    case 'concat':
      return union(inputs);
    case 'avgPool':
      return withPadding(input, node.padding);
    case 'subsample':
      return withPadding(input, node.channelPadding);
    case 'maxPool':
    case 'flatten':
      return input;
  }
}

/** A quantiser rounds to at most one step beyond, and never leaves its own limits. */
function quantised(node: ModelNode, { low, high }: Reach): Reach {
  if (!('quantiser' in node) || node.quantiser === undefined) return { low, high };
  const { scale } = node.quantiser;
  return common({ low: low - scale, high: high + scale }, limitsOf(node.quantiser));
}

function weighted(node: ConvNode | DenseNode, input: Reach, shape: Shape): Reach {
  const { outChannels } = node;
  const low = new Float64Array(outChannels);
  const high = new Float64Array(outChannels);
  const values = weightValues(node, windowSize(node, shape) * outChannels);
  for (let f = 0, c = 0; f < values.length; f++, c = c + 1 === outChannels ? 0 : c + 1) {
    const [a, b] = [values[f]! * input.low, values[f]! * input.high];
    low[c]! += Math.min(a, b);
    high[c]! += Math.max(a, b);
  }
  const stages = weightedStages(node);
  return union(
    Array.from(low, (least, c) => stages.reduce((r, stage) => through(r, stage, c), { low: least, high: high[c]! })),
  );
}

/** Weights in real numbers, weight f = v·C_out + c. */
function weightValues({ weights, outChannels }: ConvNode | DenseNode, count: number): ArrayLike<number> {
  switch (weights.encoding) {
    case 'float':
      return weights.values;
    case 'int':
      return Float64Array.from(weights.values, (k, f) => k * weights.scale[f % outChannels]!);
    case 'xor': {
      const values = new Float64Array(count);
      for (const plane of weights.planes) {
        const bits = planeCodes(plane, count);
        for (let f = 0; f < count; f++) values[f]! += (2 * bits[f]! - 1) * plane.alpha[f % outChannels]!;
      }
      return values;
    }
  }
}

/** A stage of a chain on an interval, in channel c. */
function through({ low, high }: Reach, stage: ChainStage, c: number): Reach {
  switch (stage.kind) {
    case 'bias':
      return { low: low + stage.values[c]!, high: high + stage.values[c]! };
    case 'batchNorm': {
      const { gamma, beta, mean, variance, epsilon } = stage.batchNorm;
      const gain = gamma[c]! / Math.sqrt(variance[c]! + epsilon);
      const ends = [low, high].map((x) => gain * (x - mean[c]!) + beta[c]!);
      return { low: Math.min(...ends), high: Math.max(...ends) };
    }
    case 'clamp': {
      const clamp = (x: number): number => Math.min(stage.high ?? Infinity, Math.max(stage.low ?? -Infinity, x));
      return { low: clamp(low), high: clamp(high) };
    }
  }
}
