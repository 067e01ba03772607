/** What a network's tensors can hold, and ranges that its weights contradict. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { elementCount } from '../../src/graph/shapes.js';
import { floatEvaluator } from '../../src/model/evaluate.js';
import { rangeWarnings, reachOfTensors } from '../../src/model/reach.js';
import type { ActivationRange, FlexorModel } from '../../src/model/types.js';
import { RESIDUAL_NODES, TINY_NODES, tinyModel } from '../support/tiny-model.js';

/** The model with the ranges that its layers really have on random inputs of its input range. */
function calibrated(model: FlexorModel, images = 40): FlexorModel {
  const { min, max } = model.input.range;
  const random = new Random(3);
  const size = elementCount(model.input.shape);
  // Half of the inputs lie at the ends of the range, where layers reach furthest.
  const inputs = Float32Array.from({ length: images * size }, (_, i) => {
    const end = i < (images / 2) * size;
    const share = random.float();
    return min + (max - min) * (end ? Math.round(share) : share);
  });
  const seen = new Map<string, ActivationRange>();
  floatEvaluator(model).logits(inputs, (name, values) => {
    const { min: least, max: most } = seen.get(name) ?? { min: 0, max: 0 };
    seen.set(name, {
      min: values.reduce((a, b) => Math.min(a, b), least),
      max: values.reduce((a, b) => Math.max(a, b), most),
    });
  });
  const nodes = model.nodes.map((node) => ('range' in node ? { ...node, range: seen.get(node.name)! } : node));
  return { ...model, nodes };
}

function withRange(model: FlexorModel, name: string, change: (range: ActivationRange) => ActivationRange): FlexorModel {
  const nodes = model.nodes.map((node) =>
    node.name === name && 'range' in node ? { ...node, range: change(node.range) } : node,
  );
  return { ...model, nodes };
}

describe('reach', () => {
  it.each([1, 2, 3, 4])('holds everything that random networks put out (seed %i)', (seed) => {
    const model = calibrated(tinyModel(seed, seed % 2 === 0 ? RESIDUAL_NODES : TINY_NODES));
    const reach = reachOfTensors(model);
    for (const node of model.nodes) {
      if (!('range' in node)) continue;
      const { low, high } = reach.get(node.name)!;
      const slack = 1e-5 * Math.max(-low, high);
      expect(node.range.min, node.name).toBeGreaterThanOrEqual(low - slack);
      expect(node.range.max, node.name).toBeLessThanOrEqual(high + slack);
    }
    expect(rangeWarnings(model)).toEqual([]);
  });

  it('is what the best input of a layer gives', () => {
    // One dense layer of codes ±1: all inputs at the end that suits their weight.
    const model = tinyModel(5, [{ kind: 'dense', channels: 2, weights: { nIn: 6, nOut: 8, relu: false, bias: true } }]);
    const { min, max } = model.input.range;
    const size = elementCount(model.input.shape);
    const evaluator = floatEvaluator(model);
    const zero = evaluator.logits(new Float32Array(size));
    const weights = Array.from({ length: size }, (_, v) => {
      const logits = evaluator.logits(Float32Array.from({ length: size }, (_unused, i) => Number(i === v)));
      return [logits[0]! - zero[0]!, logits[1]! - zero[1]!] as const;
    });
    const ends = (c: 0 | 1, best: (a: number, b: number) => number): number =>
      weights.reduce((sum, w) => sum + best(w[c] * min, w[c] * max), zero[c]!);
    const { low, high } = reachOfTensors(model).get(model.output)!;
    expect(low).toBeCloseTo(Math.min(ends(0, Math.min), ends(1, Math.min)), 4);
    expect(high).toBeCloseTo(Math.max(ends(0, Math.max), ends(1, Math.max)), 4);
  });
});

describe('a range', () => {
  const model = calibrated(tinyModel(1));

  it('far above what the weights give is named', () => {
    const { high } = reachOfTensors(model).get('conv1')!;
    expect(rangeWarnings(withRange(model, 'conv1', () => ({ min: 0, max: high })))).toEqual([]);
    const lines = rangeWarnings(withRange(model, 'conv1', () => ({ min: 0, max: 1.1 * high })));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^layer conv1 states the range 0 to [\d.]+, but its weights give at most 0 to [\d.]+ from the ranges before it; calibrate the model again$/,
    );
  });

  it('of nothing but 0 is named, and no layer behind it', () => {
    const [line, ...others] = rangeWarnings(withRange(model, 'conv1', () => ({ min: 0, max: 0 })));
    expect(line).toMatch(/^layer conv1 states the range 0 to 0, so nothing but 0, but its weights can give 0 to /);
    expect(others).toEqual([]);
  });

  it('below 0 of a layer with ReLU does not count', () => {
    expect(rangeWarnings(withRange(model, 'conv1', ({ max }) => ({ min: -1e6, max })))).toEqual([]);
  });
});
