/**
 * How well number formats fit the activations (docs/numbers.md, Calibration): what layers would put out if their clamp did
 * not cut it off. Every rounded layer gets a twin that reads the same tensors and has a wider output; the network itself is
 * evaluated as it is, so that a layer sees the activations that it really gets.
 */
import { runBatches, sharedFloat64, sharedInt32, workerScript } from '../base/worker-pool.js';
import { formatRange } from '../fixed/shapes.js';
import { isWeighted } from '../graph/order.js';
import { elementCount } from '../graph/shapes.js';
import type { IntConvNode, IntDenseNode, IntFormat, IntNetwork, IntNode } from '../fixed/types.js';
import { createByteEvaluator } from './bytes/evaluate.js';
import { chooseKernels } from './bytes/choose.js';
import type { Kernels } from './bytes/kernels.js';
import { codesOnly } from './pool.js';

/** A layer to measure: what its integers are clamped to by the network itself, and what the stated range is in integers. */
export interface CalibrationRequest {
  /** Of a node of the integer network. */
  readonly name: string;
  /** Limits of the network (ReLU, a clamp), in integers of the output; infinite for none. */
  readonly low: number;
  readonly high: number;
  /** The stated range, in integers of the output, half a unit included on both sides. */
  readonly rangeLow: number;
  readonly rangeHigh: number;
}

/** What was seen of a layer, in integers of its output. */
export interface CalibrationCount {
  readonly activations: number;
  /** Before the clamp of the format; a layer whose steps the model states is seen behind it. */
  readonly lowest: number;
  readonly highest: number;
  /** Activations that the format cuts off. */
  readonly saturated: number;
  /** Activations outside the stated range. */
  readonly outside: number;
  /** Different integers behind the clamp. */
  readonly usedCodes: number;
}

export interface CalibrationTask {
  readonly network: IntNetwork;
  readonly requests: readonly CalibrationRequest[];
  readonly images: Int32Array;
  /** [images][requests][FIGURES]. */
  readonly figures: Float64Array;
  /** A byte for each code of each request, 1 where it was seen. */
  readonly seen: Uint8Array;
}

/** Lowest, highest, saturated, outside. */
export const FIGURES = 4;

/** Measures images one by one into the task's memory; `image` is the index of each in it. */
export function calibrator(task: CalibrationTask, kernels: Kernels = chooseKernels()): (image: number) => void {
  const { network, requests, images, figures, seen } = task;
  const byName = new Map(requests.map((request) => [request.name, request]));
  const nodes = network.nodes.flatMap((node) => {
    const request = byName.get(node.name);
    return request === undefined || !isRounded(node) ? [node] : [twin(node, request), node];
  });
  const streams = new Map(nodes.map(({ name }, i) => [name, i + 1]));
  const evaluator = createByteEvaluator({ ...network, nodes }, kernels);
  const size = elementCount(network.input.shape);
  const offsets = seenOffsets(network, requests);
  const layers = requests.map((request, i) => {
    const node = network.nodes.find(({ name }) => name === request.name)!;
    const limits = isRounded(node) ? node.requantiser.output! : formatRange(node.outputTensor.format);
    const stream = streams.get(isRounded(node) ? twinName(node) : node.name)!;
    return { request, ...limits, stream, offset: offsets[i]! - formatRange(node.outputTensor.format).low };
  });
  return (image) => {
    evaluator.run([images.subarray(image * size, (image + 1) * size)]);
    for (const [i, { request, low, high, stream, offset }] of layers.entries()) {
      const { rangeLow, rangeHigh } = request;
      let [lowest, highest, saturated, outside] = [Infinity, -Infinity, 0, 0];
      for (const value of evaluator.stream(stream, 0)) {
        if (value < lowest) lowest = value;
        if (value > highest) highest = value;
        if (value < low || value > high) saturated++;
        if (value < rangeLow || value > rangeHigh) outside++;
        seen[offset + (value < low ? low : value > high ? high : value)] = 1;
      }
      figures.set([lowest, highest, saturated, outside], (image * requests.length + i) * FIGURES);
    }
  };
}

/** Layers whose output is cut off by a format that was chosen from a range. */
export function isRounded(node: IntNode): node is IntConvNode | IntDenseNode {
  return isWeighted(node) && node.requantiser.output !== null && !node.requantiser.quantised;
}

/** No node of a network can have such a name. */
function twinName({ name }: IntNode): string {
  return `${name}, wide`;
}

/** Most bits of a tensor of two bytes, which the kernels take, and of three, which plain loops do. */
const [TWO_BYTES, THREE_BYTES] = [16, 24];
/** Room that a twin has at least. */
const MARGIN_BITS = 6;

function twin(node: IntConvNode | IntDenseNode, request: CalibrationRequest): IntConvNode | IntDenseNode {
  const { format } = node.outputTensor;
  const bits = format.bits + MARGIN_BITS > TWO_BYTES ? THREE_BYTES : TWO_BYTES;
  const wide: IntFormat = { bits, signed: request.low < 0 };
  const { low, high } = formatRange(wide);
  return {
    ...node,
    name: twinName(node),
    outputTensor: { ...node.outputTensor, format: wide },
    requantiser: {
      ...node.requantiser,
      output: {
        shift: node.requantiser.output!.shift,
        low: Math.max(low, request.low),
        high: Math.min(high, request.high),
      },
    },
  };
}

/** Where the codes of each request begin in `seen`, and at the end its length. */
function seenOffsets({ nodes }: IntNetwork, requests: readonly CalibrationRequest[]): number[] {
  const offsets = [0];
  for (const { name } of requests) {
    const { bits } = nodes.find((node) => node.name === name)!.outputTensor.format;
    offsets.push(offsets.at(-1)! + 2 ** bits);
  }
  return offsets;
}

export interface CalibrateOptions {
  readonly workers: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Images that a worker takes at once. */
const BATCH = 16;

/** Measures images on several threads; the result does not depend on how many. */
export async function calibrateImages(
  network: IntNetwork,
  images: readonly Int32Array[],
  requests: readonly CalibrationRequest[],
  options: CalibrateOptions,
): Promise<CalibrationCount[]> {
  const size = elementCount(network.input.shape);
  const shared = sharedInt32(images.length * size);
  for (const [i, image] of images.entries()) shared.set(image, i * size);
  const offsets = seenOffsets(network, requests);
  const data: CalibrationTask = {
    ...{ network: codesOnly(network), requests, images: shared },
    figures: sharedFloat64(images.length * requests.length * FIGURES),
    seen: new Uint8Array(new SharedArrayBuffer(offsets.at(-1)!)),
  };
  const script = workerScript('calibrate');
  if (images.length > 0 && requests.length > 0) {
    await runBatches({ script, data, total: images.length, batch: BATCH, ...options });
  }
  return requests.map(({ name }, i) => {
    const { outputTensor } = network.nodes.find((node) => node.name === name)!;
    const rows = Array.from(images, (_, image) => {
      const from = (image * requests.length + i) * FIGURES;
      return data.figures.subarray(from, from + FIGURES) as unknown as readonly [number, number, number, number];
    });
    return {
      activations: images.length * elementCount(outputTensor.shape),
      lowest: Math.min(...rows.map(([lowest]) => lowest)),
      highest: Math.max(...rows.map(([, highest]) => highest)),
      saturated: rows.reduce((sum, [, , count]) => sum + count, 0),
      outside: rows.reduce((sum, [, , , count]) => sum + count, 0),
      usedCodes: data.seen.subarray(offsets[i], offsets[i + 1]).reduce((sum, byte) => sum + byte, 0),
    };
  });
}
