/** Fitted to bench/cost/units.json and grid.json by `node bench/cost-model.js fit`; amounts are those of the features. */
import type { Amounts } from './features.js';
import type { UnitKind } from './units.js';

interface UnitCoefficients {
  readonly luts: Amounts;
  readonly flipFlops: Amounts;
}

// prettier-ignore
export const COEFFICIENTS: Readonly<Record<UnitKind, UnitCoefficients>> = {
  fifo: {
    luts: { unit: 0.883, counters: 1.712, 'read multiplexer': 1, 'write decoder': 0.635, bypass: 1.789 },
    flipFlops: { counters: 1.232, 'logic memory': 0.989, address: 0.251, bypass: 0.721 },
  },
  deepFifo: {
    luts: { counters: 1.633, 'read multiplexer': 1.225 },
    flipFlops: { unit: 1, counters: 1, output: 1 },
  },
  maxPool: {
    luts: { unit: 0.549, value: 3.742, 'read multiplexer': 6.121 },
    flipFlops: { counters: 1, 'logic memory': 1, address: 1 },
  },
  sumPool: {
    luts: { unit: 11.333, counters: 0.667, value: 1.333, 'read multiplexer': 0.708 },
    flipFlops: { counters: 1, address: 1 },
  },
  subsample: {
    luts: { value: 0.563, places: 0.975, image: 1.433, phases: 4.66 },
    flipFlops: { counters: 0.943 },
  },
  input: {
    luts: { unit: 10.523, counters: 1.563, value: 0.206 },
    flipFlops: { unit: 1, counters: 1 },
  },
  classifier: {
    luts: { unit: 0.171, value: 0.706, index: 2.803 },
    flipFlops: { value: 1, index: 1 },
  },
  decryptor: {
    luts: { register: 0.98, 'deep rows': 0.739 },
    flipFlops: { register: 0.978 },
  },
  engine: {
    luts: { counters: 2.005, 'masked adders': 1.757, 'plain adders': 0.908, accumulators: 1.172, 'one lane': 0.363, sum: 1.59, 'read multiplexer': 0.116, bypass: 0.568 },
    flipFlops: { unit: 8.167, counters: 0.937, activations: 0.998, groups: 0.824, lanes: 0.946, 'lane control': 6.151, sum: 1.052, accumulators: 1.031, address: 1.452, bypass: 0.816 },
  },
  requantiser: {
    luts: { unit: 36.518, tables: 0.539, 'group shift': 1.275, joining: 1.069, 'sum of products': 1.666, counters: 2.301 },
    flipFlops: { group: 1.016, dot: 1.038, parameters: 1.848, scaled: 0.616, residual: 1.222 },
  },
  serialWindow: {
    luts: { unit: 117.972, rows: 2.854, 'row starts': 0.231, offsets: 4.544, lanes: 3.659, 'lane starts': 0.246, 'read multiplexer': 0.352 },
    flipFlops: { sequencer: 1.128, address: 0.435, offsets: 0.973, steps: 1.629, gathered: 0.991, 'lane state': 1.091, output: 1.026 },
  },
  bankedWindow: {
    luts: { unit: 0.51, 'kernel rows': 7.834, 'row multiplexer': 0.164, 'column multiplexer': 2.56, 'one column': 0.864, 'read multiplexer': 1.873 },
    flipFlops: { sequencer: 1.348, counters: 1.546, inside: 0.645, output: 0.969 },
  },
  vectorBuffer: {
    luts: { unit: 3.966, steps: 3.608, lanes: 1.507, 'short lane': 1.249, 'read multiplexer': 1.267 },
    flipFlops: { unit: 5, counters: 1, output: 1, 'short lane': 1 },
  },
  weightMemory: {
    luts: { tables: 1.017 },
    flipFlops: { output: 1, gathered: 1 },
  },
};

/** LUTs that a layer takes less than its units. */
// prettier-ignore
export const SEAM_LUTS: Amounts = { 'waiting groups': 0.623, 'word multiplexer': 0.386, 'tap lanes': 0.891 };
