/** The fast float evaluation against plain loops over windows, channels and planes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { classify, evaluate, floatEvaluator, preprocess } from '../../src/model/evaluate.js';
import { planeCodes } from '../../src/model/evaluate-node.js';
import { inputsOf } from '../../src/graph/order.js';
import { elementCount, windowSize } from '../../src/graph/shapes.js';
import type { ConvWindow, Shape, Sliding } from '../../src/graph/types.js';
import { POINT_WINDOW, type Window } from '../../src/graph/window.js';
import { modelShapes } from '../../src/model/shapes.js';
import type { ConvNode, DenseNode, FlexorModel, ModelNode } from '../../src/model/types.js';
import { RESIDUAL_NODES, SPREAD_NODES, tinyModel, tinyPixels } from '../support/tiny-model.js';
import type { TinyNode } from '../support/tiny-model.js';

/** One image through the network by the definition, in double precision. */
function reference(model: FlexorModel, image: Float32Array): number[] {
  const shapes = modelShapes(model);
  const tensors = new Map([['input', [...image]]]);
  for (const node of model.nodes) {
    const values = inputsOf(node).map((name) => tensors.get(name)!);
    const inputs = inputsOf(node).map((name) => shapes.get(name)!);
    tensors.set(node.name, nodeOutput(node, values, inputs, shapes.get(node.name)!).map(Math.fround));
  }
  return tensors.get(model.output)!;
}

function nodeOutput(node: ModelNode, tensors: number[][], shapes: Shape[], output: Shape): number[] {
  const [values, other] = tensors as [number[], number[]];
  const input = shapes[0]!;
  switch (node.kind) {
    case 'conv':
      return weighted(node, values, input, output, node);
    case 'dense': {
      const flat = { height: 1, width: 1, channels: elementCount(input) };
      return weighted(node, values, flat, output, POINT_WINDOW);
    }
    case 'maxPool':
      return pool(node, values, input, output, (covered) => Math.max(...covered));
    case 'avgPool': {
      const count = node.kernel[0] * node.kernel[1];
      return pool(node, values, input, output, (covered) => covered.reduce((sum, value) => sum + value, 0) / count);
    }
    case 'subsample':
      return Array.from({ length: elementCount(output) }, (_, i) => {
        const c = (i % output.channels) - node.channelPadding[0];
        const pixel = Math.floor(i / output.channels);
        const y = Math.floor(pixel / output.width) * node.stride[0];
        const x = (pixel % output.width) * node.stride[1];
        return c < 0 || c >= input.channels ? 0 : values[(y * input.width + x) * input.channels + c]!;
      });
    case 'add':
      return values.map((value, i) => (node.relu ? Math.max(0, value + other[i]!) : value + other[i]!));
    case 'activation':
      throw new Error('activations are compared in quantised.test.ts');
    case 'concat':
      return Array.from({ length: output.height * output.width }, (_, pixel) =>
        tensors.map((tensor, i) => tensor.slice(pixel * shapes[i]!.channels, (pixel + 1) * shapes[i]!.channels)),
      ).flat(2);
    case 'flatten':
      return values;
  }
}

function weighted(
  node: ConvNode | DenseNode,
  values: number[],
  input: Shape,
  output: Shape,
  slide: ConvWindow,
): number[] {
  const perGroup = input.channels / slide.groups;
  const window = windowSize(node, input);
  const weights = weightsOf(node, window);
  const result: number[] = [];
  eachWindow(slide, input, output, (covered) => {
    for (let c = 0; c < node.outChannels; c++) {
      let y = 0;
      for (const [tap, pixel] of covered) {
        const first = Math.floor(c / (node.outChannels / slide.groups)) * perGroup;
        for (let ci = 0; ci < perGroup; ci++) {
          const weight = weights[(tap * perGroup + ci) * node.outChannels + c]!;
          y += weight * values[pixel * input.channels + first + ci]!;
        }
      }
      if (node.bias !== null) y += node.bias[c]!;
      if (node.batchNorm !== null) {
        const { gamma, beta, mean, variance, epsilon } = node.batchNorm;
        y = (gamma[c]! * (y - mean[c]!)) / Math.sqrt(variance[c]! + epsilon) + beta[c]!;
      }
      result.push(node.relu ? Math.max(0, y) : y);
    }
  });
  return result;
}

/** Weights in double precision, index v·C_out + c. */
function weightsOf({ weights, outChannels }: ConvNode | DenseNode, window: number): number[] {
  if (weights.encoding === 'float') return [...weights.values];
  if (weights.encoding === 'int') return Array.from(weights.values, (k, f) => k * weights.scale[f % outChannels]!);
  const sums = Array<number>(window * outChannels).fill(0);
  for (const plane of weights.planes) {
    planeCodes(plane, sums.length).forEach(
      (bit, f) => (sums[f]! += (bit === 1 ? 1 : -1) * plane.alpha[f % outChannels]!),
    );
  }
  return sums;
}

function pool(
  node: Sliding,
  values: number[],
  input: Shape,
  output: Shape,
  reduce: (covered: number[]) => number,
): number[] {
  const result: number[] = [];
  eachWindow(node, input, output, (covered) => {
    for (let c = 0; c < input.channels; c++) {
      result.push(reduce(covered.map(([, pixel]) => values[pixel * input.channels + c]!)));
    }
  });
  return result;
}

/** Calls back for every window with its (tap, pixel) pairs inside the input. */
function eachWindow(
  { kernel, stride, padding, dilation = [1, 1] }: Window,
  input: Shape,
  output: Shape,
  visit: (covered: [tap: number, pixel: number][]) => void,
): void {
  for (let oy = 0; oy < output.height; oy++) {
    for (let ox = 0; ox < output.width; ox++) {
      const covered: [number, number][] = [];
      for (let ky = 0; ky < kernel[0]; ky++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          const y = oy * stride[0] - padding[0] + ky * dilation[0];
          const x = ox * stride[1] - padding[1] + kx * dilation[1];
          if (y < 0 || y >= input.height || x < 0 || x >= input.width) continue;
          covered.push([ky * kernel[1] + kx, y * input.width + x]);
        }
      }
      visit(covered);
    }
  }
}

function compare(model: FlexorModel, images: number, seed: number): void {
  const values = preprocess(model, tinyPixels(model, images, seed));
  const logits = evaluate(model, values);
  const perImage = elementCount(model.input.shape);
  expect(logits.length).toBe(images * model.classes.length);
  for (let n = 0; n < images; n++) {
    const expected = reference(model, values.subarray(n * perImage, (n + 1) * perImage));
    const largest = Math.max(1e-3, ...expected.map(Math.abs));
    expected.forEach((value, c) => {
      const error = Math.abs(logits[n * model.classes.length + c]! - value);
      expect(error / largest, `image ${n}, class ${c}`).toBeLessThan(1e-5);
    });
  }
}

const side = fc.integer({ min: 1, max: 5 });
const stride = fc.constantFrom([1, 1] as const, [2, 2] as const, [1, 2] as const);
const sliding = fc.tuple(side, side).chain((kernel) =>
  fc.record({
    kernel: fc.constant(kernel),
    stride,
    padding: fc.tuple(
      ...([kernel[0], kernel[1], kernel[0], kernel[1]] as const).map((k) => fc.integer({ min: 0, max: k - 1 })),
    ) as fc.Arbitrary<[number, number, number, number]>,
  }),
);
const weights = fc.record({
  q: fc.integer({ min: 1, max: 2 }),
  nOut: fc.integer({ min: 1, max: 20 }),
  bias: fc.boolean(),
  batchNorm: fc.boolean(),
  relu: fc.boolean(),
  float: fc.boolean(),
});
const node: fc.Arbitrary<TinyNode> = fc.oneof(
  fc
    .tuple(sliding, fc.integer({ min: 1, max: 40 }), weights)
    .map(([slide, channels, weights]) => ({ kind: 'conv' as const, channels, weights, ...slide })),
  fc.tuple(sliding, fc.constantFrom('pool', 'average')).map(([slide, kind]) => ({ kind, ...slide })),
);

describe('float evaluation', () => {
  it('equals plain loops on the tiny model', () => compare(tinyModel(1), 5, 1));

  it('equals plain loops on residual blocks', () => compare(tinyModel(3, RESIDUAL_NODES), 3, 2));

  it('equals plain loops on random layers, whatever kernel, stride, padding and channels', () => {
    fc.assert(
      fc.property(fc.integer(), node, fc.integer({ min: 1, max: 40 }), weights, (seed, first, channels, weights) => {
        const shape = { height: 7, width: 6, channels };
        compare(tinyModel(seed, [first, { kind: 'dense', channels: 5, weights }], shape), 2, seed);
      }),
      { seed: 11, numRuns: 80 },
    );
  });

  it('equals plain loops on groups, dilation and a concatenation', () => compare(tinyModel(4, SPREAD_NODES), 3, 2));

  it('equals plain loops with groups and dilation, in one layer and beside another', () => {
    const spread = fc.record({
      kernel: fc.tuple(side, side),
      stride,
      dilation: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      groups: fc.integer({ min: 1, max: 6 }),
      perGroup: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      weights,
    });
    fc.assert(
      fc.property(fc.integer(), spread, (seed, { kernel, perGroup: [inputs, outputs], groups, ...rest }) => {
        const shape = { height: 14, width: 13, channels: groups * inputs };
        const nodes: TinyNode[] = [
          { kind: 'conv', channels: groups * outputs, kernel, padding: [0, 0, 0, 0], groups, ...rest },
          { kind: 'conv', from: 'input', channels: 3, kernel, padding: [0, 0, 0, 0], ...rest },
          { kind: 'concat', with: ['conv1'] },
          { kind: 'dense', channels: 5, weights: { relu: false } },
        ];
        compare(tinyModel(seed, nodes, shape), 2, seed);
      }),
      { seed: 12, numRuns: 60 },
    );
  });

  it('shows every node of every image to an observer', () => {
    const model = tinyModel(2);
    const shapes = modelShapes(model);
    const seen: string[] = [];
    const evaluator = floatEvaluator(model);
    const logits = evaluator.logits(preprocess(model, tinyPixels(model, 2, 1)), (name, output) => {
      seen.push(name);
      expect(output.length).toBe(elementCount(shapes.get(name)!));
      if (name === model.output) expect([...output]).toEqual([...logitsOf(seen.length)]);
    });
    function logitsOf(nodes: number): Float32Array {
      const n = nodes / model.nodes.length - 1;
      const alone = preprocess(model, tinyPixels(model, 2, 1)).subarray(n * 64, n * 64 + 64);
      return evaluate(model, alone);
    }
    expect(seen).toEqual([...model.nodes, ...model.nodes].map((each) => each.name));
    expect(logits.length).toBe(6);
  });

  it('preprocesses per channel', () => {
    const model = tinyModel(1, [{ kind: 'dense', channels: 2 }], { height: 1, width: 2, channels: 2 });
    const input = { ...model.input, preprocessing: { mean: [0.5, 0], std: [0.5, 2] } };
    const values = preprocess({ ...model, input }, Uint8Array.from([0, 255, 255, 0]));
    expect([...values]).toEqual([-1, 0.5, 1, 0]);
  });

  it('refuses a part of an image', () => {
    const model = tinyModel(1);
    expect(() => evaluate(model, new Float32Array(65))).toThrow(FlexorError);
    expect(() => preprocess(model, new Uint8Array(63))).toThrow(/multiple of the model's 64 input elements, got 63/);
  });

  it('picks the lowest class among equals', () => {
    expect([...classify([1, 3, 3, -2, -2, -5], 3)]).toEqual([1, 0]);
  });
});
