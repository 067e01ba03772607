/** The paths of thresholds: planes that are joined, a comparison a stage. */
import { chain, luts, path } from '../../timing/path.js';
import { dotPaths } from '../group-sums.js';
import type { TimingPath } from '../types.js';
import type { ThresholdParameters } from './parameters.js';

export function thresholdTiming(unit: ThresholdParameters): TimingPath[] {
  const { thresholdBits, outBits } = unit;
  const module = 'flexor_thresholds';
  return [
    ...dotPaths(unit, module),
    path('comparison', { module }, [
      chain(thresholdBits, 2),
      ...(outBits > 1 ? [luts(1, (2 ** (outBits - 1) - 1) * thresholdBits)] : []),
    ]),
  ];
}
