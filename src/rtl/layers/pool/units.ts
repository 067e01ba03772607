/** The units of a pool: what brings it its windows, and what takes their maximum or sum. */
import type { IntPoolNode } from '../../../fixed/types.js';
import { MAX_POOL } from '../../units/max-pool/index.js';
import type { PoolParameters } from '../../units/pool/cost.js';
import type { BeatPattern } from '../../units/pool/pattern.js';
import { poolParameters } from '../../units/pool/view.js';
import { placedBeatWindow } from '../../units/serial-window/beats.js';
import { STREAM_POOL, type StreamPoolParameters } from '../../units/stream-pool/cost.js';
import { StreamPoolBeats } from '../../units/stream-pool/schedule.js';
import { streamPoolParameters } from '../../units/stream-pool/view.js';
import { SUM_POOL } from '../../units/sum-pool/index.js';
import { place, type HardwareUnit, type PlacedUnit } from '../../units/types.js';
import type { NamedValues } from '../../views/instances.js';
import type { PoolPlan } from '../types.js';

/** One window covers the image: the stream comes in its order. */
export function isWholeImage({ kernel, padding, inputTensor }: IntPoolNode): boolean {
  const { height, width } = inputTensor.shape;
  return kernel[0] === height && kernel[1] === width && padding.every((pad) => pad === 0);
}

/**
 * Windows lie side by side, each with an element of the image, and what the last ones leave over is no window more: every
 * element belongs to one window at most, and its results come in the order of their last elements.
 */
export function isSideBySide(node: IntPoolNode): boolean {
  if (isWholeImage(node)) return false;
  const { kernel, stride, padding, inputTensor, outputTensor } = node;
  const sizes = [inputTensor.shape.height, inputTensor.shape.width] as const;
  const outputs = [outputTensor.shape.height, outputTensor.shape.width] as const;
  return ([0, 1] as const).every((axis) => {
    const left = sizes[axis] + padding[axis]! - outputs[axis] * kernel[axis];
    // A single window has no neighbour, whatever its stride.
    const apart = outputs[axis] === 1 || stride[axis] === kernel[axis];
    return apart && padding[axis]! < kernel[axis] && Math.abs(left) < kernel[axis];
  });
}

function poolShape({ node, taps, widths }: PoolPlan): PoolParameters {
  const { format, shape } = node.inputTensor;
  const sumBits = node.outputTensor.format.bits;
  return { bits: format.bits, width: widths.input, channels: shape.channels, taps, sumBits };
}

function streamShape({ node, widths }: PoolPlan): StreamPoolParameters {
  const { inputTensor, outputTensor, kernel, padding } = node;
  return {
    maximum: node.kind === 'maxPool',
    bits: inputTensor.format.bits,
    outBits: outputTensor.format.bits,
    size: [inputTensor.shape.height, inputTensor.shape.width],
    channels: inputTensor.shape.channels,
    inWidth: widths.input,
    kernel,
    padding: [padding[0], padding[1]],
    output: [outputTensor.shape.height, outputTensor.shape.width],
  };
}

export function streamPattern(plan: PoolPlan): BeatPattern {
  return new StreamPoolBeats(streamShape(plan));
}

function unitOf({ kind }: IntPoolNode): HardwareUnit<PoolParameters> {
  return kind === 'maxPool' ? MAX_POOL : SUM_POOL;
}

export function poolUnits(plan: PoolPlan): PlacedUnit[] {
  const { node, window, taps, widths } = plan;
  if (plan.sideBySide) return [place(STREAM_POOL, streamShape(plan))];
  const pool = place(unitOf(node), poolShape(plan));
  if (window === null) return [pool];
  return [placedBeatWindow({ tensor: node.inputTensor, window, width: widths.input, taps }), pool];
}

/** Module and parameters of the instance that gives the results. */
export function poolInstance(plan: PoolPlan): { readonly module: string; readonly parameters: NamedValues } {
  const { node } = plan;
  const { signed } = node.inputTensor.format;
  if (plan.sideBySide)
    return { module: STREAM_POOL.module, parameters: streamPoolParameters(streamShape(plan), signed) };
  const sumBits: NamedValues = node.kind === 'maxPool' ? [] : [['SumBits', node.outputTensor.format.bits]];
  return { module: unitOf(node).module, parameters: [...poolParameters(poolShape(plan), signed), ...sumBits] };
}
