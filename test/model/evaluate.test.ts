/** The fast float evaluation against plain loops over windows, channels and planes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { classify, evaluate, floatEvaluator, planeCodes, preprocess } from '../../src/model/evaluate.js';
import { elements, inferShapes, windowSize } from '../../src/model/shapes.js';
import type { ConvNode, DenseNode, FlexorModel, MaxPoolNode, Shape } from '../../src/model/types.js';
import { tinyModel, tinyPixels } from '../support/tiny-model.js';
import type { TinyNode } from '../support/tiny-model.js';

/** One image through the network by the definition, in double precision. */
function reference(model: FlexorModel, image: Float32Array): number[] {
  const shapes = inferShapes(model);
  let values = [...image];
  for (const node of model.nodes) {
    const input = shapes.get(node.input)!;
    const output = shapes.get(node.name)!;
    if (node.kind === 'conv') values = weighted(node, values, input, output, node);
    else if (node.kind === 'maxPool') values = pool(node, values, input, output);
    else if (node.kind === 'dense') {
      const flat = { height: 1, width: 1, channels: elements(input) };
      values = weighted(node, values, flat, output, { kernel: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0] });
    }
    values = values.map(Math.fround);
  }
  return values;
}

type Sliding = Pick<ConvNode, 'kernel' | 'stride' | 'padding'>;

function weighted(node: ConvNode | DenseNode, values: number[], input: Shape, output: Shape, slide: Sliding): number[] {
  const window = windowSize(node, input);
  const planes = node.weights.planes.map((plane) => ({
    ...plane,
    codes: planeCodes(plane, window * node.outChannels),
  }));
  const result: number[] = [];
  eachWindow(slide, input, output, (covered) => {
    for (let c = 0; c < node.outChannels; c++) {
      let y = 0;
      for (const { codes, alpha } of planes) {
        for (const [tap, pixel] of covered) {
          for (let ci = 0; ci < input.channels; ci++) {
            const bit = codes[(tap * input.channels + ci) * node.outChannels + c]!;
            y += alpha[c]! * (bit === 1 ? 1 : -1) * values[pixel * input.channels + ci]!;
          }
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

function pool(node: MaxPoolNode, values: number[], input: Shape, output: Shape): number[] {
  const result: number[] = [];
  eachWindow(node, input, output, (covered) => {
    for (let c = 0; c < input.channels; c++) {
      result.push(Math.max(...covered.map(([, pixel]) => values[pixel * input.channels + c]!)));
    }
  });
  return result;
}

/** Calls back for every window with its (tap, pixel) pairs inside the input. */
function eachWindow(
  { kernel, stride, padding }: Sliding,
  input: Shape,
  output: Shape,
  visit: (covered: [tap: number, pixel: number][]) => void,
): void {
  for (let oy = 0; oy < output.height; oy++) {
    for (let ox = 0; ox < output.width; ox++) {
      const covered: [number, number][] = [];
      for (let ky = 0; ky < kernel[0]; ky++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          const y = oy * stride[0] - padding[0] + ky;
          const x = ox * stride[1] - padding[1] + kx;
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
  const perImage = elements(model.input.shape);
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
});
const node: fc.Arbitrary<TinyNode> = fc.oneof(
  fc
    .tuple(sliding, fc.integer({ min: 1, max: 40 }), weights)
    .map(([slide, channels, weights]) => ({ kind: 'conv' as const, channels, weights, ...slide })),
  sliding.map((slide) => ({ kind: 'pool' as const, ...slide })),
);

describe('float evaluation', () => {
  it('equals plain loops on the tiny model', () => compare(tinyModel(1), 5, 1));

  it('equals plain loops on random layers, whatever kernel, stride, padding and channels', () => {
    fc.assert(
      fc.property(fc.integer(), node, fc.integer({ min: 1, max: 40 }), weights, (seed, first, channels, weights) => {
        const shape = { height: 7, width: 6, channels };
        compare(tinyModel(seed, [first, { kind: 'dense', channels: 5, weights }], shape), 2, seed);
      }),
      { seed: 11, numRuns: 80 },
    );
  });

  it('shows every node of every image to an observer', () => {
    const model = tinyModel(2);
    const shapes = inferShapes(model);
    const seen: string[] = [];
    const evaluator = floatEvaluator(model);
    const logits = evaluator.logits(preprocess(model, tinyPixels(model, 2, 1)), (name, output) => {
      seen.push(name);
      expect(output.length).toBe(elements(shapes.get(name)!));
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
