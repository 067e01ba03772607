/**
 * The pipeline for a clock: of those with which every path of a layer is estimated short enough, the one of fewest flip-flops.
 * Registers are added to the default pipeline and never taken away; they cost no LUTs and no cycle a frame.
 */
import { FlexorError } from '../../base/errors.js';
import { layerCost } from '../cost/model.js';
import type { WeightedNode } from '../lanes.js';
import type { WeightedShape } from '../layers/types.js';
import { weightedShape } from '../layers/weighted/plan.js';
import { PIPELINE_REGISTERS, pipelineRule } from '../pipeline.js';
import type { LayerFold, LayerWidths } from '../types.js';
import { layerTiming, type EstimatedPath, type LayerPath } from './timing.js';

/** The clock that a design is to run at. */
export interface Clock {
  readonly mhz: number;
  /** A design that is estimated not to reach it is refused; else it is made as fast as its pipeline can be. */
  readonly check: boolean;
}

export interface PipelinedFold {
  readonly fold: LayerFold;
  /** The longest path with it. */
  readonly longest: EstimatedPath;
}

export function periodOf({ mhz }: Clock): number {
  return 1000 / mhz;
}

/** Every pipeline that the layer may have beside the default one; none where the fold says its own. */
function deeperPipelines({ node, fold, holdsWords }: WeightedShape): LayerFold[] {
  if (fold.treeLevels !== undefined || fold.registers !== undefined) return [];
  const decryptor = holdsWords ? 'hold' : 'shift';
  const possible = PIPELINE_REGISTERS.filter(
    (each) => pipelineRule(node, { ...fold, decryptor, registers: [each] }) === null,
  );
  let sets: (typeof possible)[] = [[]];
  for (const register of possible) sets = sets.flatMap((set) => [set, [...set, register]]);
  const registers = sets.map((set) => (set.length === 0 ? fold : { ...fold, registers: set }));
  return registers.flatMap((each) => [each, { ...each, treeLevels: 1 }]);
}

/** The fold with the pipeline of fewest flip-flops whose paths all keep the period; where none does, with the fastest one. */
export function pipelined(node: WeightedNode, fold: LayerFold, widths: LayerWidths, periodNs: number): PipelinedFold {
  const shape = weightedShape(node, fold, widths);
  const usual = { fold, longest: layerTiming(shape) };
  if (usual.longest.ns <= periodNs) return usual;
  const all = deeperPipelines(shape).map((each) => ({
    fold: each,
    longest: layerTiming({ ...shape, fold: each }),
  }));
  const keeping = all.filter(({ longest }) => longest.ns <= periodNs);
  if (keeping.length === 0) return all.reduce((best, each) => (each.longest.ns < best.longest.ns ? each : best), usual);
  const flipFlops = (each: PipelinedFold): number => layerCost({ ...shape, fold: each.fold }).flipFlops;
  return keeping.reduce((best, each) => (flipFlops(each) < flipFlops(best) ? each : best));
}

/** Throws for a path that takes longer than the clock leaves it. */
export function requireClock(clock: Clock | null, longest: LayerPath): void {
  if (clock === null || !clock.check || longest.ns <= periodOf(clock)) return;
  const { layer, path, module, ns } = longest;
  const where = layer === 'ports' ? 'the ports' : `layer ${layer}`;
  throw new FlexorError(
    'fold',
    `--clock-mhz ${clock.mhz} cannot be met: in ${where} ${path} (${module}) takes ${ns.toFixed(2)} ns of the ` +
      `${periodOf(clock).toFixed(2)} that there are, as estimated for UltraScale+ before placement; that leaves at most ` +
      `${Math.floor(1000 / ns)} MHz, and --no-clock-check goes on all the same`,
  );
}

/** The layer that is slowest of those for which no fold keeps the clock, with its fastest fold; null where all have one. */
export function slowestLayer(
  layers: readonly {
    readonly node: WeightedNode;
    readonly widths: LayerWidths;
    readonly folds: readonly LayerFold[];
  }[],
  clock: Clock,
): LayerPath | null {
  let slowest: LayerPath | null = null;
  for (const { node, widths, folds } of layers) {
    const best = fastest(node, widths, folds, periodOf(clock));
    if (best !== null && best.ns > periodOf(clock) && best.ns > (slowest?.ns ?? 0))
      slowest = { layer: node.name, ...best };
  }
  return slowest;
}

/** The first of these folds that keeps the period, else the fastest one; null without folds. */
function fastest(
  node: WeightedNode,
  widths: LayerWidths,
  folds: readonly LayerFold[],
  periodNs: number,
): EstimatedPath | null {
  let best: EstimatedPath | null = null;
  for (const fold of folds) {
    const { longest } = pipelined(node, fold, widths, periodNs);
    if (best === null || longest.ns < best.ns) best = longest;
    if (best.ns <= periodNs) break;
  }
  return best;
}
