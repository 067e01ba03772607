/**
 * Depths of the FIFOs behind forks: the least at which frames follow one another as closely as with FIFOs without end.
 *
 * Each depth is found by exact simulation of the schedule while the others keep theirs. A deeper FIFO never slows a design,
 * so that one pass over all leaves none that could be made smaller afterwards: what failed with deeper FIFOs beside it
 * fails with shallower ones too.
 */
import { elementCount } from '../../fixed/shapes.js';
import { STREAM_FIFO_DEPTH, withFifoDepths, type FifoDepths, type Plan } from '../plan.js';
import { Pipeline } from './pipeline.js';
import { runToSteadyState, steadyInterval } from './predict.js';

/** The plan with the depths that it needs. */
export function sizeFifos(plan: Plan): Plan {
  if (plan.readers.every((readers) => readers.length < 2)) return plan;
  return withFifoDepths(plan, leastDepths(plan));
}

/** Cycles between frames with FIFOs of these depths; Infinity where the design comes to a halt. */
export function intervalWith(plan: Plan, depths: FifoDepths): number {
  const pipeline = new Pipeline(withFifoDepths(plan, depths));
  return runToSteadyState(pipeline) ? steadyInterval(pipeline.output.frames) : Infinity;
}

/** Places that no FIFO fills: every layer and a FIFO before it hold less than a few frames. */
function endless(plan: Plan): number[][] {
  const shapes = [plan.network.input.shape, ...plan.layers.map(({ node }) => node.outputTensor.shape)];
  return plan.readers.map((readers, s) => readers.map(() => 4 * (plan.layers.length + 1) * elementCount(shapes[s]!)));
}

function leastDepths(plan: Plan): FifoDepths {
  const depths = endless(plan);
  const target = intervalWith(plan, depths);
  for (const [s, b] of branchesInOrder(plan)) {
    depths[s]![b] = leastDepth(depths[s]![b]!, (depth) => intervalWith(plan, replaced(depths, s, b, depth)) <= target);
  }
  return depths;
}

/** Branches into layers before shortcuts: what flows through a layer needs no depth where the shortcut has it. */
function branchesInOrder(plan: Plan): [stream: number, branch: number][] {
  const all = plan.readers.flatMap((readers, s) =>
    readers.length < 2 ? [] : readers.map(({ port }, b) => ({ port, place: [s, b] as [number, number] })),
  );
  const ofPort = (wanted: string) => all.filter(({ port }) => port === wanted).map(({ place }) => place);
  return [...ofPort('input'), ...ofPort('residual')];
}

function replaced(depths: readonly number[][], stream: number, branch: number, depth: number): number[][] {
  return depths.map((row, s) => row.map((old, b) => (s === stream && b === branch ? depth : old)));
}

/** The least depth that passes, given that `most` does. */
function leastDepth(most: number, passes: (depth: number) => boolean): number {
  if (passes(STREAM_FIFO_DEPTH)) return STREAM_FIFO_DEPTH;
  let low = STREAM_FIFO_DEPTH;
  let high = 2 * low;
  while (high < most && !passes(high)) [low, high] = [high, 2 * high];
  high = Math.min(high, most);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (passes(middle)) high = middle;
    else low = middle;
  }
  return high;
}
