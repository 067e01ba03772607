/** Depths of FIFOs behind forks: enough for the interval of endless ones, and none could be one less. */
import { describe, expect, test } from 'vitest';
import { lower } from '../../src/fixed/lower.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { planNetwork, type Plan } from '../../src/rtl/plan.js';
import { intervalWith } from '../../src/rtl/schedule/branch-depths.js';
import { sizeFifos } from '../../src/rtl/schedule/fifo-depths.js';
import { predict } from '../../src/rtl/schedule/predict.js';
import { layerCycles } from '../../src/rtl/layers/index.js';
import type { Fold } from '../../src/rtl/types.js';
import { defaultFold } from '../../src/rtl/solve/choose.js';
import { randomCase } from '../support/random-case.js';
import { RESIDUAL_NODES, tinyModel } from '../support/tiny-model.js';
import { tinyResnet } from '../support/tiny-resnet.js';

const DIGEST = '7'.repeat(64);
/** More than any branch of these networks ever holds. */
const ENDLESS = 100_000;

function depthsOf(plan: Plan): number[][] {
  return plan.readers.map((readers) => readers.map(({ fifoDepth }) => fifoDepth));
}

/** Returns how many FIFOs are deeper than 2. */
function checkDepths(network: IntNetwork, fold: Fold): number {
  const plan = sizeFifos(planNetwork(network, fold));
  const depths = depthsOf(plan);
  const interval = intervalWith(plan, depths);
  const endless = depths.map((row) => row.map(() => ENDLESS));
  expect(interval, network.name).toBe(intervalWith(plan, endless));
  let deep = 0;
  for (const [s, row] of depths.entries()) {
    for (const [b, depth] of row.entries()) {
      if (depth <= 2) continue;
      deep++;
      const less = depths.map((each, i) => each.map((d, j) => (i === s && j === b ? depth - 1 : d)));
      expect(intervalWith(plan, less), `${network.name}: stream ${s}, branch ${b}, depth ${depth}`).toBeGreaterThan(
        interval,
      );
    }
  }
  return deep;
}

describe('FIFO depths', () => {
  test('of residual networks are enough and cannot be less', () => {
    const tiny = lower(tinyModel(1, RESIDUAL_NODES), DIGEST);
    expect(checkDepths(tiny, defaultFold(tiny))).toBeGreaterThan(0);
    const resnet = lower(tinyResnet(1, { blocks: 2, side: 8 }), DIGEST);
    expect(checkDepths(resnet, defaultFold(resnet))).toBeGreaterThan(5);
  });

  test('of random networks and folds are enough and cannot be less', () => {
    let deep = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { network, fold } = randomCase(seed);
      deep += checkDepths(network, fold);
    }
    expect(deep).toBeGreaterThan(15);
  });

  test('that suffice block by block and halt the whole design grow there', () => {
    const { network, fold } = randomCase(174);
    expect(checkDepths(network, fold)).toBeGreaterThan(0);
  });

  test('let a residual network run as fast as its busiest unit', () => {
    const network = lower(tinyResnet(1, { blocks: 1, side: 16 }), DIGEST);
    const plan = sizeFifos(planNetwork(network, defaultFold(network)));
    const busiest = Math.max(...plan.layers.map(layerCycles));
    expect(predict(plan).cyclesPerFrame).toBeLessThanOrEqual(1.02 * busiest);
  });

  test('take up the burst of a pool over the whole image', () => {
    const model = tinyModel(1, [
      { kind: 'conv', channels: 16, padding: [1, 1, 1, 1], weights: { batchNorm: true } },
      { kind: 'average', kernel: [8, 8], stride: [1, 1] },
      { kind: 'dense', channels: 200, weights: { bias: true, relu: false } },
    ]);
    const network = lower(model, DIGEST);
    const fold = { conv1: { pe: 2, simd: 1 }, dense3: { pe: 1, simd: 1 } };
    expect(checkDepths(network, fold)).toBe(1);
    const plan = sizeFifos(planNetwork(network, fold));
    expect(predict(plan).cyclesPerFrame).toBeLessThanOrEqual(1.02 * Math.max(...plan.layers.map(layerCycles)));
    // A dense layer that keeps up needs none.
    const fast = planNetwork(network, { ...fold, dense3: { pe: 100, simd: 1 } });
    expect(depthsOf(fast)).toEqual([[0], [0], [0], []]);
  });
});
