/** The paths of thresholds: planes that are joined, a comparison a stage. */
import { chain, luts, multiplexer, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { ThresholdParameters } from './parameters.js';

export function thresholdTiming(unit: ThresholdParameters): TimingPath[] {
  const { pe, width, planes, joined, dotBits, factorBits, thresholdBits, outBits } = unit;
  const module = 'flexor_thresholds';
  return [
    path('2P − Σa', { module }, [multiplexer(pe / width, 16), chain(dotBits, 2)]),
    ...(joined
      ? [
          path('joined planes', { module }, [
            luts(Math.ceil(Math.log2(planes)) - 1, 4),
            chain(factorBits, 2),
            chain(factorBits),
          ]),
        ]
      : []),
    path('comparison', { module }, [
      chain(thresholdBits, 2),
      ...(outBits > 1 ? [luts(1, (2 ** (outBits - 1) - 1) * thresholdBits)] : []),
    ]),
  ];
}
