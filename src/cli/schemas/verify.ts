/** JSON of `flexor verify`. */
import { z } from 'zod';
import { count, data, digest, names, numbers } from './parts.js';

const fault = z.string().nullable().describe('what is wrong, in one line; null where nothing is');

const stored = z.strictObject({
  ...{ layer: z.string(), encryptedBits: count, encryptedChecked: count, scales: count, scaleBits: count },
  ...{ storedBits: count.describe('copies and fillers included'), wrongBits: count, fault },
});
const circuit = z.strictObject({ module: z.string(), nIn: count, nOut: count, layers: names, fault });
const source = z.strictObject({ file: z.string(), kind: z.enum(['library', 'layer', 'other']), fault });
const proof = z.strictObject({
  module: z.string(),
  claim: z.enum(['proven', 'bounded', 'tested']).describe('for all times, for the first cycles, not at all'),
  cycles: count.nullable(),
  sets: names.describe('parameters for which it is proven'),
  verdicts: z
    .array(z.enum(['proven', 'bounded', 'failed', 'unknown']))
    .describe('of the solver, a set each, where it was run'),
});
const own = z.strictObject({
  ...{ module: z.string(), parameters: z.string(), cycles: count.nullable() },
  verdict: z
    .enum(['proven', 'bounded', 'failed', 'unknown', 'left'])
    .describe('unknown: no answer in time; left: not tried, for want of time or of properties that fit'),
});
const run = z.strictObject({
  ...{ stalls: z.number(), passed: z.boolean(), failure: z.string().nullable(), images: count, mismatches: count },
  ...{ valuesCompared: count, cyclesPerFrame: z.number().nullable(), predictedCyclesPerFrame: count },
});

const coverage = z.strictObject({
  ...{ layer: z.string(), encryptedBits: count, encryptedObserved: count, weightBits: count, weightObserved: count },
});
const vectors = z.strictObject({
  images: numbers.describe('indices among the test images, the one that observes most first'),
  coverage: z.array(coverage),
  observedByFirst: count.describe('encrypted bits that as many images observe, taken from the front'),
});
const mutation = z.strictObject({
  ...{ mutants: count, seed: count },
  inStreams: count.describe('flipped encrypted bits that change a stream'),
  inLogits: count.describe('of them, those that change a logit'),
});

export const verify = z.strictObject({
  schema: z.literal('flexor.verify/1'),
  ...{ model: z.string(), digest, design: z.string().describe('top module'), passed: z.boolean(), failure: fault },
  ...{ warnings: data.warnings },
  proven: z.strictObject({
    ...{ encryptedBits: count, encryptedChecked: count, scales: count, storedBits: count, wrongBits: count },
    ...{ stored: z.array(stored), circuits: z.array(circuit), sources: z.array(source) },
    modules: z.array(proof).nullable().describe('null with --proofs none'),
    own: z.array(own).nullable().describe("at the design's own parameters; null without --proofs own"),
  }),
  sampled: z.strictObject({
    vectors: vectors.nullable().describe('null where nothing was run'),
    mutation: mutation.nullable(),
    runs: z.array(run).describe('empty where nothing was run'),
  }),
});
