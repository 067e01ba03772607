/** What is said of a folded design: layers and how busy they are, what limits it, and what the next faster one costs. */
import type { IntNetwork } from '../../fixed/types.js';
import type { Cost } from '../cost/model.js';
import { areaOf } from '../cost/unit-cost.js';
import { outputPixels, weightedNodes } from '../lanes.js';
import { designTiming, type DesignTiming } from '../timing/timing.js';
import type { LayerFold } from '../types.js';
import { RESOURCES, resourceOf, type Resource } from './dominance.js';
import type { Goal, SolvedFold } from './goal.js';
import { bottleneck, frontier, nextFaster, RESOURCE_NAMES } from './solve.js';
import type { Budgets, FoldProblem, FoldSpace, Solution } from './types.js';

export interface LayerReport {
  readonly name: string;
  readonly fold: LayerFold;
  /** Static, a frame. */
  readonly cycles: number;
  /** Share of the interval between frames in which the engine works. */
  readonly busy: number;
  /** Lanes times cycles that add nothing, because SIMD does not divide the window, as a share of its lanes times cycles. */
  readonly idleLanes: number;
  readonly cost: Cost;
}

/** A design by its figures. */
export interface Point {
  readonly cycles: number;
  /** The layers that take that long. */
  readonly slowest: readonly string[];
  readonly fold: Solution['fold'];
  readonly area: number;
  readonly cost: Cost;
}

export interface FoldReport {
  readonly layers: readonly LayerReport[];
  /** Pools and shortcuts: cycles a frame and share of the interval, whatever the fold. */
  readonly others: readonly { readonly name: string; readonly cycles: number; readonly busy: number }[];
  /** Pools, shortcuts, ports and FIFOs of forks. */
  readonly rest: Cost;
  readonly total: Cost;
  readonly area: number;
  readonly cyclesPerFrame: number;
  readonly latencyCycles: number;
  /** Σ weights·pixels over all lanes: cycles a frame if every lane added in every cycle. */
  readonly lowerBoundCycles: number;
  /** Lower bound / cycles a frame. */
  readonly utilisation: number;
  /** Layers whose outputs come of comparisons with thresholds, without a multiplier. */
  readonly thresholds: readonly string[];
  /** The clock that the paths leave, estimated. */
  readonly timing: DesignTiming;
  readonly limits: string;
  /** The cheapest design that is faster; null where none is. */
  readonly nextFaster: Point | null;
}

export function foldReport(network: IntNetwork, { space, solution, schedule, goal }: SolvedFold): FoldReport {
  const problem = space.at(solution.cycles);
  const { cyclesPerFrame, latencyCycles } = schedule.prediction;
  const nodes = weightedNodes(network);
  const work = nodes.map((node) => outputPixels(node) * node.windowSize * node.outChannels);
  const lanes = solution.chosen.map(({ option: { fold } }) => fold.pe * fold.simd);
  const sum = (terms: readonly number[]): number => terms.reduce((total, each) => total + each, 0);
  const lowerBoundCycles = Math.ceil(sum(work) / sum(lanes));
  const next = nextFaster(space, solution);
  return {
    layers: solution.chosen.map(({ name, option: { fold, cycles, cost } }, i) => ({
      name,
      fold,
      cycles,
      busy: cycles / cyclesPerFrame,
      idleLanes: 1 - work[i]! / (lanes[i]! * cycles),
      cost,
    })),
    others: problem.fixed
      .filter(({ name }) => nodes.every((node) => node.name !== name))
      .map(({ name, cycles }) => ({ name, cycles, busy: cycles / cyclesPerFrame })),
    rest: problem.base,
    total: solution.cost,
    area: areaOf(solution.cost),
    cyclesPerFrame,
    latencyCycles,
    lowerBoundCycles,
    utilisation: lowerBoundCycles / cyclesPerFrame,
    thresholds: schedule.plan.layers.flatMap((layer) =>
      layer.kind === 'weighted' && layer.thresholds !== null ? [layer.node.name] : [],
    ),
    timing: designTiming(schedule.plan),
    limits: limitText(space, solution, next, goal),
    nextFaster: next && pointOf(space, next),
  };
}

/** The frontier that the budgets leave, by rising cycles. */
export function frontierPoints({ space, goal }: SolvedFold): Point[] {
  return frontier(space, goal.budgets).map((solution) => pointOf(space, solution));
}

function pointOf(space: FoldSpace, solution: Solution): Point {
  const { cycles, fold, cost } = solution;
  return { cycles, slowest: slowestOf(space.at(cycles), solution), fold, area: areaOf(cost), cost };
}

function slowestOf({ fixed }: FoldProblem, { cycles, chosen }: Solution): string[] {
  const engines = chosen.filter(({ option }) => option.cycles === cycles).map(({ name }) => name);
  const streams = fixed.filter((each) => each.cycles === cycles).map(({ name }) => name);
  return [...new Set([...engines, ...streams])];
}

/** Two names, and how many more there are. */
export function fewNames(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
}

/** Why no frame takes fewer cycles. */
function limitText(space: FoldSpace, solution: Solution, next: Solution | null, { cycles, budgets }: Goal): string {
  if (next === null) return `nothing is faster: ${bottleneck(space).text}`;
  const slowest = `${fewNames(slowestOf(space.at(solution.cycles), solution))} at ${solution.cycles} cycles`;
  const over = RESOURCES.filter((resource) => resourceOf(next.cost, resource) > (budgets[resource] ?? Infinity));
  // Without a target, a faster design that seemed to fit was given up for its FIFOs.
  if (over.length === 0) return `${cycles === null ? 'FIFOs of forks in faster designs' : 'the target'}: ${slowest}`;
  return `${over.map((resource) => budgetText(resource, budgets, next)).join(', ')}: ${slowest}`;
}

function budgetText(resource: Resource, budgets: Budgets, next: Solution): string {
  const { name, option } = RESOURCE_NAMES[resource];
  return `${option} ${budgets[resource]!} (the next faster design takes ${resourceOf(next.cost, resource)} ${name})`;
}
