/**
 * Depths of the FIFOs behind forks: the least at which frames follow one another as closely as with FIFOs without end.
 *
 * A depth is found by exact simulation of the schedule while the others keep theirs. A deeper FIFO never slows a design, so
 * that one pass over all leaves none that could be made smaller afterwards: what failed with deeper FIFOs beside it fails
 * with shallower ones too. The search runs on segments of the design, such as a residual block, between an input that is
 * always valid and an output that is always ready. What comes to a halt there does so in the design, where the neighbours
 * are slower; that it suffices there as well, one run of the whole design tells, and where it does not, the search goes on
 * there.
 */
import { isBuffered, STREAM_FIFO_DEPTH, withFifoDepths, type FifoDepths, type Plan } from '../plan.js';
import type { Prediction } from '../types.js';
import { leastDepth, type Measured } from './least-depth.js';
import { Pipeline } from './pipeline.js';
import {
  busiestUnit,
  layerCycles,
  predict,
  predictUnlessHalted,
  repeats,
  runBeats,
  runToSteadyState,
  steadyInterval,
} from './predict.js';
import { schedulesAlike, segmentsOf } from './segments.js';

/** Rows of a frame whose speed tells that of the others, but for what happens between frames. */
const ROWS = 4;

/** Depths found for a plan. */
interface Found {
  readonly depths: number[][];
  /** By stream and branch: one place less is known to make it slower. */
  readonly proven: boolean[][];
}

/** A plan with the depths that it needs. */
export interface Schedule {
  readonly plan: Plan;
  readonly prediction: Prediction;
}

/** Finds the depths that a plan needs, and predicts it with them. */
export function schedulePlan(plan: Plan): Schedule {
  if (!plan.readers.some(isBuffered)) return { plan, prediction: predict(plan) };
  // Behind a late first frame, endless FIFOs let the next ones catch up for a while, faster than the busiest unit.
  const target = Math.max(busiestUnit(plan).cycles, intervalWith(plan, endless(plan)));
  const found = leastBySegments(plan, target);
  const sized = withFifoDepths(plan, found.depths);
  const prediction = predictUnlessHalted(sized);
  const reached = prediction !== null && prediction.cyclesPerFrame <= target;
  if (reached && isProven(found)) return { plan: sized, prediction };
  const enough = reached ? found : leastDepths(plan, found, target);
  const least = withFifoDepths(plan, reduced(plan, enough, target));
  return { plan: least, prediction: predict(least) };
}

/** The plan with the depths that it needs. */
export function sizeFifos(plan: Plan): Plan {
  return schedulePlan(plan).plan;
}

function isProven({ depths, proven }: Found): boolean {
  return depths.every((row, s) => row.every((depth, b) => depth <= STREAM_FIFO_DEPTH || proven[s]![b]!));
}

/**
 * The least depths of every segment for itself, then of neighbours together, whose joints may ask for a little more.
 * Segments with equal schedules are sized once.
 */
function leastBySegments(plan: Plan, target: number): Found {
  const whole = shallowest(plan);
  const done: { readonly segment: Plan; readonly found: Found }[] = [];
  for (const { plan: stretch, firstStream } of [...segmentsOf(plan, 1), ...segmentsOf(plan, 2)]) {
    const here = <T>(rows: readonly T[]): T[] => rows.slice(firstStream, firstStream + stretch.layers.length + 1);
    const from = { depths: here(whole.depths), proven: here(whole.proven) };
    const segment = withFifoDepths(stretch, from.depths);
    const same = done.find((each) => schedulesAlike(each.segment, segment));
    const found = same?.found ?? leastDepths(segment, from, target);
    if (same === undefined) done.push({ segment, found });
    for (let s = 0; s < stretch.layers.length; s++) {
      whole.depths[firstStream + s] = found.depths[s]!;
      whole.proven[firstStream + s] = found.proven[s]!;
    }
  }
  return whole;
}

/**
 * Depths none of which could be one less. Frames of a few cycles may seem uneven in a segment alone; here the whole design
 * has the last word.
 */
function reduced(plan: Plan, found: Found, target: number): FifoDepths {
  let { depths } = found;
  for (const [s, b] of branchesInOrder(plan)) {
    while (depths[s]![b]! > STREAM_FIFO_DEPTH && !found.proven[s]![b]!) {
      const less = replaced(depths, s, b, depths[s]![b]! - 1);
      if (intervalWith(plan, less) > target) break;
      depths = less;
    }
  }
  return depths;
}

/** Cycles between frames with FIFOs of these depths; Infinity where the design comes to a halt. */
export function intervalWith(plan: Plan, depths: FifoDepths): number {
  return measured(withFifoDepths(plan, depths)).interval;
}

function measured(plan: Plan): Measured {
  const frames = runToSteadyState(new Pipeline(plan));
  if (frames === null) return { interval: Infinity, exact: true };
  return { interval: steadyInterval(frames), exact: repeats(frames) };
}

function shallowest(plan: Plan): Found {
  return {
    depths: plan.readers.map((readers) => readers.map(() => STREAM_FIFO_DEPTH)),
    proven: plan.readers.map((readers) => readers.map(() => false)),
  };
}

function endless(plan: Plan): number[][] {
  return plan.readers.map((readers) => readers.map(() => Infinity));
}

/**
 * The least depths that reach the target, none below those of `from`. The first rows of a frame mostly tell them, and two
 * kinds of measurement confirm that: these depths reach the target, one place less does not. Where the rest of the design
 * leaves a plan more time than it needs, its rows may take that much longer; then they tell where to look.
 */
function leastDepths(plan: Plan, from: Found, target: number): Found {
  const measure = remembering(measured);
  if (measure(withFifoDepths(plan, from.depths)).interval <= target) return from;
  const free = withFifoDepths(plan, endless(plan));
  const slack = Math.max(1, target / Math.max(...plan.layers.map(layerCycles)));
  const rows = remembering((candidate) => ({ interval: cyclesOfRows(candidate), exact: true }));
  const guess = leastPassing(plan, from, rows(free).interval * slack, rows, from.depths);
  return (
    confirmed(plan, from, guess.depths, target, measure) ?? leastPassing(plan, from, target, measure, guess.depths)
  );
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
    proven[s]![b] = less.exact;
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
    const least = leastDepth(from.depths[s]![b]!, depths[s]![b]!, target, at, guess[s]![b]!);
    depths = replaced(depths, s, b, least.depth);
    proven[s]![b] = least.proven;
  }
  return { depths, proven };
}

/** Cycles from the first row of the first frame to some rows after it; Infinity where the plan comes to a halt before. */
function cyclesOfRows(plan: Plan): number {
  const { height, width, channels } = plan.layers.at(-1)!.node.outputTensor.shape;
  const pipeline = new Pipeline(plan);
  const row = (width * channels) / plan.widths.at(-1)!;
  if (!runBeats(pipeline, row)) return Infinity;
  const first = pipeline.output.lastCycle;
  return runBeats(pipeline, Math.min(height, ROWS) * row) ? pipeline.output.lastCycle - first : Infinity;
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
function branchesInOrder(plan: Plan): [stream: number, branch: number][] {
  const all = plan.readers.flatMap((readers, s) =>
    isBuffered(readers) ? readers.map(({ port }, b) => ({ port, place: [s, b] as [number, number] })) : [],
  );
  const ofPort = (wanted: string) => all.filter(({ port }) => port === wanted).map(({ place }) => place);
  return [...ofPort('input'), ...ofPort('residual')];
}

function replaced(depths: readonly number[][], stream: number, branch: number, depth: number): number[][] {
  return depths.map((row, s) => row.map((old, b) => (s === stream && b === branch ? depth : old)));
}
