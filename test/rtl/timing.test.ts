/**
 * Clocks: the timing model against the paths of netlists that were synthesised (bench/timing/measured.json, which
 * `node bench/timing.js measure` writes), and pipelines that are chosen for a clock.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lower } from '../../src/fixed/lower.js';
import { loadModel } from '../../src/model/read.js';
import { makeDesign } from '../../src/rtl/design.js';
import { planNetwork } from '../../src/rtl/plan.js';
import { checkedFold, defaultCycles } from '../../src/rtl/solve/choose.js';
import { solveGoal } from '../../src/rtl/solve/goal.js';
import { NO_BUDGETS } from '../../src/rtl/solve/types.js';
import { designTiming } from '../../src/rtl/timing/timing.js';
import type { Fold, LayerFold } from '../../src/rtl/types.js';

/** Most that the model may be off the longest path of a layer's netlist. */
const MOST_ERROR = 0.15;

interface Row {
  readonly design: string;
  readonly model: string;
  readonly layer: string;
  readonly fold: LayerFold | null;
  readonly into: readonly { readonly ns: number }[];
}

const rows = JSON.parse(readFileSync('bench/timing/measured.json', 'utf8')) as readonly Row[];
const lowered = (name: string) => {
  const { model, digest } = loadModel(`models/${name}.flexor`);
  return lower(model, digest);
};
const lenet = lowered('lenet5-mnist-0.6-systematic');
const clock = (mhz: number, check = true) => ({ mhz, check });

describe('the timing model', () => {
  test.each([...new Set(rows.map(({ design }) => design))])('of %s is close to the netlists of its layers', (title) => {
    const own = rows.filter(({ design }) => design === title);
    const network = lowered(own[0]!.model);
    const fold: Fold = Object.fromEntries(own.flatMap((row) => (row.fold === null ? [] : [[row.layer, row.fold]])));
    const { layers } = designTiming(planNetwork(network, checkedFold(network, fold)));
    for (const { layer, into } of own) {
      const longest = Math.max(...into.map(({ ns }) => ns));
      const { ns, path } = layers.find((each) => each.layer === layer)!;
      expect(Math.abs(ns / longest - 1), `${layer}: ${path} ${ns} of ${longest} ns`).toBeLessThan(MOST_ERROR);
    }
  });
});

describe('a clock', () => {
  test('that the default pipeline keeps changes nothing; a higher one deepens it by the latency that it takes', () => {
    const fold = { conv1: { pe: 4, simd: 1 } };
    const [usual, slow, fast] = [null, clock(250), clock(300)].map((each) => makeDesign(lenet, { fold, clock: each }));
    expect(slow!.fold).toEqual(usual!.fold);
    expect(fast!.fold['conv1']).toEqual({ ...usual!.fold['conv1'], registers: ['address'] });
    expect(fast!.prediction.cyclesPerFrame).toBe(usual!.prediction.cyclesPerFrame);
    expect(fast!.prediction.latencyCycles).toBe(usual!.prediction.latencyCycles + 1);
    expect(Math.floor(designTiming(usual!.plan).mhz)).toBe(281);
    expect(Math.floor(designTiming(fast!.plan).mhz)).toBe(311);
  });

  test('is kept by what the solver chooses for a target', () => {
    const goal = { cycles: defaultCycles(lenet), budgets: NO_BUDGETS };
    const { schedule } = solveGoal(lenet, goal, {}, clock(300));
    expect(designTiming(schedule.plan).mhz).toBeGreaterThanOrEqual(300);
  });

  test('leaves the pipeline alone that a fold says, and refuses it where that is too slow', () => {
    const conv1 = { pe: 4, simd: 1, registers: [] };
    expect(() => makeDesign(lenet, { fold: { conv1 }, clock: clock(300) })).toThrow(
      /^--clock-mhz 300 cannot be met: in layer conv1 address of a window element \(flexor_window_serial\) takes/,
    );
    const { fold } = makeDesign(lenet, { fold: { conv1 }, clock: clock(300, false) });
    expect(fold['conv1']).toMatchObject(conv1);
  });

  test('that no pipeline keeps is an error that names layer, unit, ns and the clock that is left', () => {
    const text =
      /^--clock-mhz 900 cannot be met: in layer fc1 table of multipliers \(flexor_scale_rom\) takes 3\.21 ns of the 1\.11 that there are, .*; that leaves at most 311 MHz, and --no-clock-check/;
    expect(() => makeDesign(lenet, { clock: clock(900) })).toThrow(text);
  });
});
