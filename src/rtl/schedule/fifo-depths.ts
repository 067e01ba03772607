/**
 * Depths of the FIFOs behind forks: the least at which frames follow one another as closely as with FIFOs without end.
 *
 * The search runs on segments of the design, such as a residual block, between an input that is always valid and an output that
 * is always ready. What comes to a halt there does so in the design, where the neighbours are slower; that it suffices there as
 * well, one run of the whole design tells, and where it does not, the search goes on there.
 */
import { STREAM_FIFO_DEPTH } from '../fifo-sizes.js';
import { isBuffered, withFifoDepths, type FifoDepths, type Plan } from '../plan.js';
import type { Prediction } from '../types.js';
import {
  branchesInOrder,
  endless,
  intervalWith,
  leastDepths,
  likelyDepths,
  replaced,
  shallowest,
  type DepthSearch,
  type Found,
} from './branch-depths.js';
import { busiestUnit, predict, predictUnlessHalted } from './predict.js';
import { lastSegments, schedulesAlike, segmentsOf, type Segment } from './segments.js';

/** A plan with the depths that it needs. */
export interface Schedule {
  readonly plan: Plan;
  readonly prediction: Prediction;
}

/** Finds the depths that a plan needs, and predicts it with them. */
export function schedulePlan(plan: Plan): Schedule {
  if (!plan.readers.some(isBuffered)) return { plan, prediction: predict(plan) };
  // What keeps up with the busiest unit reaches what endless FIFOs would, and they need not be measured.
  const { cycles } = busiestUnit(plan);
  const soon = likelySchedule(plan, cycles);
  if (soon !== null) return soon;
  // Behind a late first frame, endless FIFOs let the next ones catch up for a while, faster than the busiest unit.
  const target = Math.max(cycles, intervalWith(plan, endless(plan)));
  return (target > cycles ? likelySchedule(plan, target) : null) ?? searchedSchedule(plan, target);
}

/** With the depths that rows tell, which is soon done; null where a measurement does not bear them out. */
function likelySchedule(plan: Plan, target: number): Schedule | null {
  const found = leastOf(short(plan), shallowest(plan), target, likelyDepths);
  if (found === null) return null;
  const sized = withFifoDepths(plan, found.depths);
  const prediction = predictUnlessHalted(sized);
  if (prediction === null || prediction.cyclesPerFrame > target || !isProven(plan, found)) return null;
  return { plan: sized, prediction };
}

function searchedSchedule(plan: Plan, target: number): Schedule {
  let found = leastOf(short(plan), shallowest(plan), target, leastDepths)!;
  let { sized, prediction, reached } = tried(plan, found, target);
  if (!reached) {
    // Joints of more than two ask for more: told by longer stretches, which take less time than the whole.
    found = leastOf(long(plan), found, target, leastDepths)!;
    ({ sized, prediction, reached } = tried(plan, found, target));
  }
  if (reached && isProven(plan, found)) return { plan: sized, prediction: prediction! };
  const enough = reached ? found : leastDepths(plan, found, target);
  const least = withFifoDepths(plan, reduced(plan, enough, target));
  return { plan: least, prediction: predict(least) };
}

function tried(plan: Plan, { depths }: Found, target: number) {
  const sized = withFifoDepths(plan, depths);
  const prediction = predictUnlessHalted(sized);
  return { sized, prediction, reached: prediction !== null && prediction.cyclesPerFrame <= target };
}

/** The plan with the depths that it needs. */
export function sizeFifos(plan: Plan): Plan {
  return schedulePlan(plan).plan;
}

function isProven(plan: Plan, { depths, proven }: Found): boolean {
  return branchesInOrder(plan).every(([s, b]) => depths[s]![b]! <= STREAM_FIFO_DEPTH || proven[s]![b]!());
}

/** Every segment for itself, then neighbours together, whose joints may ask for a little more. */
function short(plan: Plan): Segment[] {
  return [...segmentsOf(plan, 1), ...segmentsOf(plan, 2)];
}

/** Stretches of several segments, and those at the end with the layers behind them, which may hold them up. */
function long(plan: Plan): Segment[] {
  return [...segmentsOf(plan, 4), ...lastSegments(plan, 2)];
}

/**
 * The least depths of one segment after the other, none below those of `from` or of those before it. Segments with equal
 * schedules are sized once. Null where the search fails on one.
 */
function leastOf(segments: readonly Segment[], from: Found, target: number, search: DepthSearch): Found | null {
  const [depths, proven] = [[...from.depths], [...from.proven]];
  const done: { readonly segment: Plan; readonly found: Found }[] = [];
  for (const { plan: stretch, firstStream } of segments) {
    const here = <T>(rows: readonly T[]): T[] => rows.slice(firstStream, firstStream + stretch.layers.length + 1);
    const known = { depths: here(depths), proven: here(proven) };
    const segment = withFifoDepths(stretch, known.depths);
    const same = done.find((each) => schedulesAlike(each.segment, segment));
    const found = same?.found ?? search(segment, known, target);
    if (found === null) return null;
    if (same === undefined) done.push({ segment, found });
    for (let s = 0; s < stretch.layers.length; s++) {
      depths[firstStream + s] = found.depths[s]!;
      proven[firstStream + s] = found.proven[s]!;
    }
  }
  return { depths, proven };
}

/**
 * Depths none of which could be one less. Frames of a few cycles may seem uneven in a segment alone; here the whole design
 * has the last word.
 */
function reduced(plan: Plan, found: Found, target: number): FifoDepths {
  let { depths } = found;
  for (const [s, b] of branchesInOrder(plan)) {
    while (depths[s]![b]! > STREAM_FIFO_DEPTH && !found.proven[s]![b]!()) {
      const less = replaced(depths, s, b, depths[s]![b]! - 1);
      if (intervalWith(plan, less) > target) break;
      depths = less;
    }
  }
  return depths;
}
