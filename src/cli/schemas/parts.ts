/** Parts that the JSON of several commands has in common. */
import { z } from 'zod';

export const count = z.int().nonnegative();
/** 0 to 1. */
export const share = z.number().min(0).max(1);
export const names = z.array(z.string());
const limits = z.strictObject({ min: z.number(), max: z.number() });
/** How number formats fit the activations (docs/numbers.md). */
export const calibration = z.strictObject({
  images: count,
  layers: z.array(
    z.strictObject({
      ...{ layer: z.string(), bits: count, signed: z.boolean(), range: limits },
      seen: limits.nullable().describe('before the format cuts off; null where the model states the steps'),
      ...{ saturated: share.nullable(), outside: share.nullable(), codes: count, unusedCodes: count },
      headroomBits: z.number().nullable(),
    }),
  ),
});
export const numbers = z.array(z.number());
export const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256 of the model file');
export const shape = z.strictObject({ height: count, width: count, channels: count });
export const format = z.strictObject({ bits: count, signed: z.boolean() });
export const timing = z
  .strictObject({ first: z.int(), last: z.int() })
  .describe('cycles of the first and last transfer');
export const busiest = z
  .strictObject({ unit: z.string(), cycles: count })
  .describe('the unit with the most cycles a frame');
export const before = z.tuple([z.number(), z.number()]).describe('before, after');

export const histogram = z.strictObject({ limit: z.number(), below: count, counts: z.array(count), above: count });

const distance = z.strictObject({ min: z.number().nullable(), mean: z.number().nullable() });
export const algebra = {
  distinctRows: count,
  rank: count,
  rowDistance: distance,
  codeDistance: distance,
};
export const properties = { ...algebra, gates: count.nullable(), depth: count.nullable(), naiveGates: count };

export const accuracyByEpoch = z.array(
  z.strictObject({ epoch: count, loss: z.number().nullable(), testAccuracy: share }),
);

export const weightBits = z.strictObject({
  weightBits: count,
  encryptedBits: count,
  storedBits: count,
  plainStoredBits: count,
});

export const layerFold = z.strictObject({
  pe: count,
  simd: count,
  rowsPerWord: count.optional(),
  tableLanes: count.optional(),
  sharedSums: z.boolean().optional(),
  decryptor: z.enum(['shift', 'hold']).optional().describe('what it keeps of a word; absent: what takes least'),
  width: count.optional(),
  inputWidth: count.optional(),
  weights: z.enum(['rom', 'ram', 'ram-single', 'stream']).optional(),
  ramStyle: z
    .enum(['block', 'distributed'])
    .optional()
    .describe('what the memory of fixed weights is made of; absent: what synthesis chooses'),
  treeLevels: count.optional().describe('levels of adders from one register to the next; absent: 2'),
  registers: z
    .array(z.enum(['address', 'load', 'product']))
    .optional()
    .describe('registers on the paths of the layer besides those that are always there; absent: none'),
});
export const fold = z.record(z.string(), layerFold).describe('by layer');

/** Of the test images. */
export const data = {
  dataset: z.string(),
  dataDigest: z.string().nullable().describe("SHA-256 of data of one's own"),
  warnings: names,
  predictions: z.string().nullable().optional().describe('CSV of the classes, where it was asked for'),
};
