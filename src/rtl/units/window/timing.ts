/** The path that both window units share: a vector is taken, so the window moves on and frees its rows. */
import { chain, luts, path } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import { sequencer } from './cost.js';
import type { WindowPlan } from './plan.js';

/** Registers of an engine or a pool that stand still with the window. */
const TAKER_LOADS = 512;

export function sequencerTiming(window: WindowPlan, inWidth: number): TimingPath {
  const { row } = sequencer(window, inWidth);
  const steps = [luts(1, 64), luts(2, 16), luts(1, TAKER_LOADS), chain(row, 4 * row)];
  return path('rows that a window frees', { module: 'flexor_window_sequencer' }, steps);
}
