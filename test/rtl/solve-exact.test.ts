/** The solver's whole frontier against every PE, SIMD and number of rows that the hardware can do, one by one. */
import { expect, test } from 'vitest';
import type { IntNetwork } from '../../src/fixed/types.js';
import { isWeighted } from '../../src/graph/order.js';
import { MAX_WIDTH } from '../../src/rtl/beats.js';
import { addCosts, layerCost, roundCost, widerOutputCost, type Cost } from '../../src/rtl/cost/model.js';
import { areaOf, COST_KEYS } from '../../src/rtl/cost/unit-cost.js';
import { feedOf, isIllegal, widthRule } from '../../src/rtl/fold.js';
import type { WeightedNode } from '../../src/rtl/lanes.js';
import { weightedShape } from '../../src/rtl/layers/weighted/plan.js';
import { RESOURCES, resourceOf } from '../../src/rtl/solve/dominance.js';
import { frameCycles, NetworkFolds } from '../../src/rtl/solve/problem.js';
import { frontier } from '../../src/rtl/solve/solve.js';
import { NO_BUDGETS } from '../../src/rtl/solve/types.js';
import { givesLogits, layerWidths, widthsForCycles } from '../../src/rtl/stream-widths.js';
import type { LayerFold, LayerWidths, WeightSource } from '../../src/rtl/types.js';
import { mostRowsPerWord, withSource } from '../../src/rtl/weight-memory.js';
import { randomNetwork } from '../support/random-network.js';

interface Layer {
  readonly cycles: number;
  readonly cost: Cost;
}

/** Every fold of a layer whose streams need these widths: PE with the width of its output, SIMD and rows. */
function everyFold(network: IntNetwork, node: WeightedNode, needed: LayerWidths, source: WeightSource): Layer[] {
  const layers: Layer[] = [];
  for (const [pe, width] of everyOutput(network, node, needed.output)) {
    const widths = { ...needed, output: width };
    const port = widerOutputCost(network, needed.output, width);
    for (let simd = 1; simd <= node.windowSize; simd++) {
      const lanes: LayerFold = withSource({ pe, simd, width }, source);
      if (isIllegal(feedOf(node, lanes)) || widthRule(node, lanes, widths.input) !== null) continue;
      const cycles = frameCycles(node, lanes);
      for (let rowsPerWord = 1; rowsPerWord <= mostRowsPerWord(node, lanes); rowsPerWord++) {
        const shape = weightedShape(node, { ...lanes, rowsPerWord }, widths);
        layers.push({ cycles, cost: roundCost(addCosts([layerCost(shape), port])) });
      }
    }
  }
  return layers;
}

/** Every PE with every width of the output that is enough: of logits any that divides PE, or that all of them have together. */
function everyOutput(network: IntNetwork, node: WeightedNode, needed: number): [pe: number, width: number][] {
  const pes = Array.from({ length: node.outChannels }, (_, i) => i + 1);
  if (!givesLogits(network, node)) return pes.flatMap((pe) => (pe % needed === 0 ? [[pe, needed]] : []));
  return pes.flatMap((pe) =>
    pes.flatMap((width): [number, number][] =>
      width >= needed && width <= MAX_WIDTH && (pe === node.outChannels || pe % width === 0) ? [[pe, width]] : [],
    ),
  );
}

/** The least area of all weighted layers together at so many cycles a frame, by trying everything. */
function leastArea(network: IntNetwork, cycles: number, source: WeightSource): number {
  const widths = layerWidths(network, widthsForCycles(network, cycles));
  return network.nodes.reduce((sum, node, i) => {
    if (!isWeighted(node)) return sum;
    const key = `${source} ${JSON.stringify(widths[i])}`;
    const known = tried.get(node) ?? new Map<string, Layer[]>();
    tried.set(node, known);
    const all = known.get(key) ?? everyFold(network, node, widths[i]!, source);
    known.set(key, all);
    const fitting = all.filter((each) => each.cycles <= cycles);
    return sum + Math.min(...fitting.map(({ cost }) => areaOf(cost)));
  }, 0);
}

const tried = new Map<WeightedNode, Map<string, Layer[]>>();

const networks = Array.from({ length: 16 }, (_, seed) => randomNetwork(seed, { maxWork: 6000, maxLayers: 4 }));

test.each(['rom', 'ram'] as const)('no fold with weights in %s is cheaper than those of the frontier', (source) => {
  let points = 0;
  let gathered = 0;
  for (const network of networks) {
    const sources = Object.fromEntries(network.nodes.map(({ name }) => [name, source]));
    const space = new NetworkFolds(network, sources);
    const found = frontier(space, NO_BUDGETS);
    found.forEach(({ cycles, cost, chosen }, i) => {
      const { base } = space.at(cycles);
      expect(areaOf(cost) - areaOf(base)).toBe(leastArea(network, cycles, source));
      // Nothing between two points is cheaper than the one before: narrower streams may make it dearer, and LUTs of the port and
      // of the layer that gives the logits are rounded apart.
      const next = found[i + 1];
      if (next !== undefined) {
        const least = leastArea(network, next.cycles - 1, source) + areaOf(space.at(next.cycles - 1).base);
        expect(least).toBeGreaterThanOrEqual(areaOf(cost) - 1);
      }
      points++;
      gathered += chosen.filter(({ option }) => (option.fold.rowsPerWord ?? 1) > 1).length;
    });
  }
  expect(points).toBeGreaterThan(100);
  expect(gathered).toBeGreaterThan(20);
});

test('lanes never take less than what is told of them beforehand', () => {
  for (const network of networks) {
    const space = new NetworkFolds(network);
    for (const { from } of space.ranges()) {
      for (const { least, options } of space.at(from).layers.flatMap(({ lanes }) => lanes)) {
        for (const { cost } of options) {
          expect(areaOf(cost)).toBeGreaterThan(areaOf(least));
          for (const resource of RESOURCES) {
            expect(resourceOf(cost, resource)).toBeGreaterThanOrEqual(resourceOf(least, resource));
          }
          expect(COST_KEYS.every((key) => cost[key] >= 0)).toBe(true);
        }
      }
    }
  }
});
