/** The unit of a pool: it takes the maximum or the sum of a window's values. */
import type { IntPoolNode } from '../../../fixed/types.js';
import { MAX_POOL } from '../../units/max-pool/index.js';
import type { PoolParameters } from '../../units/pool/cost.js';
import { SUM_POOL } from '../../units/sum-pool/index.js';
import { place, type HardwareUnit, type PlacedUnit } from '../../units/types.js';
import type { PoolPlan } from '../types.js';

export function poolShape({ node, taps, widths }: PoolPlan): PoolParameters {
  const { format, shape } = node.inputTensor;
  const sumBits = node.outputTensor.format.bits;
  return { bits: format.bits, width: widths.input, channels: shape.channels, taps, sumBits };
}

export function unitOf({ kind }: IntPoolNode): HardwareUnit<PoolParameters> {
  return kind === 'maxPool' ? MAX_POOL : SUM_POOL;
}

export function poolUnit(layer: PoolPlan): PlacedUnit {
  return place(unitOf(layer.node), poolShape(layer));
}
