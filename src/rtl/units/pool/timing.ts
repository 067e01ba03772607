/** The paths of pools behind windows, or over the whole image: a value a channel, and the count of taps. */
import { chain, lutRam, luts, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { PoolParameters } from './cost.js';

/** `maximum`: a comparison chooses; else a sum is added to. */
export function poolTiming(module: string, maximum: boolean, { sumBits, width }: PoolParameters): TimingPath[] {
  const kept = lutRam(width * sumBits);
  const value = maximum ? [kept, chain(sumBits + 1, 2), luts(1, sumBits)] : [kept, chain(sumBits)];
  return [
    path('taps of a window', { module, fanOut: 8 }, [luts(1, 64), luts(1, 64)]),
    path('value that is kept', { module, fanOut: 8 }, value),
  ];
}
