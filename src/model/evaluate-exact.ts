/**
 * Float evaluation of tensors that are integers (exact-tensors.ts): a node adds integers, so its sums are exact, and its
 * quantiser decides in doubles where they are far enough from a step and in exact numbers elsewhere. What comes out is what
 * real arithmetic gives, whatever the order of the sums.
 */
import { invariant } from '../base/errors.js';
import { addExact, exactOf, multiplyExact, numberOf, ZERO } from '../base/exact.js';
import type { Shape } from '../graph/types.js';
import { Chain } from './chain.js';
import { compileProducts } from './evaluate-node.js';
import { evaluatePlain } from './evaluate-plain.js';
import { addFactors, sumsOf } from './exact-tensors.js';
import type { ExactTensor } from './exact-tensors.js';
import { StepFunction } from './quantiser.js';
import type { AddNode, ModelNode, Quantiser } from './types.js';

/** Integers of a tensor and the real values that they stand for. */
export interface ExactValues {
  /** Integers; those of a tensor with stages still to come are sums. */
  readonly integers: Float64Array;
  readonly values: Float32Array;
}

/** Computes a node's integers and values from the integers of its inputs. */
export type ExactStage = (inputs: readonly Float64Array[], output: ExactValues) => void;

/** Compiles a node whose inputs are integers; null where it does not give integers. */
export function compileExactNode(
  node: ModelNode,
  inputs: readonly ExactTensor[],
  shapes: readonly Shape[],
  output: Shape,
): ExactStage | null {
  const sums = sumsOf(node, inputs, shapes);
  if (sums === null)
    return node.kind === 'add' && node.quantiser ? compileAddition(node.quantiser, node, inputs, output) : null;
  const add = compileSums(node, inputs, shapes, output);
  const quantiser = 'quantiser' in node ? node.quantiser : undefined;
  const finish = compileFinish(sums, output.channels, quantiser === undefined ? null : new StepFunction(quantiser));
  return (integers, result) => {
    add(integers, result.integers);
    finish(result);
  };
}

/** The integer sums of a node, before its chain. */
function compileSums(
  node: ModelNode,
  inputs: readonly ExactTensor[],
  shapes: readonly Shape[],
  output: Shape,
): (inputs: readonly Float64Array[], sums: Float64Array) => void {
  switch (node.kind) {
    case 'conv':
    case 'dense': {
      const products = compileProducts(node, shapes[0]!, output);
      return ([values], sums) => products(Float32Array.from(values!), sums.fill(0));
    }
    case 'activation':
      return ([values], sums) => sums.set(values!);
    case 'add': {
      const factors = addFactors(inputs[0]!, inputs[1]!);
      invariant(factors, `the inputs of ${node.name} have no common unit`);
      return ([a, b], sums) => {
        for (let i = 0; i < sums.length; i++) sums[i] = factors[0] * a![i]! + factors[1] * b![i]!;
      };
    }
    default: {
      const plain = evaluatePlain(node, shapes, output, 'sum');
      return (values, sums) => plain(values, sums);
    }
  }
}

/** A quantised sum of tensors without a common unit, such as a layer's sums behind its batch norm and a shortcut. */
function compileAddition(
  quantiser: Quantiser,
  { relu }: AddNode,
  inputs: readonly ExactTensor[],
  { channels }: Shape,
): ExactStage {
  const steps = new StepFunction(quantiser);
  const parts = inputs.map(({ units, stages }) => {
    return { units, scale: Float64Array.from(units, numberOf), chain: new Chain(stages, channels) };
  });
  const x = { value: 0, error: 0 };
  return (integers, result) => {
    for (let i = 0; i < result.integers.length; i++) {
      const c = i % channels;
      let [value, error] = [0, 0];
      for (const [p, { scale, chain }] of parts.entries()) {
        x.value = scale[c]! * integers[p]![i]!;
        x.error = Math.abs(x.value) * 2 ** -50;
        chain.apply(x, c);
        value += x.value;
        error += x.error + Math.abs(x.value) * 2 ** -50;
      }
      const integer = steps.near(relu ? Math.max(0, value) : value, error, () => {
        const exact = parts
          .map(({ units, chain }, p) => chain.exact(multiplyExact(units[c]!, exactOf(integers[p]![i]!)), c))
          .reduce(addExact);
        return relu && exact.num < 0n ? ZERO : exact;
      });
      result.integers[i] = integer;
      result.values[i] = integer * quantiser.scale;
    }
  };
}

/** Turns sums into what the node gives: values, and with a quantiser new integers. */
function compileFinish(
  { units, stages }: ExactTensor,
  channels: number,
  steps: StepFunction | null,
): (result: ExactValues) => void {
  const chain = new Chain(stages, channels);
  const scale = Float64Array.from(units, numberOf);
  const x = { value: 0, error: 0 };
  return ({ integers, values }) => {
    for (let i = 0; i < integers.length; i++) {
      const c = i % channels;
      const k = integers[i]!;
      x.value = scale[c]! * k;
      x.error = Math.abs(x.value) * 2 ** -50;
      chain.apply(x, c);
      if (steps === null) {
        values[i] = x.value;
        continue;
      }
      const integer = steps.near(x.value, x.error, () => chain.exact(multiplyExact(units[c]!, exactOf(k)), c));
      integers[i] = integer;
      values[i] = integer * steps.quantiser.scale;
    }
  };
}
