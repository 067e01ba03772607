/** Cycles of all transfers, computed element by element, against stepping the control of every unit cycle by cycle. */
import { expect, test } from 'vitest';
import { lower } from '../../src/fixed/lower.js';
import { planNetwork, withFifoDepths, type Plan } from '../../src/rtl/plan.js';
import { sizeFifos } from '../../src/rtl/schedule/fifo-depths.js';
import { Pipeline } from '../../src/rtl/schedule/pipeline.js';
import { runFrames } from '../../src/rtl/schedule/predict.js';
import { defaultFold } from '../../src/rtl/solve/choose.js';
import { randomCase } from '../support/random-case.js';
import { Pipeline as SteppedPipeline } from '../support/stepped-schedule/pipeline.js';
import { tinyResnet } from '../support/tiny-resnet.js';

const FRAMES = 4;

/** By stream, the cycles of the transfers until the last of FRAMES frames is out; null where the design comes to a halt. */
function stepped(plan: Plan): number[][] | null {
  const cycles = plan.readers.map(() => [] as number[]);
  const pipeline = new SteppedPipeline(plan, (stream, cycle) => cycles[stream]!.push(cycle));
  while (pipeline.output.frames.length < FRAMES) if (!pipeline.step()) return null;
  return cycles;
}

/** The same, and on each stream at least as many as `wanted` says. */
function computed(plan: Plan, wanted: readonly number[]): number[][] | null {
  const cycles = plan.readers.map(() => [] as number[]);
  const pipeline = new Pipeline(plan, (stream, cycle) => cycles[stream]!.push(cycle));
  if (!runFrames(pipeline, FRAMES)) return null;
  while (cycles.some((row, s) => row.length < wanted[s]!)) pipeline.pass();
  return cycles;
}

function checkPlan(plan: Plan, what: string): void {
  const expected = stepped(plan);
  const counts = expected === null ? plan.readers.map(() => 0) : expected.map(({ length }) => length);
  const actual = computed(plan, counts);
  expect(actual === null, `${what}: comes to a halt`).toBe(expected === null);
  if (expected === null || actual === null) return;
  const differs = (row: readonly number[], s: number): boolean => row.some((cycle, i) => cycle !== actual[s]![i]);
  expect(expected.findIndex(differs), `${what}: first stream that differs`).toBe(-1);
}

function withDepths(plan: Plan, depth: number): Plan {
  const depths = plan.readers.map((readers) => readers.map(() => depth));
  return withFifoDepths(plan, depths);
}

test('random networks and folds move every element in the cycle that stepping finds', () => {
  for (let seed = 0; seed < 40; seed++) {
    const { network, fold } = randomCase(seed);
    const plan = planNetwork(network, fold);
    for (const depth of [2, 60, 70, 1000]) checkPlan(withDepths(plan, depth), `seed ${seed}, depths ${depth}`);
    checkPlan(sizeFifos(plan), `seed ${seed}`);
  }
});

test('so do depthwise and grouped convolutions, dilation and concatenations', () => {
  for (let seed = 0; seed < 60; seed++) {
    const { network, fold } = randomCase(seed, { spread: true, maxLayers: 4, maxSide: 7, maxWork: 30_000 });
    const plan = planNetwork(network, fold);
    for (const depth of [2, 60, 70, 1000]) checkPlan(withDepths(plan, depth), `seed ${seed}, depths ${depth}`);
    checkPlan(sizeFifos(plan), `seed ${seed}`);
  }
});

test('so do residual networks', () => {
  const network = lower(tinyResnet(1, { blocks: 1, side: 8 }), '7'.repeat(64));
  const plan = planNetwork(network, defaultFold(network));
  for (const depth of [2, 100, 1000]) checkPlan(withDepths(plan, depth), `depths ${depth}`);
});
