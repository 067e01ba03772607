/** The units of a layer, of a network's ports and of its forks, with their parameters from the plan. */
import { bitsFor } from '../../base/bits.js';
import { elementCount } from '../../fixed/shapes.js';
import type { IntNetwork } from '../../fixed/types.js';
import type { WeightedNode } from '../fold.js';
import {
  REGISTER_FIFO_DEPTH,
  STREAM_FIFO_DEPTH,
  type Plan,
  type PoolPlan,
  type WindowPlan,
  type SubsamplePlan,
  type WeightedShape,
} from '../plan.js';
import { lanePhases, wordShape } from '../weight-memory.js';
import { scaleTable } from './scale-table.js';
import type { RequantiserUnit, Unit } from './units.js';

/** What the units of a layer follow from; a weighted layer needs no contents of its memory. */
export type LayerShape = WeightedShape | PoolPlan | SubsamplePlan;

/** Units of one kind and their number. */
export interface Units {
  readonly unit: Unit;
  readonly copies: number;
}

const once = (unit: Unit): Units => ({ unit, copies: 1 });

export function layerUnits(layer: LayerShape): Units[] {
  const { node } = layer;
  const bits = node.inputTensor.format.bits;
  const { input: inWidth, output: outWidth } = layer.widths;
  const out: Unit = { kind: 'fifo', width: outWidth * node.outputTensor.format.bits, depth: STREAM_FIFO_DEPTH };
  switch (layer.kind) {
    case 'weighted':
      return [
        ...feedUnits(layer).map(once),
        ...engineUnits(layer),
        ...residualUnits(layer).map(once),
        once(requantiserUnit(layer)),
        once(out),
      ];
    case 'pool': {
      const { window, taps } = layer;
      const { channels } = node.inputTensor.shape;
      const kind = node.kind === 'maxPool' ? 'maxPool' : 'sumPool';
      const sumBits = node.outputTensor.format.bits;
      const pool: Unit = { kind, bits, width: inWidth, channels, taps, sumBits };
      return [...(window === null ? [] : [poolWindow(layer, window)]), pool, out].map(once);
    }
    case 'subsample': {
      const { stride, channelPadding, inputTensor } = layer.node;
      const { shape } = inputTensor;
      const kept: Unit = {
        kind: 'subsample',
        bits: inWidth * bits,
        ...shape,
        channels: shape.channels / inWidth,
        stride,
        channelPadding: [channelPadding[0] / inWidth, channelPadding[1] / inWidth],
      };
      return [once(kept), once(out)];
    }
  }
}

/** A pool's window unit, which hands on beats as they come. */
function poolWindow({ node, taps, widths }: PoolPlan, window: WindowPlan): Unit {
  const { shape, format } = node.inputTensor;
  const channels = shape.channels / widths.input;
  const ofBeats = { ...window, input: { ...shape, channels } };
  const bits = widths.input * format.bits;
  return { kind: 'serialWindow', bits, inWidth: 1, window: ofBeats, simd: 1, steps: taps * channels };
}

function residualUnits({ node, widths }: WeightedShape): Unit[] {
  if (node.residual === null || widths.residual === widths.output) return [];
  const bits = widths.output * node.residual.tensor.format.bits;
  return [{ kind: 'narrow', bits, ratio: widths.residual / widths.output }];
}

function feedUnits({ node, feed, window, fold: { simd }, steps, widths }: WeightedShape): Unit[] {
  const bits = node.inputTensor.format.bits;
  const inWidth = widths.input;
  switch (feed.kind) {
    case 'direct':
      return inWidth === 1 ? [] : [{ kind: 'narrow', bits, ratio: inWidth }];
    case 'vector':
      return [{ kind: 'vectorBuffer', bits, inWidth, size: node.windowSize, simd, steps }];
    case 'serial':
      return [{ kind: 'serialWindow', bits, inWidth, window: window!, simd, steps }];
    case 'banked': {
      const { tapLanes, blocks } = feed;
      return [{ kind: 'bankedWindow', bits, inWidth, window: window!, simd, steps, tapLanes, blocks }];
    }
  }
}

/** Ones in each row of M⊕, by plane. */
function tapsOf({ planes }: WeightedNode): number[][] {
  return planes.map(({ nIn, nOut, matrix }) =>
    Array.from({ length: nOut }, (_, row) =>
      matrix.subarray(row * nIn, (row + 1) * nIn).reduce((sum, bit) => sum + bit, 0),
    ),
  );
}

function engineUnits({ node, fold, groups, steps, accBits, sumBits, groupFifoDepth, weights }: WeightedShape): Units[] {
  const { pe, simd } = fold;
  const planes = node.planes.length;
  const { slices, wordCycles, reads, rowBits, rows } = wordShape(node, fold);
  const actBits = node.inputTensor.format.bits;
  const engine: Unit = {
    kind: 'engine',
    actBits,
    simd,
    pe,
    groups,
    steps,
    planes,
    accBits,
    sumBits,
    wordCycles,
    reads,
    rows,
  };
  const lanes = new Map<number, number>();
  for (const phase of lanePhases(node, fold)) lanes.set(phase, (lanes.get(phase) ?? 0) + 1);
  const decryptors = tapsOf(node).flatMap((taps) =>
    [...lanes].map(([phase, copies]): Units => ({ unit: { kind: 'decryptor', taps, slices, pe, phase }, copies })),
  );
  const waiting: Unit = { kind: 'fifo', width: sumBits + planes * pe * accBits, depth: groupFifoDepth };
  return [
    once(engine),
    once({
      kind: 'weightMemory',
      source: weights,
      width: rowBits,
      depth: rows,
      gathered: (reads - 1) * rowBits,
    }),
    ...(weights === 'stream' ? [once({ kind: 'fifo', width: rowBits + 1, depth: STREAM_FIFO_DEPTH })] : []),
    ...decryptors,
    ...(groupFifoDepth > 0 ? [once(waiting)] : []),
  ];
}

function requantiserUnit({ node, fold, groups, widths, ...numbers }: WeightedShape): RequantiserUnit {
  const { accBits, sumBits, dotBits, factorBits, scaledBits } = numbers;
  const { joined, multiplierBits, output } = node.requantiser;
  const { residual } = node;
  return {
    kind: 'requantiser',
    pe: fold.pe,
    groups,
    width: widths.output,
    planes: node.planes.length,
    accBits,
    sumBits,
    joined,
    dotBits,
    factorBits,
    multiplierBits,
    scaledBits,
    shift: output?.shift ?? null,
    outBits: node.outputTensor.format.bits,
    table: scaleTable(node),
    residual: residual && {
      bits: residual.tensor.format.bits,
      multiplierBits: bitsFor(Math.min(residual.multiplier, -2), residual.multiplier).bits,
    },
  };
}

/** Ports and the FIFOs at both ends; the same for every fold. */
export function portUnits(network: IntNetwork): Unit[] {
  const { shape, format } = network.input;
  const logits = network.nodes.at(-1)!.outputTensor;
  const count = elementCount(logits.shape);
  const { bits, signed } = logits.format;
  const classBits = bitsFor(0, count - 1).bits;
  return [
    { kind: 'input', bits: format.bits, elements: elementCount(shape) },
    { kind: 'fifo', width: format.bits, depth: STREAM_FIFO_DEPTH },
    { kind: 'classifier', bits, signed, count },
    { kind: 'fifo', width: bits + classBits + 1, depth: STREAM_FIFO_DEPTH },
  ];
}

/** FIFOs of the branches of forks; their depths follow from the whole schedule (schedule/fifo-depths.ts). */
export function forkUnits({ network, readers, widths }: Plan): Unit[] {
  const bits = [network.input.format.bits, ...network.nodes.map((node) => node.outputTensor.format.bits)];
  return readers.flatMap((branches, stream) =>
    branches
      .filter(({ fifoDepth }) => fifoDepth > 0)
      .map(({ fifoDepth }): Unit => {
        const kind = fifoDepth > REGISTER_FIFO_DEPTH ? 'deepFifo' : 'fifo';
        return { kind, width: widths[stream]! * bits[stream]!, depth: fifoDepth };
      }),
  );
}
