/** JSON of the commands that measure: area, price, price-sweep. */
import { z } from 'zod';
import { count, share, weightBits } from './parts.js';

const number = z.number();
const resources = z.strictObject({
  ...{ luts: number, lutRams: number, inverters: number, flipFlops: number, blockRams: number, multipliers: number },
  ...{ nand2: number, logicUm2: number, memoryUm2: number, romBits: number, ramBits: number },
});
const target = z.enum(['xcup', 'xc7', 'ecp5', 'ice40', 'asic', 'gates']);
const pathPlace = z.strictObject({ instance: z.string(), module: z.string().nullable(), register: z.string() });
const path = z
  .strictObject({
    source: z.enum(['estimated', 'placed']).describe('estimated: before placement, from delays of cells and nets'),
    ...{ ns: number, luts: count, carries: count, from: pathPlace, to: pathPlace, modules: z.array(z.string()) },
  })
  .nullable();
const unitArea = z.strictObject({
  ...{ resources, cells: z.record(z.string(), number), depth: count, criticalPathNs: number.nullable(), path },
});

/** As of `flexor area`, without the name of its schema. */
export const areaFields = {
  ...{ model: z.string(), modelDigest: z.string(), target, targetTitle: z.string() },
  library: z.strictObject({ name: z.string(), digest: z.string() }).nullable(),
  ...{ yosysVersion: z.string(), cyclesPerFrame: count },
  layers: z.array(
    z.strictObject({
      ...{ name: z.string(), kind: z.string(), pe: count.nullable(), simd: count.nullable(), area: unitArea },
      parts: z.array(z.strictObject({ part: z.string(), instances: count, area: unitArea })),
      ...{
        merged: resources,
        decryptor: unitArea.nullable(),
        plain: unitArea.nullable(),
        weights: weightBits.nullable(),
      },
    }),
  ),
  ...{ rest: unitArea, total: resources, decryptorTotal: resources, plainTotal: resources.nullable() },
  ...{ weights: weightBits, depth: count, criticalPathNs: number.nullable() },
  flat: z.strictObject({ area: unitArea, difference: resources }).nullable(),
  placement: z
    .strictObject({
      ...{ device: z.string(), version: z.string() },
      maxMegahertz: number.describe('the lowest of the runs'),
      runs: z.array(z.strictObject({ ...{ seed: count, maxMegahertz: number, layer: z.string().nullable() }, path })),
      utilisation: z.record(z.string(), z.strictObject({ used: number, available: number })),
    })
    .nullable(),
};
export const area = z.strictObject({ schema: z.literal('flexor.area/1'), ...areaFields });

const pair = z.strictObject({ flexor: number, plain: number });
const activity = z.looseObject({ registerToggles: number, registerClocks: number });
const payment = z.strictObject({ sram: number.nullable(), rom: number.nullable() }).describe('weights; null: never');
const total = {
  ...{ weights: weightBits, savedBits: number },
  decryptor: z.strictObject({
    ...{ copies: count, xorGates: count, naiveXorGates: count, depth: count, registerBits: pair },
  }),
  traffic: z.strictObject({ reads: pair, bitsRead: pair }),
  targets: z.array(
    z.strictObject({
      ...{ target, unit: z.enum(['LUT', 'NAND2', 'µm²']), logic: pair, decryptor: number, share: number, depth: count },
      ...{ criticalPathNs: number.nullable(), blockRams: pair.nullable() },
      memoryUm2: z.strictObject({ sram: pair, rom: pair }).nullable(),
      breakEvenWeights: payment.nullable(),
    }),
  ),
  energy: z
    .strictObject({
      ...{ memory: pair, decryptor: pair, macArray: number.nullable(), weights: pair },
      breakEvenWeights: number.nullable(),
    })
    .describe('a frame, pJ'),
};

/** As of `flexor price`, without the name of its schema. */
export const priceFields = {
  ...{ model: z.string(), modelDigest: z.string(), cyclesPerFrame: count },
  measurements: z.array(
    z.strictObject({ target, title: z.string(), yosysVersion: z.string(), library: z.string().nullable() }),
  ),
  layers: z.array(
    z.strictObject({
      ...{ name: z.string(), kind: z.enum(['conv', 'dense']), pe: count, simd: count, nIn: count, nOut: count },
      ...total,
      activity: z.strictObject({ flexor: activity, plain: activity, mac: activity.nullable() }),
    }),
  ),
  total: z.strictObject(total),
};
export const price = z.strictObject({ schema: z.literal('flexor.price/1'), ...priceFields });

const sizes = z.strictObject({ asic: number, xcup: number, nand2: number });
const taps = z.union([count, z.literal('random')]);

export const priceSweep = z.strictObject({
  schema: z.literal('flexor.price-sweep/1'),
  request: z.strictObject({
    ...{ outputs: z.array(count), ratios: z.array(share), taps: z.array(taps), seeds: count, firstSeed: count },
    ...{ pe: count, iterations: count },
  }),
  ...{ yosysVersion: z.string(), library: z.string(), memoryUm2PerBit: z.strictObject({ sram: number, rom: number }) },
  ...{ plainRegister: sizes, referenceLayer: z.strictObject({ title: z.string(), logic: sizes }) },
  rows: z.array(
    z.strictObject({
      ...{ nOut: count, nIn: count, ratio: share, taps, distinctRows: number, naiveGates: number, gates: number },
      ...{ depth: number, slices: number, registerBits: number, circuit: sizes, decryptor: sizes, perWeightBit: sizes },
      share: z.strictObject({ asic: number, xcup: number }),
      savedUm2PerWeight: z.strictObject({ sram: number, rom: number }),
      breakEvenWeights: payment,
    }),
  ),
});
