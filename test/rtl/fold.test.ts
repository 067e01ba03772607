/** Folds: which ones are legal and why not, the default, targets, and what a user may write. */
import { describe, expect, test } from 'vitest';
import { inputTensorsOf } from '../../src/fixed/shapes.js';
import { lower } from '../../src/fixed/lower.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { feedOf, isIllegal, legalFolds } from '../../src/rtl/fold.js';
import { cyclesPerPixel, outputPixels, weightedNodes, type WeightedNode } from '../../src/rtl/lanes.js';
import { layerCost, roundCost } from '../../src/rtl/cost/model.js';
import { layerCycles } from '../../src/rtl/layers/index.js';
import { planNetwork } from '../../src/rtl/plan.js';
import { withRowsPerWord } from '../../src/rtl/solve/rows-per-word.js';
import { weightedShape } from '../../src/rtl/layers/weighted/plan.js';
import { areaOf } from '../../src/rtl/cost/unit-cost.js';
import { checkedFold, cyclesForTarget, defaultFold, foldForCycles } from '../../src/rtl/solve/choose.js';
import type { Fold, LayerFold } from '../../src/rtl/types.js';
import { randomNetwork } from '../support/random-network.js';
import { tinyModel } from '../support/tiny-model.js';

const NETWORKS = Array.from({ length: 60 }, (_, seed) => randomNetwork(seed));
const NODES = NETWORKS.flatMap(weightedNodes);
const tiny = lower(tinyModel(5), 'f'.repeat(64), { activationBits: 8, multiplierBits: 16, inputBits: 8 });
const [conv, conv3, dense] = weightedNodes(tiny) as [WeightedNode, WeightedNode, WeightedNode];

function rule(node: WeightedNode, pe: number, simd: number): string | null {
  const feed = feedOf(node, { pe, simd });
  return isIllegal(feed) ? feed.rule : null;
}

/** The rules as the design states them, written down once more. */
function isLegal(node: WeightedNode, { pe, simd }: LayerFold): boolean {
  const v = node.windowSize;
  if (node.outChannels % pe !== 0 || simd > v) return false;
  // Every lane has work: the last one starts inside the window.
  if ((simd - 1) * Math.ceil(v / simd) >= v) return false;
  if (node.kind === 'dense' || simd <= node.outChannels / pe) return true;
  const [kernelH, kernelW] = node.kernel;
  const perTap = simd / (kernelH * kernelW);
  return simd === kernelH || (Number.isInteger(perTap) && node.inputTensor.shape.channels % perTap === 0);
}

describe('legal folds', () => {
  test('are exactly those that the rules allow', () => {
    for (const node of NODES.filter(({ windowSize, outChannels }) => windowSize * outChannels < 3000)) {
      const legal = new Set(legalFolds(node).map(({ pe, simd }) => `${pe} ${simd}`));
      expect(legal.size).toBe(legalFolds(node).length);
      for (let pe = 1; pe <= node.outChannels + 1; pe++) {
        for (let simd = 1; simd <= node.windowSize + 1; simd++) {
          const fold = { pe, simd };
          const text = `${node.name} V ${node.windowSize} C_out ${node.outChannels} PE ${pe} SIMD ${simd}`;
          expect(feedOf(node, fold).kind !== 'illegal', text).toBe(legal.has(`${pe} ${simd}`));
          // A wide register is the only reason to refuse what the rules allow.
          if (isLegal(node, fold) !== legal.has(`${pe} ${simd}`))
            expect(rule(node, pe, simd), text).toMatch(/decryptor register/);
        }
      }
    }
  });

  test('come by rising cycles, then rising parallelism, and always hold PE 1, SIMD 1', () => {
    for (const node of NODES) {
      const folds = legalFolds(node);
      expect(folds).toContainEqual({ pe: 1, simd: 1 });
      for (const [i, fold] of folds.slice(1).entries()) {
        const before = folds[i]!;
        const [now, then] = [cyclesPerPixel(node, fold), cyclesPerPixel(node, before)];
        expect(now).toBeGreaterThanOrEqual(then);
        if (now === then) expect(fold.pe * fold.simd).toBeGreaterThanOrEqual(before.pe * before.simd);
      }
    }
  });

  test('cycles per pixel are ⌈V/SIMD⌉·(C_out/PE)', () => {
    expect([conv.windowSize, conv.outChannels]).toEqual([9, 4]);
    expect(cyclesPerPixel(conv, { pe: 2, simd: 3 })).toBe(6);
    expect(cyclesPerPixel(dense, { pe: 1, simd: 4 })).toBe(3 * Math.ceil(dense.windowSize / 4));
  });

  test.each([
    ['conv1', 3, 1, 'PE must divide C_out = 4, got 3'],
    ['conv1', 0, 1, 'PE must divide C_out = 4, got 0'],
    ['conv1', 1.5, 1, 'PE must divide C_out = 4, got 1.5'],
    ['conv1', 4, 0, 'SIMD must be an integer from 1 to V = 9, got 0'],
    ['conv1', 4, 10, 'SIMD must be an integer from 1 to V = 9, got 10'],
    ['conv1', 1, 4, 'SIMD 4 leaves a lane without work: V = 9 needs 3'],
    [
      'conv3',
      6,
      2,
      'SIMD of a convolution must be at most C_out/PE = 1, or k_h = 3, or k_h·k_w·d with d dividing C_in = 4, got 2',
    ],
  ])('%s with PE %d, SIMD %d is refused with the rule', (name, pe, simd, text) => {
    expect(
      rule(
        weightedNodes(tiny).find((node) => node.name === name)!,
        pe,
        simd,
      ),
    ).toBe(text);
  });

  test('a decryptor register that would be too wide is refused', () => {
    const wide = { ...dense, outChannels: 512, planes: dense.planes.map((plane) => ({ ...plane, nOut: 509 })) };
    expect(rule(wide, 512, 1)).toBe(
      'PE 512 with N_out 509 needs a decryptor register of 260608 bits and memory words of 4096 bits; the most are 16384 and 65536',
    );
  });
});

describe('default fold and targets', () => {
  function frameCycles(network: IntNetwork, fold: ReturnType<typeof defaultFold>): number[] {
    return weightedNodes(network).map((node) => cyclesPerPixel(node, fold[node.name]!) * outputPixels(node));
  }

  test('the default is legal, at most 64 lanes, and no layer holds up the slowest one', () => {
    for (const network of NETWORKS) {
      const fold = defaultFold(network);
      expect(checkedFold(network, null)).toEqual(fold);
      for (const node of weightedNodes(network)) expect(feedOf(node, fold[node.name]!).kind).not.toBe('illegal');
      const cycles = Math.max(...frameCycles(network, fold));
      const fastest = weightedNodes(network).map((node) =>
        Math.min(
          ...legalFolds(node)
            .filter(({ pe, simd }) => pe * simd <= 64)
            .map((each) => cyclesPerPixel(node, each) * outputPixels(node)),
        ),
      );
      const fixed = planNetwork(network, fold).layers.map((layer) => {
        const streams = [inputTensorsOf(layer.node)[0]!.shape, layer.node.outputTensor.shape].map(
          ({ height, width, channels }) => height * width * channels,
        );
        return Math.max(...streams, layer.kind === 'pool' ? layerCycles(layer) : 0);
      });
      expect(cycles).toBeLessThanOrEqual(Math.max(...fastest, ...fixed));
    }
  });

  test('a target is met by every layer, and none has a fold that meets it with less area', () => {
    for (const network of NETWORKS.slice(0, 25)) {
      const nodes = weightedNodes(network).map((node) => ({
        name: node.name,
        folds: legalFolds(node).map((fold) => ({
          fold,
          cycles: cyclesPerPixel(node, fold) * outputPixels(node),
          area: areaOf(roundCost(layerCost(weightedShape(node, withRowsPerWord(node, fold))))),
        })),
      }));
      const slowest = Math.max(...frameCycles(network, defaultFold(network)));
      for (const target of [20, 60, 200].map((factor) => factor * slowest)) {
        const chosen = foldForCycles(network, target);
        for (const { name, folds } of nodes) {
          const { pe, simd } = chosen[name]!;
          const taken = folds.find(({ fold }) => fold.pe === pe && fold.simd === simd)!;
          expect(taken.cycles).toBeLessThanOrEqual(target);
          expect(taken.area).toBe(Math.min(...folds.filter(({ cycles }) => cycles <= target).map(({ area }) => area)));
        }
      }
    }
  });

  test('an unreachable target names the layer and its limit', () => {
    expect(() => foldForCycles(tiny, 63)).toThrow(
      /^target of 63 cycles a frame cannot be reached: layer \w+ takes in, goes over or gives \d+ elements a frame, one a cycle$/,
    );
    const slow: IntNetwork = {
      ...tiny,
      nodes: tiny.nodes.map((node) =>
        node === conv3 && node.kind === 'conv' ? { ...node, kernel: [3, 3], windowSize: 360_000 } : node,
      ),
    };
    expect(() => foldForCycles(slow, 5000)).toThrow(
      /^target of 5000 cycles a frame cannot be reached: layer conv3 takes \d+ at its widest fold \(PE 6, SIMD \d+\)$/,
    );
  });

  test('frames a second at a clock become cycles a frame, rounded down', () => {
    expect(cyclesForTarget(1000, 100)).toBe(100_000);
    expect(cyclesForTarget(30, 100)).toBe(3_333_333);
  });
});

describe('a fold from the user', () => {
  test('is completed by the default', () => {
    expect(checkedFold(tiny, { dense5: { pe: 1, simd: 1 } })).toEqual({
      ...defaultFold(tiny),
      dense5: { pe: 1, simd: 1, rowsPerWord: 1, width: 1 },
    });
  });

  test('that breaks a rule is refused with the layer', () => {
    expect(() => checkedFold(tiny, { conv3: { pe: 4, simd: 1 } })).toThrow(
      /^layer conv3: PE must divide C_out = 6, got 4$/,
    );
  });

  test('has tables of lanes only where an activation is held long enough to fill them', () => {
    const fold = (pe: number, simd: number, tableLanes: number) => ({ conv3: { pe, simd, tableLanes } });
    expect(checkedFold(tiny, fold(1, 3, 2)).conv3).toMatchObject({ tableLanes: 2 });
    expect(checkedFold(tiny, fold(1, 3, 0)).conv3).toMatchObject({ tableLanes: 0 });
    expect(() => checkedFold(tiny, fold(1, 3, 3))).toThrow(
      /^layer conv3: tableLanes must be 0, or 2 to 4 .*; PE 1 and SIMD 3 leave 0, 2, got 3$/,
    );
    expect(() => checkedFold(tiny, fold(3, 3, 2))).toThrow(/PE 3 and SIMD 3 leave 0, got 2$/);
  });

  test('says whether channels share sums, which lanes with tables do not', () => {
    const fold = (own: Partial<LayerFold>) => ({ conv3: { pe: 1, simd: 3, ...own } });
    expect(checkedFold(tiny, fold({ sharedSums: true })).conv3).toMatchObject({ sharedSums: true });
    expect(() => checkedFold(tiny, fold({ sharedSums: true, tableLanes: 2 }))).toThrow(
      /^layer conv3: sharedSums must be false where lanes share tables, got tableLanes 2$/,
    );
  });

  test('says what its decryptors keep of a word, without a register that held words have already', () => {
    const fold = (more: object) => ({ conv3: { pe: 1, simd: 3, ...more } }) as Fold;
    for (const decryptor of ['hold', 'shift'] as const) {
      expect(checkedFold(tiny, fold({ decryptor })).conv3).toMatchObject({ decryptor });
      const own = checkedFold(tiny, fold({ decryptor }));
      const plan = planNetwork(tiny, own).layers.find(({ node }) => node.name === 'conv3');
      expect(plan?.kind === 'weighted' && plan.holdsWords).toBe(decryptor === 'hold');
    }
    const load = { registers: ['load'] };
    expect(checkedFold(tiny, fold({ decryptor: 'shift', ...load })).conv3).toMatchObject(load);
    expect(() => checkedFold(tiny, fold({ decryptor: 'hold', ...load }))).toThrow(
      /^layer conv3: the register 'load' is for words that are shifted out; those of the decryptor 'hold' are in a/,
    );
  });

  test('says its pipeline: levels of adders of at least 1, registers that the layer may have', () => {
    const own = { pe: 1, simd: 3, treeLevels: 3, registers: ['load', 'address'] } as const;
    expect(checkedFold(tiny, { conv3: own }).conv3).toMatchObject(own);
    const levels = { conv3: { pe: 1, simd: 3, treeLevels: 0 } };
    expect(() => checkedFold(tiny, levels)).toThrow(
      /^layer conv3: treeLevels must be an integer of at least 1, got 0$/,
    );
    const twice = { conv3: { ...own, registers: ['load', 'load'] as const } };
    expect(() => checkedFold(tiny, twice)).toThrow(/^layer conv3: registers must name each once, got load, load$/);
    const none = { dense5: { pe: 1, simd: 1, registers: ['address'] as const } };
    expect(() => checkedFold(tiny, none)).toThrow(/^layer dense5: a dense layer has no window/);
  });

  test('takes more flip-flops with more registers, and no more cycles', () => {
    const cost = (pipeline: Partial<LayerFold>) =>
      roundCost(layerCost(weightedShape(conv3, { pe: 1, simd: 9, tableLanes: 0, sharedSums: false, ...pipeline })));
    const [slow, usual, fast] = [4, 2, 1].map((treeLevels) => cost({ treeLevels }));
    expect(slow!.flipFlops).toBeLessThan(usual!.flipFlops);
    expect(usual!.flipFlops).toBeLessThan(fast!.flipFlops);
    expect(usual).toEqual(cost({}));
    for (const register of ['address', 'load', 'product'] as const)
      expect(cost({ registers: [register] }).flipFlops).toBeGreaterThan(usual!.flipFlops);
  });

  test('says what its weights are stored in, where they are fixed', () => {
    const cost = (own: Partial<LayerFold>) => roundCost(layerCost(weightedShape(conv3, { pe: 1, simd: 3, ...own })));
    const [usual, block, distributed] = [cost({}), cost({ ramStyle: 'block' }), cost({ ramStyle: 'distributed' })];
    // So few bits are LUTs unless it is said otherwise.
    expect(distributed).toEqual(usual);
    expect(block.bram18).toBeGreaterThan(usual.bram18);
    expect(block.luts).toBeLessThan(usual.luts);
    const own = { pe: 1, simd: 3, ramStyle: 'block' } as const;
    expect(checkedFold(tiny, { conv3: own }).conv3).toMatchObject(own);
    expect(() => checkedFold(tiny, { conv3: { ...own, weights: 'stream' } })).toThrow(
      /^layer conv3: ramStyle is for fixed weights \(a ROM\); those of source 'stream' are read or loaded in other ways$/,
    );
  });

  test('that names an unknown layer is refused with the known ones', () => {
    expect(() => checkedFold(tiny, { conv9: { pe: 1, simd: 1 } })).toThrow(
      /^fold names layer conv9; the weighted layers are conv1, conv3, dense5$/,
    );
  });
});
