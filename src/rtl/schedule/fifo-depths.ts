/**
 * Depths of the FIFOs behind forks: the least at which frames follow one another as closely as with FIFOs without end.
 *
 * A depth is found by exact simulation of the schedule while the others keep theirs. A deeper FIFO never slows a design, so
 * that one pass over all leaves none that could be made smaller afterwards: what failed with deeper FIFOs beside it fails
 * with shallower ones too. The search runs on segments of the design, such as a residual block, between an input that is
 * always valid and an output that is always ready. What fails there fails in the design, where the neighbours are slower; that
 * it suffices there as well, one run of the whole design tells, and where it does not, the search goes on there.
 */
import { elementCount } from '../../fixed/shapes.js';
import { isForked } from '../graph.js';
import { STREAM_FIFO_DEPTH, withFifoDepths, type FifoDepths, type Plan } from '../plan.js';
import { Pipeline } from './pipeline.js';
import { runsOneFrame, runToSteadyState, steadyInterval } from './predict.js';
import { segmentsOf } from './segments.js';

/** The plan with the depths that it needs. */
export function sizeFifos(plan: Plan): Plan {
  if (!plan.readers.some(isForked)) return plan;
  const target = intervalWith(plan, endless(plan));
  const least = shallowest(plan);
  for (const { plan: segment, firstStream } of segmentsOf(plan)) {
    const found = leastDepths(segment, shallowest(segment), target);
    for (const [s, depths] of found.entries()) if (depths.length > 0) least[firstStream + s] = depths;
  }
  const enough = intervalWith(plan, least) <= target;
  return withFifoDepths(plan, reduced(plan, enough ? least : leastDepths(plan, least, target), target));
}

/**
 * Depths none of which could be one less. Frames of a few cycles may seem uneven in a segment alone; here the whole design
 * has the last word.
 */
function reduced(plan: Plan, depths: number[][], target: number): FifoDepths {
  for (const [s, b] of branchesInOrder(plan)) {
    while (depths[s]![b]! > STREAM_FIFO_DEPTH) {
      const less = replaced(depths, s, b, depths[s]![b]! - 1);
      if (intervalWith(plan, less) > target) break;
      depths = less;
    }
  }
  return depths;
}

/** Cycles between frames with FIFOs of these depths; Infinity where the design comes to a halt. */
export function intervalWith(plan: Plan, depths: FifoDepths): number {
  return interval(withFifoDepths(plan, depths));
}

function interval(plan: Plan): number {
  const pipeline = new Pipeline(plan);
  return runToSteadyState(pipeline) ? steadyInterval(pipeline.output.frames) : Infinity;
}

function shallowest(plan: Plan): number[][] {
  return plan.readers.map((readers) => readers.map(() => STREAM_FIFO_DEPTH));
}

/** Places that no FIFO fills: every layer and a FIFO before it hold less than a few frames. */
function endless(plan: Plan): number[][] {
  const shapes = [plan.network.input.shape, ...plan.layers.map(({ node }) => node.outputTensor.shape)];
  return plan.readers.map((readers, s) => readers.map(() => 4 * (plan.layers.length + 1) * elementCount(shapes[s]!)));
}

/** The least depths that reach the target, none below `from`, under which it is known to be missed. */
function leastDepths(plan: Plan, from: FifoDepths, target: number): number[][] {
  const depths = endless(plan);
  for (const [s, b] of branchesInOrder(plan)) {
    const most = depths[s]![b]!;
    const at = (depth: number): Plan => withFifoDepths(plan, replaced(depths, s, b, depth));
    // Where no frame comes through at all a short run tells.
    const flowing = leastDepth(from[s]![b]!, most, (depth) => runsOneFrame(new Pipeline(at(depth))));
    depths[s]![b] = leastDepth(flowing, most, (depth) => interval(at(depth)) <= target);
  }
  return depths;
}

/** Branches into layers before shortcuts: what flows through a layer needs no depth where the shortcut has it. */
function branchesInOrder(plan: Plan): [stream: number, branch: number][] {
  const all = plan.readers.flatMap((readers, s) =>
    isForked(readers) ? readers.map(({ port }, b) => ({ port, place: [s, b] as [number, number] })) : [],
  );
  const ofPort = (wanted: string) => all.filter(({ port }) => port === wanted).map(({ place }) => place);
  return [...ofPort('input'), ...ofPort('residual')];
}

function replaced(depths: readonly number[][], stream: number, branch: number, depth: number): number[][] {
  return depths.map((row, s) => row.map((old, b) => (s === stream && b === branch ? depth : old)));
}

/** The least depth from `least` on that passes, given that `most` does. */
function leastDepth(least: number, most: number, passes: (depth: number) => boolean): number {
  if (passes(least)) return least;
  let low = least;
  let high = low + 1;
  while (high < most && !passes(high)) [low, high] = [high, 2 * high - least + 1];
  high = Math.min(high, most);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (passes(middle)) high = middle;
    else low = middle;
  }
  return high;
}
