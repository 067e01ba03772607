/** Reports whose numbers and names are as long as those of large networks, made up: tables must have room for them. */
import type { CosimResult } from '../../src/cosim/types.js';
import type { Calibration } from '../../src/report/calibration.js';
import type { Comparison } from '../../src/report/comparison.js';
import type {
  AreaReport,
  AreaTarget,
  LayerArea,
  Resources,
  UnitArea,
  WeightBits,
} from '../../src/report/area/types.js';
import type { SweepReport } from '../../src/report/price/sweep/types.js';
import type { LayerPrice, FlexorAndPlain, PriceReport, TargetPrice } from '../../src/report/price/types.js';
import type { XorProperties } from '../../src/xor/properties.js';

/** As the longest of ResNet-20. */
const NAMES = ['conv1', 'stage3_block1_conv1', 'stage3_block1_conv2', 'fc'];

const resources: Resources = {
  luts: 234_567,
  lutRams: 45_678,
  inverters: 1_234,
  flipFlops: 123_456,
  blockRams: 1_234,
  multipliers: 1_234,
  nand2: 1_234_567,
  logicUm2: 2_345_678,
  memoryUm2: 2_345_678,
  romBits: 1_662_752,
  ramBits: 1_234_567,
};

const weights: WeightBits = {
  weightBits: 11_160_000,
  encryptedBits: 6_697_656,
  storedBits: 6_698_240,
  plainStoredBits: 11_160_000,
};

function unit(target: AreaTarget): UnitArea {
  const place = { instance: 'u_window.u_sequencer', module: 'flexor_window_sequencer', register: 'write_col_q' };
  const path = { ns: 12.34, luts: 12, carries: 34, from: place, to: place, modules: ['flexor_window_serial'] };
  const timed = target === 'asic' || target === 'ice40' || target === 'xcup';
  return {
    ...{ resources, cells: {}, depth: 123, criticalPathNs: timed ? 12.34 : null },
    path:
      target === 'xcup' ? { source: 'estimated', ...path } : target === 'ice40' ? { source: 'placed', ...path } : null,
  };
}

/** As of `flexor area --plain --check-flat`. */
export function area(target: AreaTarget): AreaReport {
  const measured = unit(target);
  const layers: LayerArea[] = NAMES.map((name) => ({
    ...{ name, kind: 'conv', pe: 16, simd: 16, area: measured, decryptor: measured, plain: measured, weights },
    parts: [{ part: 'shiftRegister', instances: 1_234, area: measured }],
    merged: Object.fromEntries(Object.entries(resources).map(([key, n]) => [key, -n])) as unknown as Resources,
  }));
  return {
    ...{ model: 'resnet20_cifar10_19_19_8_20', modelDigest: '0'.repeat(64), target, targetTitle: 'a target of a name' },
    ...{ library: null, yosysVersion: 'Yosys 0.55 (git sha1 60f126cd0)', cyclesPerFrame: 1_234_567, layers },
    ...{ rest: measured, total: resources, decryptorTotal: resources, plainTotal: resources, weights, depth: 123 },
    ...{ criticalPathNs: measured.criticalPathNs, flat: { area: measured, difference: resources }, placement: null },
  };
}

/** As of `flexor price`. */
export function price(target: AreaTarget): PriceReport {
  const pair = (n: number): FlexorAndPlain => ({ flexor: n, plain: n });
  const asic = target === 'asic';
  const targetPrice: TargetPrice = {
    ...{
      target,
      unit: asic ? 'µm²' : target === 'gates' ? 'NAND2' : 'LUT',
      logic: pair(2_345_678),
      decryptor: 234_567,
    },
    ...{ share: 0.1234, depth: 123, criticalPathNs: asic ? 12.34 : null, blockRams: asic ? null : pair(1_234) },
    memoryUm2: asic ? { sram: pair(12_345_678), rom: pair(2_345_678) } : null,
    breakEvenWeights: asic ? { sram: 1_234_567, rom: null } : null,
  };
  const stream = {} as LayerPrice['activity']['flexor'];
  const layer: Omit<LayerPrice, 'name'> = {
    ...{ kind: 'conv', pe: 16, simd: 16, nIn: 12, nOut: 20, weights, savedBits: 4_461_760 },
    decryptor: { copies: 1_234, xorGates: 12_345, naiveXorGates: 12_345, depth: 12, registerBits: pair(12_345) },
    ...{ traffic: { reads: pair(123_456_789), bitsRead: pair(1_234_567_890) }, targets: [targetPrice] },
    activity: { flexor: stream, plain: stream, mac: null },
    energy: {
      ...{ memory: pair(123_456_789), decryptor: pair(123_456_789), macArray: 123_456_789, weights: pair(123_456_789) },
      breakEvenWeights: 1_234_567,
    },
  };
  return {
    ...{ model: 'resnet20_cifar10_19_19_8_20', modelDigest: '0'.repeat(64), cyclesPerFrame: 1_234_567, total: layer },
    measurements: [
      { target, title: 'a target of a name', yosysVersion: 'Yosys 0.55 (git sha1 60f126cd0)', library: null },
    ],
    layers: NAMES.map((name) => ({ name, ...layer })),
  };
}

/** As of `flexor price-sweep`. */
export function priceSweep(): SweepReport {
  const sizes = { asic: 12_345, xcup: 1_234, nand2: 12_345 };
  return {
    request: { outputs: [32], ratios: [0.4], taps: ['random'], seeds: 5, firstSeed: 1, pe: 16, iterations: 100 },
    ...{
      yosysVersion: 'Yosys 0.55 (git sha1 60f126cd0)',
      library: 'flexor130',
      memoryUm2PerBit: { sram: 3.4, rom: 0.6 },
    },
    ...{ plainRegister: sizes, referenceLayer: { title: 'a convolution of 64 channels', logic: sizes } },
    rows: [
      {
        ...{ nOut: 512, nIn: 512, ratio: 0.4, taps: 'random', distinctRows: 512, naiveGates: 12_345, gates: 12_345 },
        ...{ depth: 12, slices: 123, registerBits: 123, circuit: sizes, decryptor: sizes, perWeightBit: sizes },
        ...{ share: sizes, savedUm2PerWeight: { sram: 12.34, rom: 1.23 } },
        breakEvenWeights: { sram: 12_345_678, rom: null },
      },
    ],
  };
}

/** A co-simulation of so many cycles as a large network takes. */
export const cosim: CosimResult = {
  ...{ passed: true, status: 'passed', failure: null, simulator: 'verilator', images: 12_345, mismatches: 12_345 },
  ...{ valuesCompared: 1_234_567_890, firstMismatch: null, timingMismatch: null, frames: [], logits: [], classes: [] },
  ...{
    droppedFrames: 0,
    loadedFrom: [12_345],
    frameErrors: { early: 0, missing: 0, keep: 0 },
    latencyCycles: 1_234_567_890,
  },
  ...{ predictedLatencyCycles: 1_234_567_890, cyclesPerFrame: 1_234_567_890, predictedCyclesPerFrame: 1_234_567_890 },
  ...{ bottleneckUtilisation: 0.9876, streams: [], output: [], simulatedCycles: 123_456_789_012 },
  ...{ cyclesPerSecond: 1_234_567, buildCached: false, buildSeconds: 1_234.5, runSeconds: 12_345.6, keptFolder: null },
  repeatCommand: 'build/a-long-folder-of-a-design/run --job build/a-long-folder-of-a-design/job --seed 4000000000',
};

/** As of `flexor compare`, whose runs end early. */
export const comparison: Comparison = {
  ...{ images: 10_000, agreeing: 9_999, float: { accuracy: 0.9123, accuracyOnRtlImages: 0.9123 } },
  fixed: { accuracy: 0.9123, accuracyOnRtlImages: 0.9123 },
  rtl: {
    ...{ passed: false, failure: null, images: 10_000, mismatches: 0, accuracy: 0.9123, cyclesPerFrame: 1_234_567_890 },
    ...{ latencyCycles: 1_234_567_890, predictedLatencyCycles: 1_234_567_890, predictedCyclesPerFrame: 1_234_567_890 },
    ...{ bottleneckUtilisation: 0.9876, busiest: { unit: 'stage3_block1_conv2_requantiser', cycles: 1_234_567_890 } },
    stalled: {
      ...{ passed: false, failure: null, images: 10_000, mismatches: 0, accuracy: 0.9123, stalls: 30 },
      ...{ seed: 4_000_000_000, latencyCycles: 1_234_567_890, cyclesPerFrame: 1_234_567_890 },
      bottleneckUtilisation: 0.9876,
    },
  },
};

/** As of `flexor simulate` and `flexor compare`. */
export const calibration: Calibration = {
  images: 1_000,
  layers: NAMES.map((layer) => ({
    ...{ layer, bits: 16, signed: true, range: { min: -12_345.678, max: 12_345.678 }, saturated: 0.1234 },
    ...{ seen: { min: -12_345.678, max: 12_345.678 }, outside: 0.1234, codes: 65_536, unusedCodes: 65_535 },
    headroomBits: -12.34,
  })),
  warnings: [],
};

/** Of the largest M⊕. */
export const xor: XorProperties = {
  ...{
    distinctRows: 512,
    rank: 512,
    rowDistance: { min: 123, mean: 123.45 },
    codeDistance: { min: 123, mean: 123.45 },
  },
  ...{ gates: 123_456, naiveGates: 123_456, depth: 123 },
};
