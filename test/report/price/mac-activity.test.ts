/** Switching of the MAC array: counted by hand on a case of a few cycles, and by what must hold on any network. */
import { expect, test } from 'vitest';
import { changedBits } from '../../../src/base/bits.js';
import { macActivity } from '../../../src/rtl/units/engine/activity.js';
import { windowAt } from '../../../src/rtl/units/window/at.js';
import { planNetwork } from '../../../src/rtl/plan.js';
import type { WeightedPlan } from '../../../src/rtl/layers/types.js';
import { checkedFold } from '../../../src/rtl/solve/choose.js';
import { createSimulator } from '../../../src/simulate/simulate.js';
import { randomImages, randomNetwork } from '../../support/random-network.js';

test('changed bits of two’s complement numbers of any width', () => {
  expect(changedBits(0, 0b1011, 8)).toBe(3);
  expect(changedBits(0, -1, 5)).toBe(5);
  expect(changedBits(-1, -2, 32)).toBe(1);
  expect(changedBits(2 ** 40, 0, 45)).toBe(1);
  expect(changedBits(-1, 0, 53)).toBe(53);
});

/** A dense layer of two inputs and two outputs with one lane and one channel a cycle: weights 1 0 / 1 1. */
function smallest(): WeightedPlan {
  const format = { bits: 4, signed: false };
  const codes = Uint8Array.of(1, 0, 1, 1);
  const tensor = { shape: { height: 1, width: 1, channels: 2 }, format, scale: 1 };
  return {
    kind: 'weighted',
    node: {
      kind: 'dense',
      name: 'fc',
      inputTensor: tensor,
      outputTensor: tensor,
      windowSize: 2,
      outChannels: 2,
      planes: [{ nIn: 1, nOut: 1, matrix: Uint8Array.of(1), encrypted: codes, codes }],
    },
    fold: { pe: 1, simd: 1 },
    groups: 2,
    steps: 2,
    pixels: 1,
    accBits: 5,
    sumBits: 5,
    tableLanes: 0,
  } as unknown as WeightedPlan;
}

test('a layer of four cycles, counted by hand', () => {
  // Inputs 3 and 5. Cycles: (a 3, group 0, bit 1), (3, 1, 0), (5, 0, 1), (5, 1, 1).
  // Masked terms 3, 0, 5, 5: changes 2, 2, 2, 0. Accumulator adder 3, 0, 8, 5: 2, 2, 1, 3.
  // Accumulator 0: 0 → 3 → 8 (2 and 3 bits); accumulator 1: 0 → 0 → 5 (0 and 2). Sum of inputs: 0 → 3 → 8 (2 and 3).
  expect(macActivity(smallest(), [[3, 5]])).toEqual({
    images: 1,
    andToggles: 6,
    adderToggles: 8 + 5,
    registerToggles: 7 + 5,
    registerClocks: 4 * 5 + 2 * 5,
  });
});

test('the same with two lanes: two cycles, sums over lanes registered in both', () => {
  // Masked terms 3 5, then 0 5: changes 4 and 2. Tree and accumulator adder 8, 5: 1 and 3 each; Σ a 8, in its tree too.
  // Registers: tree 8, 5 (1 and 3), its Σ a 8 (1), accumulators 8 (1) and 5 (2), Σ a (1).
  const plan = { ...smallest(), fold: { pe: 1, simd: 2 }, steps: 1 };
  expect(macActivity(plan, [[3, 5]])).toEqual({
    images: 1,
    andToggles: 6,
    adderToggles: 4 + 4 + 2,
    registerToggles: 4 + 1 + 3 + 1,
    // The roots of both trees and an accumulator, of five bits each, in two cycles; Σ a once.
    registerClocks: 2 * (2 * 5 + 5) + 5,
  });
});

test('the same with a table of both lanes: its entries, then what each of two cycles reads', () => {
  // Entries in Gray-code order 0, 3, 8, 5: changes 0, 2, 3, 3 of adder and register. Read 8, 5: 1 and 3, in the register of
  // the sum over lanes, too. Accumulator adder 8, 5: 1 and 3. Accumulators 8 (1) and 5 (2). Σ a 8 (1).
  const plan = { ...smallest(), fold: { pe: 1, simd: 2 }, steps: 1, tableLanes: 2 };
  expect(macActivity(plan, [[3, 5]])).toEqual({
    images: 1,
    andToggles: 4,
    adderToggles: 8 + 4 + 1,
    registerToggles: 8 + 4 + 3 + 1,
    // Sum of the lanes, Σ a, entry and an accumulator, of five bits each, in two cycles; Σ a of the pixel once.
    registerClocks: 2 * (2 * 5 + 5 + 5) + 5,
  });
});

test('the same with shared sums: a sum and a difference, and two accumulators that go round', () => {
  // Sum 8 and difference -2 of six bits: 1 and 5, adders and registers. Taken 8, then 5 - 3 = 2: 1 and 2; so the accumulator
  // adder. The place that is filled has 8, then 2: 1 and 2; the other one is 0 at the beginning of each pixel.
  const plan = { ...smallest(), fold: { pe: 1, simd: 2 }, steps: 1, sharedSums: true, accBits: 8, sumBits: 1 };
  expect(macActivity(plan, [[3, 5]])).toEqual({
    images: 1,
    andToggles: 3,
    adderToggles: 6 + 3,
    registerToggles: 6 + 3,
    // Two accumulators of eight bits in two cycles, the shared ones once.
    registerClocks: 2 * 2 * 8 + 2 * 6,
  });
});

test('means over images; no activations, no switching', () => {
  const network = randomNetwork(248, { maxLayers: 4, maxSide: 7, maxWork: 4000, maxBits: 5 });
  const [first, second] = randomImages(network, 2, 1);
  const simulator = createSimulator(network);
  const plans = planNetwork(network, checkedFold(network, null)).layers;
  for (const [i, plan] of plans.entries()) {
    if (plan.kind !== 'weighted') continue;
    const inputs = [first!, second!].map((image) => simulator.trace(image)[i]!);
    const zeros = new Int32Array(inputs[0]!.length);
    expect(macActivity(plan, [zeros])).toMatchObject({ andToggles: 0, adderToggles: 0, registerToggles: 0 });
    const one = macActivity(plan, inputs.slice(0, 1));
    const both = macActivity(plan, inputs);
    expect(both.images).toBe(2);
    expect(both.registerClocks).toBe(one.registerClocks);
    expect(one.andToggles).toBeGreaterThan(0);
    // The second image follows the first one: what it adds is the mean twice, less the first.
    expect(2 * both.andToggles).toBeGreaterThan(one.andToggles);
  }
});

test('windows hold the elements in the order of the weights', () => {
  const network = randomNetwork(248, { maxLayers: 4, maxSide: 7, maxWork: 4000, maxBits: 5 });
  const node = network.nodes.find((each) => each.kind === 'conv')!;
  if (node.kind !== 'conv') throw new Error('not a convolution');
  const { height, width, channels } = node.inputTensor.shape;
  const input = Int32Array.from({ length: height * width * channels }, (_, i) => i + 1);
  const { width: columns, height: rows } = node.outputTensor.shape;
  for (let pixel = 0; pixel < rows * columns; pixel++) {
    const window = windowAt(node, input, pixel);
    for (let v = 0; v < node.windowSize; v++) {
      const tap = Math.floor(v / channels);
      const y = Math.floor(pixel / columns) * node.stride[0] - node.padding[0] + Math.floor(tap / node.kernel[1]);
      const x = (pixel % columns) * node.stride[1] - node.padding[1] + (tap % node.kernel[1]);
      const inside = y >= 0 && y < height && x >= 0 && x < width;
      expect(window[v]).toBe(inside ? (y * width + x) * channels + (v % channels) + 1 : 0);
    }
  }
});
