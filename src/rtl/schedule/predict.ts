/**
 * Cycle-exact prediction: computes when every element moves (not its value) with an input that is always valid and an output
 * that is always ready, until the interval between frames repeats. Schedules are static, so what repeats once goes on.
 */
import { invariant } from '../../base/errors.js';
import { beatsOf } from '../beats.js';
import { layerCycles } from '../layers/index.js';
import type { Plan } from '../plan.js';
import type { FrameTiming, Prediction } from '../types.js';
import { Pipeline, type OnTransfer } from './pipeline.js';

/** The interval must come out equal this many times in a row. */
const EQUAL_INTERVALS = 2;
/** Frames after which the average is taken of an interval that alternates. */
const MAX_FRAMES = 12;

/** The unit with the most static cycles a frame. */
export function busiestUnit(plan: Plan): Prediction['busiest'] {
  let busiest = { unit: 'input stream', cycles: beatsOf(plan.inputElements, plan.widths[0]!) };
  for (const layer of plan.layers) {
    const cycles = layerCycles(layer);
    if (cycles > busiest.cycles) busiest = { unit: layer.node.name, cycles };
  }
  return busiest;
}

/** The interval has come out equal often enough. */
export function repeats(frames: readonly FrameTiming[]): boolean {
  if (frames.length < EQUAL_INTERVALS + 2) return false;
  const intervals = frames.slice(1).map((frame, i) => frame.last - frames[i]!.last);
  return intervals.slice(-EQUAL_INTERVALS - 1).every((interval) => interval === intervals.at(-1));
}

/** Runs a plan until the interval between frames repeats; returns the frames up to there, null where it comes to a halt. */
export function runToSteadyState(pipeline: Pipeline): readonly FrameTiming[] | null {
  for (let count = 1; ; count++) {
    if (!runFrames(pipeline, count)) return null;
    const frames = pipeline.output.frames.slice(0, count);
    if (repeats(frames) || count === MAX_FRAMES) return frames;
  }
}

/** Runs on until so many frames are out. False where that never comes. */
export function runFrames(pipeline: Pipeline, count: number): boolean {
  while (pipeline.output.frames.length < count) if (!pipeline.pass()) return false;
  return true;
}

/** Cycles between frames in steady state. */
export function steadyInterval(output: readonly FrameTiming[]): number {
  const intervals = output.slice(1).map((frame, i) => frame.last - output[i]!.last);
  // Where the interval alternates (it does not repeat within MAX_FRAMES) the average of the second half stands for it.
  const steady = repeats(output) ? intervals.slice(-1) : intervals.slice(intervals.length >> 1);
  return steady.reduce((sum, interval) => sum + interval, 0) / steady.length;
}

/** Predicts a plan. `onTransfer` hears of every transfer on every stream, to find where a measurement first deviates. */
export function predict(plan: Plan, onTransfer?: OnTransfer): Prediction {
  const prediction = predictUnlessHalted(plan, onTransfer);
  invariant(prediction !== null, 'the predicted schedule comes to a halt');
  return prediction;
}

/** As `predict`; null where the plan comes to a halt. */
export function predictUnlessHalted(plan: Plan, onTransfer?: OnTransfer): Prediction | null {
  const pipeline = new Pipeline(plan, onTransfer);
  const output = runToSteadyState(pipeline);
  if (output === null) return null;
  const busiest = busiestUnit(plan);
  const cyclesPerFrame = steadyInterval(output);
  return {
    latencyCycles: output[0]!.last,
    cyclesPerFrame,
    busiest,
    bottleneckUtilisation: busiest.cycles / cyclesPerFrame,
    streams: framesUntil(pipeline, output),
    output,
  };
}

/** By stream, the frames that are through when the last of `output` is. */
function framesUntil(pipeline: Pipeline, output: readonly FrameTiming[]): FrameTiming[][] {
  const end = output.at(-1)!.last;
  return pipeline.recorders.map((recorder) => {
    while (recorder.frames.length < output.length && recorder.lastCycle <= end) pipeline.pass();
    return recorder.frames.filter(({ last }) => last <= end).slice(0, output.length);
  });
}
