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
  narrow: {
    luts: { counters: 1, parts: 1 },
    flipFlops: { counters: 1 },
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
    luts: { tables: 0.814, 'group shift': 1.079, joining: 1.08, 'sum of products': 2.358, counters: 3.937 },
    flipFlops: { group: 1.016, dot: 1.038, parameters: 1.848, scaled: 0.616, residual: 1.222 },
  },
  serialWindow: {
    luts: { unit: 112.03, rows: 4.029, 'row starts': 0.234, offsets: 3.84, lanes: 11.593, 'lane starts': 0.03, 'read multiplexer': 0.515 },
    flipFlops: { sequencer: 1.128, address: 0.435, offsets: 0.973, steps: 1.629, gathered: 0.991, 'lane state': 1.091, output: 1.026 },
  },
  bankedWindow: {
    luts: { unit: 9.942, counters: 0.107, 'kernel rows': 6.958, 'row multiplexer': 0.239, 'column multiplexer': 2.571, 'one column': 1.048, 'read multiplexer': 1.76 },
    flipFlops: { sequencer: 1.348, counters: 1.546, inside: 0.645, output: 0.969 },
  },
  vectorBuffer: {
    luts: { unit: 3.966, steps: 3.608, lanes: 1.507, 'short lane': 1.249, 'read multiplexer': 1.267 },
    flipFlops: { unit: 5, counters: 1, output: 1, 'short lane': 1 },
  },
  weightMemory: {
    luts: { tables: 1.017 },
    flipFlops: { output: 1 },
  },
};

/** LUTs that a layer takes less than its units. */
// prettier-ignore
export const SEAM_LUTS: Amounts = { 'waiting groups': 1.259, 'word multiplexer': 0.426, 'tap lanes': 0.387 };
