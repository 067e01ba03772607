/** The fold of a design: the default, one for a target, or the user's, completed and checked. */
import { own } from '../../base/dictionary.js';
import { FlexorError } from '../../base/errors.js';
import type { IntNetwork } from '../../fixed/types.js';
import { isWeighted } from '../../graph/order.js';
import { NO_COST } from '../cost/model.js';
import { feedOf, isIllegal, legalFolds } from '../fold.js';
import { weightedNodes, type WeightedNode } from '../lanes.js';
import { pipelineRule } from '../pipeline.js';
import { inputWidthFault, layerWidths, streamWidths, widthFault, withWidths } from '../stream-widths.js';
import { periodOf, pipelined, type Clock } from '../timing/choose.js';
import type { Fold, LayerFold, WeightSources } from '../types.js';
import { sharedSumsRule } from '../shared-sums.js';
import { tableLanesRule } from '../units/lane-tables/lanes.js';
import { fixedCycles, frameCycles, NetworkFolds } from './problem.js';
import { isLoaded, mostRowsPerWord, ramStyleRule, sourceOf, withSource } from '../weight-memory.js';
import { withRowsPerWord } from './rows-per-word.js';
import { solveForCycles } from './solve.js';
import { NO_BUDGETS } from './types.js';

/** Lanes that the default fold gives to the slowest layer. */
const DEFAULT_LANES = 64;

/** Cycles a frame with at most DEFAULT_LANES additions a cycle in the slowest layer and one element a beat on all streams. */
export function defaultCycles(network: IntNetwork): number {
  const slowest = weightedNodes(network).map((node) => {
    const folds = legalFolds(node).filter((fold) => fold.pe * fold.simd <= DEFAULT_LANES);
    return Math.min(...folds.map((fold) => frameCycles(node, fold)));
  });
  return Math.max(...slowest, ...network.nodes.map((node) => fixedCycles(node).cycles));
}

/** The cheapest fold in which the slowest layer adds at most DEFAULT_LANES times a cycle and the others keep up. */
export function defaultFold(network: IntNetwork, sources: WeightSources = {}, clock: Clock | null = null): Fold {
  return foldForCycles(network, defaultCycles(network), sources, clock);
}

/** The cheapest fold that takes at most `cycles` a frame. An unreachable target names the layer and its limit. */
export function foldForCycles(
  network: IntNetwork,
  cycles: number,
  sources: WeightSources = {},
  clock: Clock | null = null,
): Fold {
  const folds = new NetworkFolds(network, sources, NO_COST, new Map(), clock);
  return solveForCycles(folds, cycles, NO_BUDGETS).fold;
}

/** Cycles a frame may take for F frames/s at a clock of C MHz. */
export function cyclesForTarget(framesPerSecond: number, clockMhz: number): number {
  return Math.floor((clockMhz * 1e6) / framesPerSecond);
}

/**
 * Completes a user's fold with the default for layers that it leaves out, and with weight sources where it says none; an
 * unknown layer or an illegal fold is an error. With a clock, layers for which it says no pipeline get the one for that.
 */
export function checkedFold(
  network: IntNetwork,
  given: Fold | null,
  sources: WeightSources = {},
  clock: Clock | null = null,
): Fold {
  const nodes = weightedNodes(network);
  const names = nodes.map(({ name }) => name);
  const layers = Object.entries(given ?? {});
  const unknown = layers.find(([name]) => !names.includes(name));
  if (unknown !== undefined) {
    throw new FlexorError('fold', `fold names layer ${unknown[0]}; the weighted layers are ${names.join(', ')}`);
  }
  const complete = new Set(layers.map(([name]) => name)).size === names.length;
  const fold: Record<string, LayerFold> = complete ? {} : { ...defaultFold(network, sources, clock) };
  for (const [name, each] of layers) fold[name] = withSource(each, each.weights ?? own(sources, name) ?? 'rom');
  checkSources(network, fold);
  for (const node of nodes) fold[node.name] = checkedLayer(node, fold[node.name]!);
  // A design is as fast as its slowest engine lets it, so streams need to be no faster.
  const cycles = Math.max(...nodes.map((node) => frameCycles(node, fold[node.name]!)));
  const wide = withWidths(network, fold, cycles);
  for (const node of nodes) {
    const fault = inputWidthFault(network, wide, node) ?? widthFault(network, wide, node);
    if (fault !== null) throw new FlexorError('fold', `layer ${node.name}: ${fault}`);
  }
  if (clock === null) return Object.fromEntries(nodes.map(({ name }) => [name, wide[name]!]));
  const widths = layerWidths(network, streamWidths(network, wide));
  return Object.fromEntries(
    network.nodes.flatMap((node, i) =>
      isWeighted(node) ? [[node.name, pipelined(node, wide[node.name]!, widths[i]!, periodOf(clock)).fold]] : [],
    ),
  );
}

/** A packet loads everything, so all layers can be loaded or none; and widths must have room for what may be loaded. */
function checkSources({ name, loadable }: IntNetwork, fold: Fold): void {
  const layers = Object.entries(fold);
  const ram = layers.find(([, each]) => isLoaded(sourceOf(each)));
  if (ram === undefined) return;
  const source = sourceOf(ram[1]);
  const other = layers.find(([, each]) => sourceOf(each) !== source);
  if (other !== undefined) {
    throw new FlexorError(
      'fold',
      `layer ${ram[0]}: weights '${source}' are for all layers or none, layer ${other[0]} has '${sourceOf(other[1])}'`,
    );
  }
  if (loadable) return;
  throw new FlexorError(
    'fold',
    `layer ${ram[0]}: weights '${source}' need widths for any weights, and ${name} was lowered for its own; lower it with --weights ${source}`,
  );
}

/** With as many rows a word as take least area where it does not say. */
function checkedLayer(node: WeightedNode, fold: LayerFold): LayerFold {
  const feed = feedOf(node, fold);
  if (isIllegal(feed)) throw new FlexorError('fold', `layer ${node.name}: ${feed.rule}`);
  const { rowsPerWord } = fold;
  const most = mostRowsPerWord(node, fold);
  if (rowsPerWord !== undefined && !(Number.isInteger(rowsPerWord) && rowsPerWord >= 1 && rowsPerWord <= most)) {
    throw new FlexorError(
      'fold',
      `layer ${node.name}: a word must take 1 to ${most} rows (one a cycle while the word before it is in use), got ${rowsPerWord}`,
    );
  }
  const rule =
    tableLanesRule(node, fold) ?? sharedSumsRule(node, fold) ?? pipelineRule(node, fold) ?? ramStyleRule(fold);
  if (rule !== null) throw new FlexorError('fold', `layer ${node.name}: ${rule}`);
  return withRowsPerWord(node, fold);
}
