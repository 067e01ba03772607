/** Widths of streams: the least that keep up, the rules of what a layer's output can have, and designs that need them. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_BITS, lower } from '../../src/fixed/lower.js';
import { INPUT_NAME, inputsOf, isWeighted } from '../../src/graph/order.js';
import { elementCount } from '../../src/graph/shapes.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { loadModel } from '../../src/model/read.js';
import { weightedNodes } from '../../src/rtl/lanes.js';
import { beatsOf, MAX_WIDTH } from '../../src/rtl/beats.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { planNetwork } from '../../src/rtl/plan.js';
import { layerCycles } from '../../src/rtl/layers/index.js';
import { checkedFold } from '../../src/rtl/solve/choose.js';
import { solveGoal } from '../../src/rtl/solve/goal.js';
import { NetworkFolds } from '../../src/rtl/solve/problem.js';
import { frontier } from '../../src/rtl/solve/solve.js';
import { NO_BUDGETS } from '../../src/rtl/solve/types.js';
import {
  choosesInput,
  givesLogits,
  layerWidths,
  streamWidths,
  widthFault,
  widthsForCycles,
  widthThresholds,
} from '../../src/rtl/stream-widths.js';
import type { Fold } from '../../src/rtl/types.js';
import { randomNetwork } from '../support/random-network.js';
import { tinyModel, type TinyNode } from '../support/tiny-model.js';
import { tinyResnet } from '../support/tiny-resnet.js';

const shipped = (name: string): IntNetwork => {
  const { model, digest } = loadModel(`models/${name}.flexor`);
  return lower(model, digest, DEFAULT_BITS);
};
const lenet = shipped('lenet5-mnist-0.6');
const NETWORKS = [
  lenet,
  lower(tinyResnet(1, { blocks: 1, width: 8, side: 8 }), '6'.repeat(64)),
  ...Array.from({ length: 30 }, (_, seed) => randomNetwork(seed, { maxWork: 20_000, channelStep: 4 })),
];

describe('for a number of cycles a frame', () => {
  test('LeNet-5 needs wider streams only where one element a cycle is too slow', () => {
    expect(widthsForCycles(lenet, 25_088)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    // conv1 gives 25,088 elements and its pool goes over as many; conv2 gives 12,544.
    expect(widthsForCycles(lenet, 25_087)).toEqual([1, 2, 2, 1, 1, 1, 1]);
    expect(widthsForCycles(lenet, 6272)).toEqual([1, 4, 4, 2, 2, 1, 1]);
    expect(widthsForCycles(lenet, 1)).toEqual([1, 32, 32, 32, 32, 32, 10]);
    expect(widthThresholds(lenet)).toContain(12_544);
  });

  test('the output needs as many logits a beat as a target asks for, no power of two of them', () => {
    const output = (cycles: number): number => widthsForCycles(lenet, cycles).at(-1)!;
    expect([10, 9, 5, 4, 3, 2, 1].map(output)).toEqual([1, 2, 2, 3, 4, 5, 10]);
  });

  test('widths are powers of two, the least that keep up, wider than what is added to, and change at thresholds alone', () => {
    for (const network of NETWORKS) {
      const thresholds = widthThresholds(network);
      for (const cycles of [1, ...thresholds]) {
        const widths = widthsForCycles(network, cycles);
        const next = thresholds.find((each) => each > cycles) ?? 10 * cycles;
        expect(widthsForCycles(network, next - 1)).toEqual(widths);
        layerWidths(network, widths).forEach(({ input, residual, output }, i) => {
          const node = network.nodes[i]!;
          expect(output).toBeLessThanOrEqual(MAX_WIDTH);
          if (!isWeighted(node) || !givesLogits(network, node)) {
            expect(Number.isInteger(Math.log2(output))).toBe(true);
            expect(node.outputTensor.shape.channels % output).toBe(0);
          }
          if (!isWeighted(node)) expect(output).toBe(input);
          else if (node.residual !== null) expect(residual).toBeGreaterThanOrEqual(output);
        });
        const dense = network.nodes.every((node) => !inputsOf(node).includes(INPUT_NAME) || node.kind === 'dense');
        if (!dense) expect(elementCount(network.input.shape) % widths[0]!).toBe(0);
        const logits = elementCount(network.nodes.at(-1)!.outputTensor.shape);
        if (widths.at(-1)! > 1) expect(logits).toBeGreaterThan((widths.at(-1)! - 1) * cycles);
      }
    }
  });
});

describe('a fold', () => {
  const fold = (conv1: Fold[string], others: Fold = {}): Fold => ({ conv1, ...others });

  test('gets the width with which its output keeps up with the slowest engine', () => {
    const fast = checkedFold(lenet, {
      conv1: { pe: 16, simd: 5 },
      conv2: { pe: 64, simd: 25 },
      fc1: { pe: 16, simd: 11 },
      fc2: { pe: 1, simd: 1 },
    });
    expect(Object.values(fast).map(({ width }) => width)).toEqual([4, 2, 1, 1]);
    expect(Object.values(checkedFold(lenet, null)).map(({ width }) => width)).toEqual([1, 1, 1, 1]);
  });

  test.each<[Fold, string]>([
    [fold({ pe: 4, simd: 1, width: 3 }), 'layer conv1: width must be a power of two that divides PE = 4, got 3'],
    [fold({ pe: 4, simd: 1, width: 8 }), 'layer conv1: width must be a power of two that divides PE = 4, got 8'],
    [
      fold({ pe: 4, simd: 1 }, { fc2: { pe: 5, simd: 1, width: 3 } }),
      'layer fc2: width must divide PE = 5, which gives a part of the logits, got 3',
    ],
    [
      fold({ pe: 4, simd: 1 }, { fc2: { pe: 10, simd: 1, width: 11 } }),
      'layer fc2: width must be an integer up to 10, got 11',
    ],
    [
      fold({ pe: 4, simd: 1 }, { conv2: { pe: 4, simd: 16, width: 2 }, fc1: { pe: 1, simd: 64 } }),
      "layer conv2: beats into layer fc1 must divide its lanes' 49 elements or be a multiple of them, got width 2 from conv2",
    ],
  ])('%j is refused with the rule', (given, text) => {
    expect(() => checkedFold(lenet, given)).toThrow(text);
  });

  test('that is legal takes as many cycles as its units, whatever is wide', () => {
    for (const network of NETWORKS) {
      const lanes = Object.fromEntries(
        weightedNodes(network).map((node) => [node.name, { pe: node.outChannels, simd: 1 }]),
      );
      const complete = checkedFold(network, lanes);
      for (const node of weightedNodes(network)) expect(widthFault(network, complete, node)).toBeNull();
      const { layers, widths } = planNetwork(network, complete);
      expect(widths).toEqual(streamWidths(network, complete));
      layers.forEach((layer, i) => {
        const beats = beatsOf(elementCount(layer.node.outputTensor.shape), widths[i + 1]!);
        expect(layerCycles(layer)).toBeGreaterThanOrEqual(beats);
      });
    }
  });
});

describe('the solver', () => {
  test('reaches targets that one element a cycle does not, with as many multipliers as that takes', () => {
    const { solution, schedule } = solveGoal(lenet, { cycles: 10_000, budgets: NO_BUDGETS });
    expect(schedule.prediction.cyclesPerFrame).toBeLessThanOrEqual(10_000);
    expect(Object.values(solution.fold).map(({ width }) => width)).toEqual([4, 2, 1, 1]);
    expect(solution.cost.multipliers).toBe(4 + 2 + 1 + 1);
    expect(() => solveGoal(lenet, { cycles: 700, budgets: NO_BUDGETS })).toThrow(
      'layer conv1 takes in, goes over or gives 784 elements a frame, one a cycle',
    );
  });

  test('has faster designs on its frontier for more area, down to what the input takes', () => {
    const points = frontier(new NetworkFolds(lenet), NO_BUDGETS);
    expect(points[0]!.cycles).toBe(784);
    const widest = points.map(({ fold }) => Math.max(...Object.values(fold).map(({ width }) => width!)));
    expect(widest[0]).toBe(MAX_WIDTH);
    expect(widest.at(-1)).toBe(1);
    expect(widest).toEqual([...widest].sort((a, b) => b - a));
  });
});

test('generated designs name the width of every stream', () => {
  const fold = {
    ...{ conv1: { pe: 16, simd: 5 }, conv2: { pe: 64, simd: 25 }, fc1: { pe: 16, simd: 11 }, fc2: { pe: 1, simd: 1 } },
  };
  const { manifest, files } = generateRtl(makeDesign(lenet, { fold }));
  expect(manifest.streams.map(({ width }) => width)).toEqual([1, 4, 4, 2, 2, 1, 1]);
  const text = (layer: string): string =>
    files.get(`rtl/${manifest.layers.find(({ name }) => name === layer)!.module}.v`)!;
  expect(text('conv1')).toContain('// Streams: 1 element a beat in, 4 out.');
  expect(text('pool1')).toContain('.InWidth(4)');
  expect(text('fc1')).toContain('.InWidth(2)');
});

describe('the output port', () => {
  const network = lower(
    tinyModel(1, [{ kind: 'dense', channels: 10, weights: { bias: true, relu: false } }], {
      height: 1,
      width: 1,
      channels: 8,
    }),
    '9'.repeat(64),
  );

  test.each([
    [10, 1],
    [5, 2],
    [4, 3],
    [3, 4],
    [2, 5],
    [1, 10],
  ])('of a frame of ten logits every %i cycles has %i a beat', (cycles, width) => {
    const { fold, prediction } = makeDesign(network, { goal: { cycles, budgets: NO_BUDGETS } });
    expect(fold['dense1']!.width).toBe(width);
    expect(prediction.cyclesPerFrame).toBeLessThanOrEqual(cycles);
  });

  test('takes the width that suits the PE where a fold names none', () => {
    const widthOf = (pe: number, simd: number) => checkedFold(network, { dense1: { pe, simd } })['dense1']!.width;
    // 8, 4, 2 and 16 cycles a frame.
    expect([widthOf(10, 1), widthOf(10, 2), widthOf(10, 4), widthOf(5, 1)]).toEqual([2, 3, 5, 1]);
  });
});

describe('the input port', () => {
  const DENSE: readonly TinyNode[] = [
    { kind: 'dense', channels: 16, weights: { bias: true } },
    { kind: 'dense', channels: 10, weights: { bias: true, relu: false } },
  ];
  const CONV: readonly TinyNode[] = [{ kind: 'pool' }, { kind: 'conv', channels: 8 }, DENSE[1]!];
  const networkOf = (nodes: readonly TinyNode[], channels: number): IntNetwork =>
    lower(tinyModel(1, nodes, { height: 8, width: 8, channels }), '7'.repeat(64));

  test('carries elements of several pixels where dense layers alone read it, else those of one', () => {
    const widest = (network: IntNetwork): number => widthsForCycles(network, 1)[0]!;
    expect(widest(networkOf(DENSE, 1))).toBe(MAX_WIDTH);
    expect(widest(networkOf(DENSE, 3))).toBe(MAX_WIDTH);
    expect(widest(networkOf(CONV, 1))).toBe(1);
    expect(widest(networkOf(CONV, 3))).toBe(1);
    expect(widest(networkOf(CONV, 12))).toBe(4);
    const behindPool = networkOf(CONV, 12);
    expect(weightedNodes(behindPool).map((node) => choosesInput(behindPool, node))).toEqual([true, false]);
  });

  test('is as wide as a target asks for, so that a frame takes fewer cycles than it has elements', () => {
    const network = networkOf(DENSE, 1);
    const design = makeDesign(network, { goal: { cycles: 16, budgets: NO_BUDGETS } });
    expect(design.fold['dense1']!.inputWidth).toBe(4);
    expect(design.prediction.cyclesPerFrame).toBeLessThanOrEqual(16);
    expect(makeDesign(network, { goal: { cycles: 64, budgets: NO_BUDGETS } }).plan.widths[0]).toBe(1);
    const { files, manifest } = generateRtl(design);
    expect(manifest.input.bytesPerBeat).toBe(4);
    expect(files.get(`rtl/${manifest.topModule}.v`)).toMatch(/input +wire \[31:0\] +s_axis_tdata/);
    expect(files.get('README.md') ?? '4 elements a beat').toContain('4 elements a beat');
  });

  test('has a last beat that is partly filled where a wider one divides nothing', () => {
    const network = networkOf(DENSE, 3);
    const odd = lower(tinyModel(1, DENSE, { height: 5, width: 5, channels: 1 }), '8'.repeat(64));
    expect([25, 13, 7, 4, 3, 1].map((cycles) => widthsForCycles(odd, cycles)[0])).toEqual([1, 2, 4, 8, 16, 32]);
    expect(widthsForCycles(network, 6)[0]).toBe(32);
    const { files, manifest } = generateRtl(
      makeDesign(odd, { fold: { dense1: { pe: 16, simd: 7, inputWidth: 8 }, dense2: { pe: 10, simd: 16, width: 4 } } }),
    );
    expect(manifest.prediction.busiest).toMatchObject({ cycles: 4 });
    const top = files.get(`rtl/${manifest.topModule}.v`)!;
    expect(top).toContain('tlast with the last beat of an image, which has 1.');
    expect(top).toContain('.LastBytes(1)');
    expect(top).toContain('.Width(4)');
    expect(manifest.output).toMatchObject({ count: 10, width: 4 });
  });

  test.each<[string, readonly TinyNode[], Fold, RegExp]>([
    [
      'no power of two',
      DENSE,
      { dense1: { pe: 1, simd: 8, inputWidth: 3 } },
      /inputWidth must be a power of two up to 32/,
    ],
    [
      'another layer',
      DENSE,
      { dense2: { pe: 1, simd: 1, inputWidth: 2 } },
      /inputWidth is for layers that read the input, dense1/,
    ],
    [
      'more than a pixel',
      CONV,
      { conv2: { pe: 1, simd: 1, inputWidth: 8 } },
      /inputWidth must be a power of two up to 4/,
    ],
    [
      'lanes between',
      DENSE,
      { dense1: { pe: 1, simd: 32, inputWidth: 16 } },
      /divide its lanes' 24 elements or be a multiple of them, got inputWidth 16/,
    ],
  ])('is refused for %s', (_, nodes, fold, message) => {
    expect(() => checkedFold(networkOf(nodes, 12), fold)).toThrow(message);
  });
});
