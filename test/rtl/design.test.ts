/** A design as a value: what it is made of, that nothing is made twice, and which weight sources it may have. */
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lower } from '../../src/fixed/lower.js';
import type { LoweredBits } from '../../src/fixed/types.js';
import { verifyNetwork } from '../../src/fixed/verify.js';
import { plainDesign } from '../../src/report/area/plain.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { planNetwork } from '../../src/rtl/plan.js';
import * as fifoDepths from '../../src/rtl/schedule/fifo-depths.js';
import { NO_BUDGETS } from '../../src/rtl/solve/types.js';
import { weightSources } from '../../src/rtl/weight-sources.js';
import { RESIDUAL_NODES, TINY_NODES, tinyModel } from '../support/tiny-model.js';

const calls = vi.hoisted(() => {
  // Unit tests keep modules from file to file: here they are loaded again, so that they import the two that count.
  vi.resetModules();
  return { schedules: 0, circuits: 0 };
});
vi.mock(import('../../src/rtl/schedule/fifo-depths.js'), async (original) => {
  const actual = await original();
  return {
    ...actual,
    schedulePlan: (plan) => {
      calls.schedules++;
      return actual.schedulePlan(plan);
    },
  };
});
vi.mock(import('../../src/rtl/xor-circuits.js'), async (original) => {
  const actual = await original();
  return {
    ...actual,
    xorCircuits: (...args) => {
      calls.circuits++;
      return actual.xorCircuits(...args);
    },
  };
});
beforeEach(() => Object.assign(calls, { schedules: 0, circuits: 0 }));
afterAll(() => {
  vi.doUnmock('../../src/rtl/schedule/fifo-depths.js');
  vi.doUnmock('../../src/rtl/xor-circuits.js');
  vi.resetModules();
});

const DIGEST = 'd'.repeat(64);
const residual = lower(tinyModel(1, RESIDUAL_NODES), DIGEST);

describe('a design', () => {
  test('is made from a fold or from a goal, not from both', () => {
    const goal = { cycles: 5000, budgets: NO_BUDGETS };
    expect(() => makeDesign(residual, { fold: {}, goal })).toThrow(
      'a design is made from a fold or from a goal, got both',
    );
  });

  test('is scheduled once, whether the solver or a fold made it', () => {
    const solved = makeDesign(residual, { goal: { cycles: 5000, budgets: NO_BUDGETS } });
    const trials = calls.schedules;
    expect(trials).toBeGreaterThan(0);
    generateRtl(solved);
    generateRtl(solved);
    expect(calls).toEqual({ schedules: trials, circuits: 1 });
    const given = makeDesign(residual, { fold: solved.fold });
    expect(calls.schedules).toBe(trials);
    generateRtl(given);
    expect(calls).toEqual({ schedules: trials + 1, circuits: 2 });
    expect(given.plan).toEqual(solved.plan);
    expect(given.prediction).toEqual(solved.prediction);
  });

  test('with plain weights takes over the schedule of the one with encrypted weights, unless that holds words', () => {
    const { fold } = makeDesign(residual);
    const withAll = (decryptor: 'hold' | 'shift') =>
      Object.fromEntries(Object.entries(fold).map(([name, layer]) => [name, { ...layer, decryptor }]));
    const design = makeDesign(residual, { fold: withAll('shift') });
    void design.plan;
    const plain = plainDesign(design);
    expect(plain.prediction).toEqual(design.prediction);
    expect(calls.schedules).toBe(1);
    expect(plain.plan.readers).toEqual(fifoDepths.schedulePlan(planNetwork(plain.network, plain.fold)).plan.readers);
    const holding = makeDesign(residual, { fold: withAll('hold') });
    const own = plainDesign(holding);
    expect(own.prediction.latencyCycles).toBeLessThan(holding.prediction.latencyCycles);
    expect(own.prediction.cyclesPerFrame).toBe(holding.prediction.cyclesPerFrame);
  });

  test('says the bits that its network was lowered with, and none of a network that was not lowered', () => {
    const chosen = { activationBits: 6, multiplierBits: 12, floatBits: 3, layerBits: { conv1: 5 } };
    const network = lower(tinyModel(1, TINY_NODES), DIGEST, chosen);
    const { manifest, files } = generateRtl(makeDesign(network));
    expect(manifest.options).toMatchObject(chosen);
    expect(files.get(manifest.verilog.at(-1)!)).toContain('Activations 6 bits, multipliers 12 bits.');
    const { options } = generateRtl(makeDesign({ ...network, bits: null })).manifest;
    expect(Object.keys(options)).toEqual(['fold', 'xor']);
  });

  test('cannot be of a network that says other bits than it has', () => {
    const network = lower(tinyModel(1, TINY_NODES), DIGEST);
    const saying = (bits: Partial<LoweredBits>) => () =>
      verifyNetwork({ ...network, bits: { ...network.bits!, ...bits } });
    expect(saying({})).not.toThrow();
    expect(saying({ activationBits: 3 })).toThrow('its output has 8 bits, the network was lowered to 3');
    expect(saying({ multiplierBits: 7 })).toThrow('multipliers have 16 bits, the network was lowered to 7');
    expect(saying({ inputBits: 4 })).toThrow('the input has 8 bits, the network was lowered to 4');
  });
});

describe('weight sources', () => {
  const network = lower(tinyModel(1, TINY_NODES), DIGEST);
  const loadable = lower(tinyModel(1, TINY_NODES), DIGEST, { loadable: true });

  test('are part of the fold, and a ROM is not said', () => {
    const { fold } = makeDesign(network, { weights: { conv1: 'stream' } });
    const sources = Object.entries(fold).map(([name, { weights }]) => [name, weights]);
    expect(sources).toEqual([
      ['conv1', 'stream'],
      ...Object.keys(fold)
        .slice(1)
        .map((name) => [name, undefined]),
    ]);
    expect(makeDesign(network, { fold }).fold).toEqual(fold);
    const { manifest } = generateRtl(makeDesign(network, { fold }));
    expect(manifest.weightStreams!.map(({ layer }) => layer)).toEqual(['conv1']);
  });

  test('of a solved fold are those that were asked for', () => {
    const weights = weightSources(network, { source: 'stream' });
    const { fold } = makeDesign(network, { weights, goal: { cycles: 5000, budgets: NO_BUDGETS } });
    expect(Object.values(fold).map((each) => each.weights)).toEqual(Object.values(fold).map(() => 'stream'));
  });

  test("'ram' needs widths for any weights, and all layers", () => {
    const weights = weightSources(network, { source: 'ram' });
    expect(() => makeDesign(network, { weights })).toThrow(
      "layer conv1: weights 'ram' need widths for any weights, and tiny-1 was lowered for its own",
    );
    expect(makeDesign(loadable, { weights }).plan.layers.length).toBeGreaterThan(0);
    expect(() => makeDesign(loadable, { weights: { conv1: 'ram' } })).toThrow(
      /^layer conv1: weights 'ram' are for all layers or none, layer \w+ has 'rom'$/,
    );
  });
});
