/**
 * Invariants of the predicted schedule. That it is exact to the cycle is shown by co-simulation (test/cosim); here it must
 * make sense on its own, and respond to the fold as hardware does.
 */
import { describe, expect, test } from 'vitest';
import { cyclesPerPixel, outputPixels, weightedNodes } from '../../src/rtl/lanes.js';
import { inputsOf } from '../../src/graph/order.js';
import { addCosts, forkCost, layerCost } from '../../src/rtl/cost/model.js';
import { planNetwork, type Plan } from '../../src/rtl/plan.js';
import type { LayerPlan, PoolPlan } from '../../src/rtl/layers/types.js';
import { windowPlan, type WindowPlan } from '../../src/rtl/units/window/plan.js';
import { sizeFifos } from '../../src/rtl/schedule/fifo-depths.js';
import { predict } from '../../src/rtl/schedule/predict.js';
import { layerCycles } from '../../src/rtl/layers/index.js';
import type { Prediction } from '../../src/rtl/types.js';
import { defaultFold } from '../../src/rtl/solve/choose.js';
import { chainNetwork, smallestNetwork } from '../support/golden.js';
import { randomCase } from '../support/random-case.js';

const CASES = Array.from({ length: 60 }, (_, seed) => {
  const which = randomCase(seed);
  const plan = sizeFifos(planNetwork(which.network, which.fold));
  return { ...which, plan, prediction: predict(plan) };
});

function elements({ height, width, channels }: { height: number; width: number; channels: number }): number {
  return height * width * channels;
}

const isSideBySide = (layer: LayerPlan): layer is PoolPlan => layer.kind === 'pool' && layer.sideBySide;

describe('the prediction', () => {
  test('names the busiest unit, which bounds the interval', () => {
    for (const { plan, network, prediction } of CASES) {
      const { busiest, cyclesPerFrame, bottleneckUtilisation } = prediction;
      const units = new Map([['input stream', plan.inputElements / plan.widths[0]!]]);
      plan.layers.forEach((layer) => units.set(layer.node.name, layerCycles(layer)));
      expect(busiest.cycles, network.name).toBe(Math.max(...units.values()));
      expect(units.get(busiest.unit)).toBe(busiest.cycles);
      expect(cyclesPerFrame, network.name).toBeGreaterThanOrEqual(busiest.cycles);
      expect(bottleneckUtilisation).toBe(busiest.cycles / cyclesPerFrame);
    }
  });

  test('counts an engine’s cycles as ⌈V/SIMD⌉·C_out/PE a pixel, a requantiser’s as one a beat', () => {
    for (const { plan, fold, network } of CASES) {
      for (const node of weightedNodes(network)) {
        const layer = plan.layers.find((each) => each.node === node)!;
        const engine = cyclesPerPixel(node, fold[node.name]!) * outputPixels(node);
        const beats = elements(node.outputTensor.shape) / (fold[node.name]!.width ?? 1);
        expect(layerCycles(layer)).toBe(Math.max(engine, beats));
      }
    }
  });

  test('orders frames and streams as data flows', () => {
    for (const { network, plan, prediction } of CASES) {
      const { streams, output, latencyCycles } = prediction;
      expect(streams.length).toBe(network.nodes.length + 1);
      const sizes = [network.input.shape, ...network.nodes.map((node) => node.outputTensor.shape)].map(elements);
      const names = ['input', ...network.nodes.map(({ name }) => name)];
      streams.forEach((frames, s) => {
        const causes = s === 0 ? [] : inputsOf(network.nodes[s - 1]!).map((name) => streams[names.indexOf(name)]!);
        // Rows that a stride leaves out may still come in when the frame’s outputs are done.
        expect(frames.length).toBeGreaterThanOrEqual(output.length - 1);
        frames.forEach(({ first, last }, k) => {
          // One beat a cycle at most, frames one after the other, nothing before its cause.
          expect(last - first + 1, network.name).toBeGreaterThanOrEqual(sizes[s]! / plan.widths[s]!);
          if (k > 0) expect(first).toBeGreaterThan(frames[k - 1]!.last);
          for (const cause of causes) if (cause[k]) expect(first).toBeGreaterThan(cause[k].first);
        });
      });
      // The input's FIFO shows its first beat a cycle after it was taken; one of several elements may be handed on in parts.
      if (plan.widths[0] === 1) expect(streams[0]![0]!.first).toBe(1);
      else expect(streams[0]![0]!.first).toBeGreaterThanOrEqual(1);
      expect(streams.at(-1)!.map(({ last }) => last + 1)).toEqual(output.map(({ last }) => last));
      expect(latencyCycles).toBe(output[0]!.last);
    }
  });

  test('goes on until the interval repeats', () => {
    for (const { prediction, network } of CASES) {
      const intervals = prediction.output.slice(1).map(({ last }, k) => last - prediction.output[k]!.last);
      if (prediction.output.length < 12) {
        expect(new Set(intervals.slice(-2)), network.name).toEqual(new Set([prediction.cyclesPerFrame]));
      }
      expect(intervals.length).toBeGreaterThanOrEqual(2);
    }
    expect(CASES.some(({ prediction }) => prediction.output.length < 12)).toBe(true);
  });

  test('shortens the interval, never the order, where the busiest layer gets more lanes', () => {
    const network = chainNetwork();
    const of = (pe: number): Prediction =>
      predict(planNetwork(network, { ...defaultFold(network), conv3: { pe, simd: 1 } }));
    const intervals = [1, 2, 3, 6].map((pe) => of(pe).cyclesPerFrame);
    expect(intervals).toEqual([...intervals].sort((a, b) => b - a));
    expect(intervals[0]).toBeGreaterThanOrEqual(16 * 6 * 9);
    expect(new Set(intervals).size).toBeGreaterThan(1);
  });

  test('would not be shorter with larger rings, and would be longer with smaller ones', () => {
    let shorter = 0;
    for (const { plan, prediction, network } of CASES) {
      const withRows = (rows: (window: WindowPlan) => number) =>
        predict(
          sizeFifos({
            ...plan,
            layers: plan.layers.map((layer): LayerPlan => {
              if (!('window' in layer) || layer.window === null) return layer;
              const window = { ...layer.window, rows: rows(layer.window) };
              return layer.kind === 'pool' ? { ...layer, window } : { ...layer, window };
            }),
          }),
        ).cyclesPerFrame;
      const most = withRows(({ input }) => 2 * input.height);
      expect(prediction.cyclesPerFrame, network.name).toBeLessThanOrEqual(most * 1.005);
      const fewest = withRows(({ kernel, input }) => Math.min(kernel[0], 2 * input.height));
      expect(fewest).toBeGreaterThanOrEqual(prediction.cyclesPerFrame * 0.995);
      if (fewest > prediction.cyclesPerFrame * 1.02) shorter++;
    }
    expect(shorter).toBeGreaterThan(10);
  });

  test('of a pool that streams is never longer than with a window unit, and it never takes more LUTs', () => {
    const streaming = CASES.filter(({ plan }) => plan.layers.some(isSideBySide));
    let shorter = 0;
    for (const { plan, network, fold, prediction } of streaming) {
      const { layers, readers } = planNetwork(network, fold);
      const windowed = sizeFifos({
        ...plan,
        layers: layers.map((layer) =>
          isSideBySide(layer) ? { ...layer, sideBySide: false, window: windowPlan(layer.node) } : layer,
        ),
        // A window unit holds the bursts of a pool itself.
        readers: readers.map((branches, s) =>
          s > 0 && isSideBySide(layers[s - 1]!) && branches.length === 1
            ? branches.map((branch) => ({ ...branch, fifoDepth: 0 }))
            : branches,
        ),
      });
      const other = predict(windowed).cyclesPerFrame;
      expect(prediction.cyclesPerFrame, network.name).toBeLessThanOrEqual(other);
      if (prediction.cyclesPerFrame < other) shorter++;
      const luts = (each: Plan): number => {
        const { luts, lutRams } = addCosts([...each.layers.map(layerCost), forkCost(each)]);
        return luts + lutRams;
      };
      expect(luts(plan), network.name).toBeLessThan(luts(windowed));
    }
    expect(streaming.length).toBeGreaterThan(5);
    expect(shorter).toBeGreaterThan(0);
  });

  test('of two inputs and two logits is what a hand count gives', () => {
    const { latencyCycles, cyclesPerFrame, streams } = predict(
      planNetwork(smallestNetwork(), { dense1: { pe: 1, simd: 1 } }),
    );
    // Four weights, one a cycle: two inputs held for two cycles each.
    expect(cyclesPerFrame).toBe(4);
    expect(streams[0]![0]).toEqual({ first: 1, last: 3 });
    expect(latencyCycles).toBeGreaterThan(4);
  });
});
