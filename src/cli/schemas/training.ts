/** JSON of the commands that train: train, sweep, build-native. */
import { z } from 'zod';
import { accuracyByEpoch, count, names, share } from './parts.js';

export const train = z.strictObject({
  schema: z.literal('flexor.train/1'),
  ...{
    model: z.string(),
    bitsPerWeight: z.number(),
    recipe: z.string(),
    engine: z.string(),
    engineIdentity: z.string(),
  },
  ...{ enginesRefused: names, epochs: accuracyByEpoch },
  ...{ testAccuracy: share.nullable(), testImages: count.nullable() },
});

const encodedSide = z.strictObject({ testAccuracy: share, bitsPerWeight: z.number(), weightBits: count });

export const encode = z.strictObject({
  schema: z.literal('flexor.encode/1'),
  ...{ model: z.string(), recipe: z.string(), engine: z.string(), engineIdentity: z.string() },
  ...{ enginesRefused: names, epochs: accuracyByEpoch, testImages: count.nullable() },
  before: encodedSide.describe('the model that was encoded, on the same test images'),
  after: encodedSide,
  layers: z.array(z.strictObject({ name: z.string(), weights: count, bitsBefore: count, bitsAfter: count })),
});

const run = z.strictObject({
  ...{ name: z.string(), seed: count, recipe: z.string(), history: accuracyByEpoch, testAccuracy: share },
  config: z.looseObject({}).describe('every option of the run'),
  ...{ engine: z.string(), images: z.string() },
});
const results = {
  title: z.string(),
  configurations: z.array(
    z.strictObject({ name: z.string(), paper: share.nullable(), runs: z.array(run) }).describe('one over its seeds'),
  ),
};

export const sweep = z.strictObject({ schema: z.literal('flexor.sweep/1'), ...results });

export const sweepSlurm = z.strictObject({
  schema: z.literal('flexor.sweep-slurm/1'),
  results: z.strictObject(results),
  ...{ runs: count, finished: count, queued: count },
  submitted: z.array(z.strictObject({ job: z.string(), runs: count })),
  ended: z.array(z.strictObject({ name: z.string(), seed: count, log: z.string() })),
});

export const buildNative = z.strictObject({
  schema: z.literal('flexor.build-native/1'),
  builds: z.array(
    z.strictObject({
      name: z.enum(['train', 'simulate']),
      addon: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
});
