/**
 * The least depths of the FIFOs behind the forks of a plan, found by exact simulation of its schedule. A depth is looked for
 * while the others keep theirs: a deeper FIFO never slows a design, so that one pass over all leaves none that could be made
 * smaller afterwards: what failed with deeper FIFOs beside it fails with shallower ones too.
 */
import { beatsOf } from '../beats.js';
import { STREAM_FIFO_DEPTH } from '../fifo-sizes.js';
import { layerCycles } from '../layers/index.js';
import { isBuffered, withFifoDepths, type FifoDepths, type Plan } from '../plan.js';
import { leastDepth, type Measured } from './least-depth.js';
import { Pipeline } from './pipeline.js';
import { repeats, runFrames, runToSteadyState, steadyInterval } from './predict.js';

/** Rows of a frame whose speed tells that of the others, but for what happens between frames. */
const ROWS = 4;

/** Depths found for a plan. */
export interface Found {
  readonly depths: number[][];
  /** By stream and branch: whether one place less makes it slower for certain. */
  readonly proven: (() => boolean)[][];
}

/** Looks for the least depths of a plan that reach the target, none below those of `from`; null where it cannot tell. */
export type DepthSearch = (plan: Plan, from: Found, target: number) => Found | null;

/** Cycles between frames with FIFOs of these depths; Infinity where the design comes to a halt. */
export function intervalWith(plan: Plan, depths: FifoDepths): number {
  return measured(withFifoDepths(plan, depths)).interval;
}

export function measured(plan: Plan): Measured {
  const frames = runToSteadyState(new Pipeline(plan));
  if (frames === null) return { interval: Infinity, exact: true };
  return { interval: steadyInterval(frames), exact: repeats(frames) };
}

export function shallowest(plan: Plan): Found {
  return {
    depths: plan.readers.map((readers) => readers.map(() => STREAM_FIFO_DEPTH)),
    proven: plan.readers.map((readers) => readers.map(() => () => false)),
  };
}

export function endless(plan: Plan): number[][] {
  return plan.readers.map((readers) => readers.map(() => Infinity));
}

/**
 * The least depths for a target that can be reached. The first rows of a frame mostly tell them, and two kinds of measurement
 * confirm that: these depths reach the target, one place less does not.
 */
export function leastDepths(plan: Plan, from: Found, target: number): Found {
  const measure = remembering(measured);
  if (measure(withFifoDepths(plan, from.depths)).interval <= target) return from;
  const guess = depthsOfRows(plan, from, target);
  return confirmed(plan, from, guess, target, measure) ?? leastPassing(plan, from, target, measure, guess);
}

/**
 * What the first rows tell alone; that less would not do is measured once it is asked for, that these depths reach the target is
 * for the design to show. The target may be out of reach.
 */
export function likelyDepths(plan: Plan, from: Found, target: number): Found | null {
  if (plan.layers.at(-1)!.node.outputTensor.shape.height === 1) {
    return intervalWith(plan, endless(plan)) <= target ? leastDepths(plan, from, target) : null;
  }
  const depths = depthsOfRows(plan, from, target);
  // Of several that are raised one may make up for another: what they share out must be right before neighbours raise more.
  const raised = branchesInOrder(plan).filter(([s, b]) => depths[s]![b]! > from.depths[s]![b]!);
  if (raised.length > 1 && intervalWith(plan, depths) > target) return null;
  const proven = depths.map((row, s) =>
    row.map((depth, b) => {
      if (depth === from.depths[s]![b]!) return from.proven[s]![b]!;
      return once(() => {
        const { interval, exact } = measured(withFifoDepths(plan, replaced(depths, s, b, depth - 1)));
        return interval > target && exact;
      });
    }),
  );
  return { depths, proven };
}

function once(decide: () => boolean): () => boolean {
  let known: boolean | null = null;
  return () => (known ??= decide());
}

/**
 * The least depths at which the first rows come as fast as with endless FIFOs. Where the rest of the design leaves a plan more
 * time than it needs, they may take that much longer.
 */
function depthsOfRows(plan: Plan, from: Found, target: number): number[][] {
  const free = withFifoDepths(plan, endless(plan));
  const slack = Math.max(1, target / Math.max(...plan.layers.map(layerCycles)));
  const rows = remembering((candidate) => ({ interval: cyclesOfRows(candidate), exact: true }));
  return leastPassing(plan, from, rows(free).interval * slack, rows, from.depths).depths;
}

/** A measurement that is made once for the same depths of one plan. */
function remembering(measure: (plan: Plan) => Measured): (plan: Plan) => Measured {
  const made = new Map<string, Measured>();
  return (plan) => {
    const key = plan.readers.map((readers) => readers.map(({ fifoDepth }) => fifoDepth).join()).join(' ');
    const found = made.get(key) ?? measure(plan);
    made.set(key, found);
    return found;
  };
}

/** Depths with the proof that they are the least; null where they are not. */
function confirmed(
  plan: Plan,
  from: Found,
  depths: number[][],
  target: number,
  measure: (plan: Plan) => Measured,
): Found | null {
  const proven = from.proven.map((row) => [...row]);
  for (const [s, b] of branchesInOrder(plan)) {
    const depth = depths[s]![b]!;
    if (depth === from.depths[s]![b]!) continue;
    const less = measure(withFifoDepths(plan, replaced(depths, s, b, depth - 1)));
    if (less.interval <= target) return null;
    proven[s]![b] = () => less.exact;
  }
  return measure(withFifoDepths(plan, depths)).interval <= target ? { depths, proven } : null;
}

/**
 * The least depths with which a measurement is at most `target`, none below those of `from`: branch by branch, while those
 * to come are endless. What can stay at `from` is found for many at once; what cannot is looked for around `guess`.
 */
function leastPassing(
  plan: Plan,
  from: Found,
  target: number,
  measure: (plan: Plan) => Measured,
  guess: FifoDepths,
): Found {
  let depths = endless(plan);
  const proven = from.proven.map((row) => [...row]);
  const order = branchesInOrder(plan);
  for (let next = 0; next < order.length; next++) {
    const keeping = (count: number): number[][] =>
      order.slice(next, count).reduce((all, [s, b]) => replaced(all, s, b, from.depths[s]![b]!), depths);
    const passes = (count: number): boolean => measure(withFifoDepths(plan, keeping(count))).interval <= target;
    const kept = mostPassing(next, order.length, passes);
    depths = keeping(kept);
    if (kept === order.length) break;
    next = kept;
    const [s, b] = order[next]!;
    const at = (depth: number): Measured => measure(withFifoDepths(plan, replaced(depths, s, b, depth)));
    const least = leastDepth(from.depths[s]![b]!, depths[s]![b]!, target, at, guess[s]![b]!, pixelBeats(plan, s));
    depths = replaced(depths, s, b, least.depth);
    proven[s]![b] = () => least.proven;
  }
  return { depths, proven };
}

/** Transfers of a pixel on a stream. */
function pixelBeats({ network, layers, widths }: Plan, stream: number): number {
  const { shape } = stream === 0 ? network.input : layers[stream - 1]!.node.outputTensor;
  return beatsOf(shape.channels, widths[stream]!);
}

/** Cycles from the first row of the first frame to some rows after it; Infinity where the plan comes to a halt before. */
function cyclesOfRows(plan: Plan): number {
  const { height, width, channels } = plan.layers.at(-1)!.node.outputTensor.shape;
  const rows = Math.min(height, ROWS);
  const pipeline = new Pipeline(plan, undefined, beatsOf(width * channels, plan.widths.at(-1)!));
  if (!runFrames(pipeline, rows)) return Infinity;
  const { frames } = pipeline.output;
  return frames[rows - 1]!.last - frames[0]!.last;
}

/** The most that passes, given that `least` does and that nothing passes behind what fails. */
function mostPassing(least: number, most: number, passes: (count: number) => boolean): number {
  if (passes(most)) return most;
  let [low, high] = [least, most];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (passes(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Branches into layers before shortcuts: what flows through a layer needs no depth where the shortcut has it. */
export function branchesInOrder(plan: Plan): [stream: number, branch: number][] {
  const all = plan.readers.flatMap((readers, s) =>
    isBuffered(readers) ? readers.map(({ joins }, b) => ({ joins, place: [s, b] as [number, number] })) : [],
  );
  const branches = (joining: boolean) => all.filter(({ joins }) => joins === joining).map(({ place }) => place);
  return [...branches(false), ...branches(true)];
}

export function replaced(depths: readonly number[][], stream: number, branch: number, depth: number): number[][] {
  return depths.map((row, s) => row.map((old, b) => (s === stream && b === branch ? depth : old)));
}
