/**
 * Segments of a plan: stretches of layers that hold a fork and all that it feeds, and that nothing leads around. In a
 * residual network a segment is a block.
 */
import { inputTensorsOf } from '../../fixed/shapes.js';
import { layerKind } from '../layers/index.js';
import type { LayerPlan } from '../layers/types.js';
import { isBuffered, type Plan } from '../plan.js';

export interface Segment {
  /** The layers of the stretch as a plan of their own. */
  readonly plan: Plan;
  /** Stream of the whole plan that is the segment's input; its stream n is stream firstStream + n of the whole. */
  readonly firstStream: number;
}

/** Every `count` neighbours among the segments with forks as one, in the order of the layers. */
export function segmentsOf(plan: Plan, count: number): Segment[] {
  const forked = forkedStretches(plan);
  return forked.slice(count - 1).map(({ end }, i) => slice(plan, forked[i]!.first, end));
}

/** The last `count` segments with forks and all that follows them, as one; none where there are fewer. */
export function lastSegments(plan: Plan, count: number): Segment[] {
  const from = forkedStretches(plan).at(-count);
  return from === undefined ? [] : [slice(plan, from.first, plan.layers.length)];
}

/** Streams at which the smallest segments with forks begin and end. */
function forkedStretches(plan: Plan): { readonly first: number; readonly end: number }[] {
  const cuts = plan.readers.flatMap((_, s) => (passedBy(plan, s) ? [] : s));
  return cuts.slice(1).flatMap((end, i) => {
    const first = cuts[i]!;
    return plan.readers.slice(first, end).some(isBuffered) ? { first, end } : [];
  });
}

/** A stream before this one is read behind the layer that drives this one. */
function passedBy(plan: Plan, stream: number): boolean {
  return plan.readers.slice(0, stream).some((readers) => readers.some(({ layer }) => layer >= stream));
}

function slice(plan: Plan, first: number, end: number): Segment {
  const input = first === 0 ? plan.network.input : plan.layers[first - 1]!.node.outputTensor;
  const layers = plan.layers.slice(first, end);
  const { shape } = layers.at(-1)!.node.outputTensor;
  const readers = plan.readers
    .slice(first, end)
    .map((row) => row.map((reader) => ({ ...reader, layer: reader.layer - first })));
  return {
    plan: {
      ...plan,
      network: { ...plan.network, input, nodes: layers.map(({ node }) => node) },
      layers,
      readers: [...readers, []],
      widths: plan.widths.slice(first, end + 1),
      inputElements: input.shape.height * input.shape.width * input.shape.channels,
      logitCount: shape.height * shape.width * shape.channels,
    },
    firstStream: first,
  };
}

/** Two plans differ in nothing that their schedules depend on: values, weights and names. */
export function schedulesAlike(a: Plan, b: Plan): boolean {
  return scheduleKey(a) === scheduleKey(b);
}

function scheduleKey({ network, layers, readers, widths }: Plan): string {
  return JSON.stringify([network.input.shape, layers.map(layerKey), readers, widths]);
}

function layerKey(layer: LayerPlan): unknown {
  const { kind, outputTensor } = layer.node;
  const inputs = inputTensorsOf(layer.node).map(({ shape }) => shape);
  return [[kind, inputs, outputTensor.shape, layer.widths], layerKind(layer.node).scheduleKey(layer)];
}
