/**
 * Cycle-exact prediction: steps the control of every unit (not the data) with an input that is always valid and an output
 * that is always ready, until the interval between frames repeats. Schedules are static, so what repeats once goes on.
 */
import { invariant } from '../../base/errors.js';
import { elementCount } from '../../fixed/shapes.js';
import { cyclesPerPixel, unweightedCycles } from '../fold.js';
import type { LayerPlan, Plan } from '../plan.js';
import type { FrameTiming, Prediction } from '../types.js';
import { Pipeline, type OnTransfer } from './pipeline.js';

/** The interval must come out equal this many times in a row. */
const EQUAL_INTERVALS = 2;
/** Frames after which the average is taken of an interval that alternates. */
const MAX_FRAMES = 12;

/** Static busy cycles a frame of a layer's slowest unit: engine, window or requantiser. */
export function layerCycles(layer: LayerPlan): number {
  if (layer.kind !== 'weighted') return unweightedCycles(layer.node);
  return Math.max(cyclesPerPixel(layer.node, layer.fold) * layer.pixels, elementCount(layer.node.outputTensor.shape));
}

function repeats(frames: readonly FrameTiming[]): boolean {
  if (frames.length < EQUAL_INTERVALS + 2) return false;
  const intervals = frames.slice(1).map((frame, i) => frame.last - frames[i]!.last);
  return intervals.slice(-EQUAL_INTERVALS - 1).every((interval) => interval === intervals.at(-1));
}

/** Runs a plan until the interval between frames repeats. False where it comes to a halt before. */
export function runToSteadyState(pipeline: Pipeline): boolean {
  const { frames } = pipeline.output;
  do {
    if (!runsOneFrame(pipeline)) return false;
  } while (!repeats(frames) && frames.length < MAX_FRAMES);
  return true;
}

/** Runs on until one more frame is out. False where that never comes. */
export function runsOneFrame(pipeline: Pipeline): boolean {
  const { frames } = pipeline.output;
  const seen = frames.length;
  while (frames.length === seen) if (!pipeline.step()) return false;
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
  const pipeline = new Pipeline(plan, onTransfer);
  invariant(runToSteadyState(pipeline), 'the predicted schedule comes to a halt');
  const output = pipeline.output.frames;
  let busiest = { unit: 'input stream', cycles: plan.inputElements };
  for (const layer of plan.layers) {
    const cycles = layerCycles(layer);
    if (cycles > busiest.cycles) busiest = { unit: layer.node.name, cycles };
  }
  const cyclesPerFrame = steadyInterval(output);
  return {
    latencyCycles: output[0]!.last,
    cyclesPerFrame,
    busiest,
    bottleneckUtilisation: busiest.cycles / cyclesPerFrame,
    streams: pipeline.recorders.map(({ frames }) => frames.slice(0, output.length)),
    output,
  };
}
