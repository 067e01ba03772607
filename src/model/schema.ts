/**
 * The JSON document of a `.flexor` file, metadata key `flexor` (docs/format.md has a table of every field). It says what
 * the network is; numbers by the thousand are in tensors, which it refers to by name.
 */
import { z } from 'zod';
import { MAX_BINS } from './histogram.js';
import { isObject, parseJson, printable, shown } from '../base/json.js';
import { fileProblem } from './problem.js';
import { MAX_QUANTISER_BITS, ROUNDINGS } from './quantiser.js';
import { FORMAT_VERSIONS, versionOf } from './versions.js';

/** Metadata key of the document, and of the SHA-256 of its text. */
export const DOCUMENT_KEY = 'flexor';
export const DOCUMENT_DIGEST_KEY = 'flexor.sha256';

const MAX_SIDE = 65_536;
const MAX_WINDOW_SIDE = 255;
const MAX_NODES = 4096;
const MAX_PLANES = 16;
const MAX_XOR = 512;
const MAX_INT_BITS = 16;

const text = (length: number) =>
  z
    .string()
    .max(length)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters');
const modelName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'must be letters, digits, underscores, dots or dashes');
const sha256Text = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');
const nodeName = text(64).min(1);
const tensorName = text(200).min(1);
const count = (max: number) => z.int().min(1).max(max);
const finite = z.number();

const range = z.tuple([finite, finite]).refine(([min, max]) => min <= max, 'must be [min, max] with min ≤ max');
const window = z.tuple([count(MAX_WINDOW_SIDE), count(MAX_WINDOW_SIDE)]);
/** A dilated window spans far more pixels than it has taps. */
const pad = z.int().min(0).max(MAX_SIDE);
const channelPad = z.int().min(0).max(MAX_SIDE);

const binCount = z.int().min(0);
const encryptedHistogram = z.strictObject({
  limit: finite.positive(),
  below: binCount,
  counts: z
    .array(binCount)
    .min(2)
    .max(MAX_BINS)
    .refine((counts) => counts.length % 2 === 0, 'must be an even number of bins, so that 0 is between two of them'),
  above: binCount,
});
const plane = z.strictObject({
  matrix: tensorName,
  encrypted: tensorName,
  alpha: tensorName,
  encryptedHistogram: encryptedHistogram.optional(),
});
/** Slices that are read in another order would decrypt to other weights. */
const XOR_ORDER =
  "must be 'hwio' where weights are encrypted: hardware takes slices in stored order; encrypt them in the order " +
  '[k_h, k_w, C_in/G, C_out], as python/ does';
const xorWeights = z
  .strictObject({
    encoding: z.literal('xor'),
    order: z.literal('hwio', { error: XOR_ORDER }),
    q: count(MAX_PLANES),
    nIn: count(MAX_XOR),
    nominalNIn: count(MAX_XOR).optional(),
    nOut: count(MAX_XOR),
    nTap: count(MAX_XOR).nullable(),
    planes: z.array(plane),
  })
  .refine(({ q, planes }) => q === planes.length, 'q must be the number of planes')
  .refine(({ nIn, nominalNIn = Infinity }) => nominalNIn > nIn, 'nominalNIn must be larger than nIn');
const floatWeights = z.strictObject({
  encoding: z.literal('float'),
  order: z.enum(['hwio', 'oihw']),
  values: tensorName,
});
const order = z.enum(['hwio', 'oihw']);
const intWeights = z
  .strictObject({
    encoding: z.literal('int'),
    order,
    bits: z.int().min(2).max(MAX_INT_BITS),
    planes: z.array(tensorName),
    scale: tensorName,
  })
  .refine(({ bits, planes }) => bits === planes.length, 'bits must be the number of planes');
const weights = z.discriminatedUnion('encoding', [xorWeights, intWeights, floatWeights]);
const batchNorm = z.strictObject({
  gamma: tensorName,
  beta: tensorName,
  mean: tensorName,
  variance: tensorName,
  epsilon: finite.min(0),
});

const scale = finite.positive();
export const quantiser = z.union([
  z
    .strictObject({
      bits: z.int().min(1).max(MAX_QUANTISER_BITS),
      signed: z.boolean(),
      narrow: z.boolean(),
      scale,
      rounding: z.enum(ROUNDINGS),
    })
    .refine(({ bits, signed, narrow }) => bits > (signed || narrow ? 1 : 0), 'must leave at least two values'),
  z.strictObject({ bipolar: z.literal(true), scale }),
]);

const named = { name: nodeName };
const node = { ...named, inputs: z.tuple([nodeName]) };
const weighted = {
  ...node,
  outChannels: count(MAX_SIDE),
  weights,
  bias: tensorName.nullable(),
  batchNorm: batchNorm.nullable(),
  relu: z.boolean(),
  quantiser: quantiser.optional(),
  range,
};
const sliding = { kernel: window, stride: window, padding: z.tuple([pad, pad, pad, pad]) };

export const clamp = z
  .tuple([finite.nullable(), finite.nullable()])
  .refine(([low, high]) => low === null || high === null || low <= high, 'must be [low, high] with low ≤ high');

const nodes = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('conv'),
    ...weighted,
    ...sliding,
    dilation: window.optional(),
    groups: count(MAX_SIDE).optional(),
  }),
  z.strictObject({ kind: z.literal('dense'), ...weighted }),
  z.strictObject({ kind: z.literal('maxPool'), ...node, ...sliding }),
  z.strictObject({ kind: z.literal('avgPool'), ...node, ...sliding }),
  z.strictObject({
    kind: z.literal('subsample'),
    ...node,
    stride: window,
    channelPadding: z.tuple([channelPad, channelPad]),
  }),
  z.strictObject({
    kind: z.literal('add'),
    ...named,
    inputs: z.tuple([nodeName, nodeName]),
    relu: z.boolean(),
    quantiser: quantiser.optional(),
    range,
  }),
  z.strictObject({
    kind: z.literal('activation'),
    ...node,
    batchNorm: batchNorm.nullable(),
    clamp,
    quantiser: quantiser.optional(),
    range,
  }),
  z.strictObject({ kind: z.literal('concat'), ...named, inputs: z.array(nodeName).min(2).max(MAX_NODES) }),
  z.strictObject({ kind: z.literal('flatten'), ...node }),
]);

const data = z.strictObject({
  digest: sha256Text,
  label: text(1000).optional(),
  imageSize: z.tuple([count(MAX_SIDE), count(MAX_SIDE)]).optional(),
});

const documentSchema = z.strictObject({
  formatVersion: z.literal(FORMAT_VERSIONS),
  name: modelName,
  digest: sha256Text,
  input: z.strictObject({
    shape: z.tuple([count(MAX_SIDE), count(MAX_SIDE), count(MAX_SIDE)]),
    mean: z.array(finite),
    std: z.array(finite.positive()),
    quantiser: quantiser.optional(),
    range,
  }),
  nodes: z.array(nodes).min(1).max(MAX_NODES),
  output: nodeName,
  classes: z.array(text(200)).min(1),
  data: data.optional(),
  provenance: z.strictObject({
    recipe: text(10_000),
    seed: finite.nullable(),
    dataset: text(1000),
    testAccuracy: finite.min(0).max(1).nullable(),
    testImages: z.int().min(0).nullable(),
    notes: text(10_000),
  }),
  reference: z.strictObject({ inputs: tensorName, logits: tensorName }).optional(),
});

/** The document as parsed. */
export type ModelDocument = z.infer<typeof documentSchema>;
export type NodeDocument = ModelDocument['nodes'][number];
export type WeightsDocument = z.infer<typeof weights>;
export type XorWeightsDocument = z.infer<typeof xorWeights>;
export type IntWeightsDocument = z.infer<typeof intWeights>;
export type QuantiserDocument = z.infer<typeof quantiser>;
export type HistogramDocument = z.infer<typeof encryptedHistogram>;
export type BatchNormDocument = z.infer<typeof batchNorm>;

/** Parses and checks the document; the first thing that is wrong is named by its path. */
export function parseDocument(json: string, where: string): ModelDocument {
  const value = parseJson(json, (rule) => fileProblem(where, 'flexor', rule));
  if (!isObject(value)) throw fileProblem(where, 'flexor', 'must be a JSON object');
  if (!FORMAT_VERSIONS.some((version) => version === value['formatVersion'])) {
    throw fileProblem(
      where,
      'formatVersion',
      `must be ${FORMAT_VERSIONS.join(' or ')}, the versions known here, got ${shown(value['formatVersion'])}`,
    );
  }
  const result = documentSchema.safeParse(value);
  if (result.success) return checkVersion(result.data, where);
  const issue = result.error.issues[0]!;
  const at = issue.path.filter((key) => typeof key !== 'symbol');
  throw fileProblem(where, fieldName(value, at), `${printable(issue.message, 200)}, got ${shown(valueAt(value, at))}`);
}

/** Refuses a field that the stated version does not have. */
function checkVersion(document: ModelDocument, where: string): ModelDocument {
  const { version, field } = versionOf(document);
  if (version <= document.formatVersion) return document;
  throw fileProblem(where, printable(field, 200), `needs formatVersion ${version}, got ${document.formatVersion}`);
}

/** `nodes.2.kernel.0` with the node's name where it has one: `nodes[2] 'conv2'.kernel[0]`. */
function fieldName(document: unknown, path: readonly (string | number)[]): string {
  const parts = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`));
  if (path[0] === 'nodes' && typeof path[1] === 'number') {
    const name = valueAt(document, ['nodes', path[1], 'name']);
    if (typeof name === 'string') parts[1] += ` '${printable(name)}'`;
  }
  return parts.join('').replace(/^\./, '') || 'flexor';
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined),
    value,
  );
}
