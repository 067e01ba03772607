/** What a threshold unit costs: shift-out of a group, subtractors, comparisons with their table, and the choice of a half. */
import { beatsOf } from '../../beats.js';
import { counterBits } from '../../cost/counter.js';
import { muxLuts } from '../../cost/memory.js';
import { isRegistered, romFeatures } from '../../cost/rom.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { ThresholdParameters } from './parameters.js';
import { thresholdTiming } from './timing.js';

export type { ThresholdParameters } from './parameters.js';

export const THRESHOLDS: HardwareUnit<ThresholdParameters> = {
  kind: 'thresholds',
  module: 'flexor_thresholds',
  parts: { flexor_thresholds: 'requantiser' },
  coefficients: COEFFICIENTS,
  paths: thresholdTiming,
  features(unit) {
    const { pe, width, groups, planes, accBits, joined, dotBits, factorBits, thresholdBits, outBits } = unit;
    const beats = beatsOf(pe, width);
    const words = beats * groups;
    const columns = (2 ** outBits - 1) * thresholdBits + Number(unit.falls);
    const different = width * (unit.columns ?? columns);
    const rom = romFeatures(width * columns, words, different);
    const counters = (words > 1 ? counterBits(words) : 0) + counterBits(beats + 1);
    // Behind each comparison but the last one half of the thresholds is left, but for the middle one.
    let left = 0;
    for (let held = 2 ** (outBits - 1) - 1; held > 0; held = (held - 1) / 2) left += held;
    return {
      luts: {
        tables: rom.tables,
        'group multiplexer': width * planes * accBits * muxLuts(beats),
        joining: joined ? width * Math.max(1, planes - 1) * factorBits : 0,
        dot: unit.sharedSums === true ? 0 : width * planes * dotBits,
        comparisons: width * outBits * thresholdBits,
        selection: width * left * thresholdBits,
        counters,
      },
      flipFlops: {
        unit: 1,
        group: pe * planes * accBits,
        sum: unit.sumBits,
        dot: width * (planes * dotBits + (joined ? factorBits : 0)),
        parameters: rom.flipFlops + (isRegistered(width * columns, words) ? different : 0),
        search: width * ((left + outBits - 1) * thresholdBits + (outBits * (outBits + 1)) / 2),
        counters,
      },
      multipliers: 0,
      ...rom.storage,
    };
  },
};
