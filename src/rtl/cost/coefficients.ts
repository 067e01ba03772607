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
    luts: { unit: 1.302, counters: 1.88, 'read multiplexer': 1, 'write decoder': 0.09, bypass: 1.724 },
    flipFlops: { counters: 1.407, 'logic memory': 1.056, bypass: 0.68 },
  },
  deepFifo: {
    luts: { counters: 1.655, 'read multiplexer': 1.16 },
    flipFlops: { unit: 1, counters: 1, output: 1 },
  },
  maxPool: {
    luts: { unit: 11.171, counters: 0.442, value: 1.908, 'read multiplexer': 4.834 },
    flipFlops: { counters: 1, 'logic memory': 1, address: 1 },
  },
  sumPool: {
    luts: { unit: 14.377, counters: 0.782, value: 0.963, 'read multiplexer': 0.69 },
    flipFlops: { counters: 1, address: 1 },
  },
  narrow: {
    luts: { counters: 2.994, parts: 0.689 },
    flipFlops: { counters: 1 },
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
    luts: { counters: 2.115, 'masked adders': 1.724, 'plain adders': 0.929, accumulators: 1.256, 'one lane': 0.301, sum: 1.073, 'read multiplexer': 0.469, bypass: 0.575 },
    flipFlops: { unit: 9.013, counters: 0.995, activations: 1, groups: 0.986, lanes: 0.996, 'lane control': 3.245, sum: 1.004, accumulators: 0.997, address: 1.035, bypass: 0.823 },
  },
  requantiser: {
    luts: { unit: 1.593, tables: 0.55, 'group shift': 1.052, joining: 1.379, 'sum of products': 2.213, counters: 5.855 },
    flipFlops: { unit: 4.455, group: 1.002, sum: 0.321, dot: 1.23, parameters: 1.512, scaled: 0.931, counters: 1.084, residual: 1.197 },
  },
  serialWindow: {
    luts: { unit: 117.467, rows: 2.661, 'row starts': 0.301, offsets: 2.653, steps: 0.962, lanes: 8.146, 'lane starts': 0.036, 'read multiplexer': 0.536, parts: 0.515 },
    flipFlops: { sequencer: 1.186, address: 0.413, offsets: 0.894, steps: 1.463, gathered: 0.987, 'lane state': 1.062, output: 1.002 },
  },
  bankedWindow: {
    luts: { unit: 49.629, counters: 0.023, 'kernel rows': 4.473, 'row multiplexer': 0.364, 'column multiplexer': 2.531, 'one column': 1.434, 'read multiplexer': 1.45, parts: 1.046 },
    flipFlops: { sequencer: 1.285, address: 0.146, counters: 1.452, inside: 0.784, output: 0.972, parts: 3.967 },
  },
  vectorBuffer: {
    luts: { unit: 1.672, steps: 3.889, lanes: 1.63, 'short lane': 1.211, 'read multiplexer': 1.05, 'write decoder': 0.417, parts: 0.752 },
    flipFlops: { unit: 5, counters: 1, output: 1, parts: 1, 'short lane': 1 },
  },
  weightMemory: {
    luts: { tables: 1.017 },
    flipFlops: { output: 1 },
  },
};

/** LUTs that a layer takes less than its units. */
// prettier-ignore
export const SEAM_LUTS: Amounts = { 'waiting groups': 0.699, 'word multiplexer': 0.53, 'tap lanes': 0.838 };
