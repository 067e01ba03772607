/** What a requantiser costs: shift-out of a group, subtractors, multipliers with their table, and the sum. */
import { beatsOf } from '../../beats.js';
import { counterBits } from '../../cost/counter.js';
import { muxLuts } from '../../cost/memory.js';
import { multiplierBlocks } from '../../cost/multiplier.js';
import { romFeatures } from '../../cost/rom.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { RequantiserParameters } from './parameters.js';
import { requantiserTiming } from './timing.js';

export type { RequantiserParameters } from './parameters.js';

/** LUTs a bit of a sum of so many terms: two for each compressor of three to two, one for the adder behind them. */
function sumLuts(terms: number): number {
  return 2 * Math.max(0, terms - 2) + 1;
}

function columnsOf({ multiplierColumns, betaColumns }: NonNullable<RequantiserParameters['table']>): number {
  return multiplierColumns + betaColumns;
}

export const REQUANTISER: HardwareUnit<RequantiserParameters> = {
  kind: 'requantiser',
  module: 'flexor_requantiser',
  parts: {
    flexor_requantiser: 'requantiser',
    flexor_requantiser_residual: 'requantiser',
    flexor_scale_rom: 'requantiser',
    flexor_scale_ram: 'requantiser',
  },
  coefficients: COEFFICIENTS,
  paths: requantiserTiming,
  features(unit) {
    const { pe, groups, width, planes, accBits, joined, dotBits, factorBits, multiplierBits, scaledBits } = unit;
    const factors = joined ? 1 : planes;
    const table = unit.table ?? { multiplierColumns: factors * multiplierBits, betaColumns: scaledBits };
    const beats = beatsOf(pe, width);
    const words = beats * groups;
    const rom = romFeatures(width * (scaledBits + factors * multiplierBits), words, width * columnsOf(table));
    const counters = (words > 1 ? counterBits(words) : 0) + counterBits(beats + 1);
    const shift = unit.shift ?? 0;
    const { residual } = unit;
    const product = multiplierBlocks(factorBits, multiplierBits);
    const shortcut = residual === null ? 0 : multiplierBlocks(residual.bits + 1, residual.multiplierBits);
    // Equal betas leave the rounding term, a constant with zeros below it.
    const lastTerm = table.betaColumns > 0 ? scaledBits : shift > 0 ? scaledBits - shift + 1 : 0;
    const terms = factors - 1 + (residual === null ? 0 : 1) + (table.betaColumns > 0 ? 1 : 0);
    return {
      luts: {
        unit: 1,
        tables: rom.tables,
        'group multiplexer': width * planes * accBits * muxLuts(beats),
        joining: joined ? width * sumLuts(planes) * factorBits : 0,
        'sum of products': width * (terms === 0 ? lastTerm : sumLuts(terms + 1) * scaledBits),
        counters,
      },
      flipFlops: {
        unit: 1,
        group: pe * planes * accBits,
        sum: unit.sumBits,
        dot: width * (planes * dotBits + (joined ? factorBits : 0)),
        parameters: rom.flipFlops + width * table.betaColumns,
        scaled: width * (scaledBits - shift),
        counters,
        residual: residual === null ? 0 : width * (residual.bits + residual.multiplierBits),
      },
      multipliers: width * (factors * product + shortcut),
      ...rom.storage,
    };
  },
};
