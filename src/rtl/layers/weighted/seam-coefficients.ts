/** Fitted to bench/cost/grid.json by `node bench/cost-model.js fit`: LUTs that a layer takes less than its units. */
import type { Amounts } from '../../units/types.js';

// prettier-ignore
export const SEAM_LUTS: Amounts = { 'waiting groups': 0.699, 'no subtraction': 1, 'word multiplexer': 0.53, 'tap lanes': 0.838 };
