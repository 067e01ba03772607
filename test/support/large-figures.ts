/** Reports whose numbers and names are as long as those of large networks, made up: tables must have room for them. */
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
  return { resources, cells: {}, depth: 123, criticalPathNs: target === 'asic' || target === 'ice40' ? 12.34 : null };
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
