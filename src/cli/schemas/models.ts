/** JSON of the commands that are about models and M⊕: inspect, compact, import, design-xor, minimise-xor, simulate. */
import { z } from 'zod';
import { before, calibration, count, data, digest, histogram, names, numbers, properties, share } from './parts.js';

const bits = {
  weights: count,
  encryptedBits: count,
  floatBits: count,
  matrixBits: count,
  alphaBits: count,
  biasBits: count,
  batchNormBits: count,
  macs: count,
};

const codes = z.strictObject({
  ...{ q: count, nIn: count, nOut: count, nominalNIn: count, rank: count, nTap: count.nullable(), plain: z.boolean() },
  encryptedHistograms: z.array(histogram.nullable()),
});

const weighted = z.strictObject({
  ...bits,
  codes: codes.nullable(),
  ...{ bitsPerWeight: z.number(), bias: z.boolean(), batchNorm: z.boolean() },
});

const layer = z.strictObject({
  ...{ name: z.string(), kind: z.string(), inputs: names, inputShape: numbers, outputShape: numbers },
  ...{ kernel: numbers.nullable(), stride: numbers.nullable(), padding: numbers.nullable() },
  ...{ dilation: numbers.nullable(), groups: count.nullable(), channelPadding: numbers.nullable() },
  ...{ relu: z.boolean(), range: numbers.nullable(), weighted: weighted.nullable() },
});

/** Of a model: layers and the bits that each takes. */
export const inventory = {
  ...{ name: z.string(), digest },
  input: z.looseObject({ shape: numbers, mean: numbers, std: numbers, range: numbers }),
  ...{ output: z.string(), classes: names },
  data: z
    .strictObject({ digest: z.string(), label: z.string().optional(), imageSize: z.tuple([count, count]).optional() })
    .nullable()
    .describe('the test examples, where the model states them'),
  provenance: z.looseObject({
    recipe: z.string().describe('the command that repeats the training'),
    ...{ seed: z.int().nullable(), dataset: z.string(), testAccuracy: share.nullable(), testImages: count.nullable() },
    notes: z.string(),
  }),
  layers: z.array(layer),
  totals: z.strictObject({
    ...bits,
    ...{ bitsPerWeight: z.number(), floatWeightBits: count },
    compression: z.strictObject({
      ...{ weights: z.number(), paper: z.number(), weightsMatrixAlpha: z.number(), everything: z.number() },
    }),
  }),
};

export const inspect = z.strictObject({
  schema: z.literal('flexor.inspect/1'),
  ...inventory,
  xor: z.array(z.strictObject({ layer: z.string(), plane: count, ...properties })),
});

export const compact = z.strictObject({
  schema: z.literal('flexor.compact/1'),
  file: z.string(),
  layers: z.array(z.strictObject({ name: z.string(), nOut: count, nIn: before, storedBits: before, gates: before })),
  ...{ storedBits: before, bitsPerWeight: before },
});

const tensor = z.strictObject({
  ...{ tensor: z.string(), node: z.string(), elements: count, exact: z.boolean() },
  ...{ floatDiffers: count, integerDiffers: count, largest: z.number() },
});

export const imported = z.strictObject({
  schema: z.literal('flexor.import/2'),
  ...{ model: z.string(), nodes: count, notes: names },
  verification: z.strictObject({ inputs: count, tensors: z.array(tensor), classDiffers: count }).nullable(),
});

export const designXor = z.strictObject({
  schema: z.literal('flexor.design-xor/1'),
  ...{ nIn: count, nOut: count, taps: z.union([count, z.literal('random')]), seeds: count, firstSeed: count },
  ...{ seed: count, finalists: count, ...properties },
  rows: names.describe('a text of 0 and 1 a row'),
});

export const minimiseXor = z.strictObject({
  schema: z.literal('flexor.minimise-xor/1'),
  ...{ nIn: count, nOut: count, gateCount: count, depth: count, naiveGateCount: count, files: names },
});

export const simulate = z.strictObject({
  schema: z.literal('flexor.simulate/1'),
  ...{ ...data, model: z.string(), digest, activationBits: count, multiplierBits: count, inputBits: count },
  ...{
    images: count,
    correct: count.nullable().describe('null without labels'),
    accuracy: share.nullable(),
    workers: count,
    seconds: z.number(),
    imagesPerSecond: z.number(),
    calibration,
  },
});
