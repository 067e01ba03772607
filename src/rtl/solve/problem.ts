/**
 * From a network to the folds that each layer may take, with cycles and costs. Widths of streams are the least that keep up
 * (stream-widths.ts), so what there is to choose from depends on the cycles a frame: it changes at a few thresholds and is
 * one problem between two of them.
 */
import { own } from '../../base/dictionary.js';
import { inputTensorsOf } from '../../fixed/shapes.js';
import { isWeighted } from '../../graph/order.js';
import { elementCount } from '../../graph/shapes.js';
import type { IntNetwork, IntNode } from '../../fixed/types.js';
import { beatsOf } from '../beats.js';
import {
  addCosts,
  floorCost,
  layerCost,
  NO_COST,
  portCost,
  roundCost,
  unitCost,
  widerOutputCost,
  type Cost,
} from '../cost/model.js';
import { legalFolds, outputWidth } from '../fold.js';
import { cyclesPerPixel, outputPixels, type WeightedNode } from '../lanes.js';
import { layerKind } from '../layers/index.js';
import { weightedShape } from '../layers/weighted/plan.js';
import { laneUnits } from '../layers/weighted/units.js';
import { choosesInput, givesLogits, layerWidths, widthsForCycles, widthThresholds } from '../stream-widths.js';
import { SINGLE, type LayerFold, type LayerWidths, type WeightSource, type WeightSources } from '../types.js';
import { periodOf, pipelined, requireClock, slowestLayer, type Clock } from '../timing/choose.js';
import { withSource } from '../weight-memory.js';
import { foldsWithRowsPerWord } from './rows-per-word.js';
import type {
  CycleRange,
  FixedCycles,
  FoldOption,
  FoldProblem,
  FoldSpace,
  LaneOptions,
  LayerOptions,
} from './types.js';

export function frameCycles(node: WeightedNode, fold: FoldOption['fold']): number {
  return cyclesPerPixel(node, fold) * outputPixels(node);
}

/** The busiest of the streams into and out of a node, and what a pool reads: a fold changes none of them, but their widths. */
export function fixedCycles(node: IntNode, { input, output }: LayerWidths = SINGLE): FixedCycles {
  const into = { elements: elementCount(inputTensorsOf(node)[0]!.shape), width: input };
  const out = { elements: elementCount(node.outputTensor.shape), width: output };
  const read = { elements: layerKind(node).elements(node), width: input };
  const all = [into, out, read].map((each) => ({
    name: node.name,
    elements: each.elements,
    cycles: beatsOf(each.elements, each.width),
    width: each.width,
  }));
  return all.reduce((most, each) => (each.cycles > most.cycles ? each : most));
}

/** How a layer stands in its network. */
interface Place {
  readonly source: WeightSource;
  /** The layer says the width of the design's input. */
  readonly port: boolean;
  /** It gives the design's logits: what beats of so many in place of the least take more at the port; null: it does not. */
  readonly logits: ((width: number) => Cost) | null;
  readonly clock: Clock | null;
}

/** `needed`: the widths at the layer, of which that of logits may be more, as the PE asks for. */
function lanesOf(node: WeightedNode, needed: LayerWidths, { source, port, logits, clock }: Place): LaneOptions[] {
  return legalFolds(node, needed, logits !== null).flatMap((legal) => {
    const width = outputWidth(node, legal.pe, needed.output, logits !== null)!;
    const widths = { ...needed, output: width };
    const chosen = { width, ...(port && widths.input > 1 ? { inputWidth: widths.input } : {}) };
    const more = logits?.(width) ?? NO_COST;
    const lanes = clock === null ? legal : clocked(node, withSource(legal, source), widths, clock);
    if (lanes === null) return [];
    let least: Cost | undefined;
    let options: FoldOption[] | undefined;
    return {
      ...{ pe: lanes.pe, simd: lanes.simd, cycles: frameCycles(node, lanes) },
      get least() {
        return (least ??= leastCost(node, lanes));
      },
      get options() {
        const folds = () => foldsWithRowsPerWord(node, withSource(lanes, source));
        return (options ??= folds().map((fold) => optionOf(node, { ...fold, ...chosen }, widths, more)));
      },
    };
  });
}

/** With the pipeline for the clock; null where none keeps it and the clock is checked. */
function clocked(node: WeightedNode, fold: LayerFold, widths: LayerWidths, clock: Clock): LayerFold | null {
  const { fold: own, longest } = pipelined(node, fold, widths, periodOf(clock));
  return clock.check && longest.ns > periodOf(clock) ? null : own;
}

/** Of the engine and the decryptors alone, which no number of rows and no width of a stream changes. */
function leastCost(node: WeightedNode, lanes: LayerFold): Cost {
  return floorCost(addCosts(laneUnits(node, lanes).map(unitCost)));
}

/** What a fold costs is worked out when it is asked for: most folds are too slow or too large for a target and never are. */
function optionOf(node: WeightedNode, fold: FoldOption['fold'], widths: LayerWidths, more: Cost): FoldOption {
  let cost: Cost | undefined;
  return {
    fold,
    cycles: frameCycles(node, fold),
    get cost() {
      return (cost ??= roundCost(addCosts([layerCost(weightedShape(node, fold, widths)), more])));
    },
  };
}

/** All problems of a network, each worked out when it is asked for. */
export class NetworkFolds implements FoldSpace {
  /** Cycles a frame from which on each problem holds, up to the next one, and those that are worked out. */
  private readonly starts: readonly number[];
  private readonly problems: (FoldProblem | undefined)[] = [];

  constructor(
    private readonly network: IntNetwork,
    private readonly sources: WeightSources = {},
    /** What every design takes besides: FIFOs of forks. */
    private readonly reserved: Cost = NO_COST,
    private readonly known = new Map<string, LayerOptions>(),
    /** Folds have the pipeline for it, and those without one are left out; null: the default pipeline. */
    private readonly clock: Clock | null = null,
  ) {
    this.starts = [1, ...widthThresholds(network).filter((cycles) => cycles > 1)];
  }

  /** The same with other FIFOs. */
  reserving(fifos: Cost): NetworkFolds {
    return new NetworkFolds(this.network, this.sources, fifos, this.known, this.clock);
  }

  at(cycles: number): FoldProblem {
    const range = this.starts.findLastIndex((from) => from <= cycles);
    return (this.problems[range] ??= this.problemFrom(this.starts[range]!));
  }

  private problemFrom(cycles: number): FoldProblem {
    const nodes = this.network.nodes;
    const byStream = widthsForCycles(this.network, cycles);
    const widths = layerWidths(this.network, byStream);
    this.requireFolds(nodes, widths);
    const others = nodes.flatMap((node, i) => {
      if (isWeighted(node)) return [];
      return layerCost(layerKind(node).plan(node, { fold: null, widths: widths[i]!, pace: 0 }));
    });
    return {
      layers: nodes.flatMap((node, i) => (isWeighted(node) ? [this.options(node, widths[i]!)] : [])),
      fixed: nodes.map((node, i) => fixedCycles(node, widths[i]!)),
      base: addCosts([
        roundCost(addCosts([...others, portCost(this.network, { input: byStream[0]!, output: byStream.at(-1)! })])),
        this.reserved,
      ]),
    };
  }

  /** A layer for which no fold keeps the clock is refused by name, before all of its folds are looked at. */
  private requireFolds(nodes: readonly IntNode[], widths: readonly LayerWidths[]): void {
    if (this.clock?.check !== true) return;
    const layers = nodes.flatMap((node, i) =>
      isWeighted(node)
        ? [{ node, widths: widths[i]!, folds: legalFolds(node, widths[i], givesLogits(this.network, node)) }]
        : [],
    );
    const slowest = slowestLayer(layers, this.clock);
    if (slowest !== null) requireClock(this.clock, slowest);
  }

  ranges(): CycleRange[] {
    return this.starts.map((from, i) => ({ from, below: this.starts[i + 1] ?? Infinity }));
  }

  private options(node: WeightedNode, widths: LayerWidths): LayerOptions {
    const key = [node.name, widths.input, widths.residual, widths.output].join(' ');
    let found = this.known.get(key);
    if (found === undefined) {
      const { network, clock } = this;
      const more = (width: number): Cost => widerOutputCost(network, widths.output, width);
      const place = {
        source: own(this.sources, node.name) ?? 'rom',
        port: choosesInput(network, node),
        logits: givesLogits(network, node) ? more : null,
        clock,
      };
      this.known.set(key, (found = { name: node.name, lanes: lanesOf(node, widths, place) }));
    }
    return found;
  }
}
