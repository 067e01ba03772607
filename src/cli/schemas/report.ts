/** JSON of `flexor report`. */
import { z } from 'zod';
import { estimate, rtl, unit } from './hardware.js';
import { areaFields, priceFields } from './measures.js';
import { inventory } from './models.js';
import { algebra, busiest, calibration, count, histogram, names, numbers, share, timing } from './parts.js';

const proportion = z
  .strictObject({ images: count, correct: count, share, low: z.number(), high: z.number() })
  .describe('with its 95 % interval');
const decision = z.strictObject({ class: count, margin: z.number() });
const example = z.looseObject({ image: count, float: decision, integer: decision });

const model = z.looseObject({
  verdict: names.describe('sentences'),
  headlines: z.array(z.strictObject({ key: z.string(), label: z.string(), text: z.string(), note: z.string() })),
  inventory: z.strictObject(inventory),
  lowering: z.strictObject({ activationBits: count, multiplierBits: count, inputBits: count }),
  accuracy: z.looseObject({
    ...{ dataset: z.string(), float: proportion, integer: proportion, rtl: proportion.nullable(), agreeing: count },
    confusion: z.strictObject({ float: z.array(numbers), integer: z.array(numbers) }),
  }),
  rtl: rtl.nullable(),
  calibration,
  warnings: names,
  pipeline: z.strictObject({
    units: z.array(
      z.strictObject({
        ...unit,
        ...{ utilisation: z.number(), busiest: z.boolean(), predicted: timing, measured: timing.nullable() },
      }),
    ),
    ...{ predictedCyclesPerFrame: count, predictedLatencyCycles: count, busiest, clockMhz: z.number() },
    ...{ framesPerSecond: z.number(), latencyMicroseconds: z.number() },
  }),
  timing: estimate,
  area: z.strictObject(areaFields).nullable().describe('null with --no-area'),
  price: z.strictObject(priceFields).nullable(),
  devices: z.array(z.looseObject({ device: z.string(), fits: z.boolean() })),
  frontier: z.array(
    z.strictObject({
      ...{ cycles: count, area: z.number(), luts: count, blockRams: count, multipliers: count },
      layers: z.array(z.strictObject({ name: z.string(), pe: count, simd: count, cycles: count })),
    }),
  ),
  matrices: z.array(
    z.strictObject({
      ...{ planes: names, nIn: count, nOut: count, rows: names, properties: z.strictObject(algebra) },
      ...{ naiveGates: count, gates: z.array(z.tuple([count, count])), outputs: z.array(count), depth: count },
    }),
  ),
  planes: z.array(
    z.strictObject({
      ...{ name: z.string(), encryptedBits: count, encryptedOnes: count, weightBits: count, weightOnes: count },
      ...{ onesPerSlice: numbers, fairOnesPerSlice: numbers, histogram: histogram.nullable() },
    }),
  ),
  examples: z.strictObject({ disagreeing: z.array(example), closest: z.array(example) }),
  reproduction: z.strictObject({ commands: names, versions: z.record(z.string(), z.string()) }),
});

export const report = z.strictObject({
  schema: z.literal('flexor.report/1'),
  ...{ version: z.string(), comparison: names, models: z.array(model) },
});
