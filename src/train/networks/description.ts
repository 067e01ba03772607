/**
 * A network as a file (docs/networks.md): layers in the terms of the model file, with what follows from the images left out.
 * The reader is strict: an unknown field or value is one line that names file, layer and field.
 */
import { z } from 'zod';
import { FlexorError } from '../../base/errors.js';
import { printable, shown } from '../../base/json.js';
import { clamp, quantiser } from '../../model/schema.js';
import { NETWORKS, readComposed } from './compose.js';
import { MAX_LEARNED_BITS } from './network.js';

const MAX_LAYERS = 4096;
const MAX_CHANNELS = 65_536;
const MAX_SIDE = 255;
const MAX_GROUPS = 256;

const count = (most: number) => z.int().min(1).max(most);
const pair = z.tuple([count(MAX_SIDE), count(MAX_SIDE)]);
const name = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'must be a letter followed by letters, digits or underscores');
const pad = z.int().min(0).max(MAX_CHANNELS);
const padding = z.union([z.literal('same'), z.tuple([pad, pad, pad, pad])]);
const named = { name: name.optional() };
const oneInput = { ...named, input: name.optional() };
const matrixSide = z.int().min(1).max(512);
/** From what M⊕ of a layer is made; what is left out, the run says. */
const rate = z.strictObject({
  nIn: matrixSide,
  nOut: matrixSide,
  taps: z.union([matrixSide, z.enum(['random', 'identity', 'systematic'])]).optional(),
  planes: z.int().min(1).max(8).optional(),
});
const learned = z
  .strictObject({ learned: z.literal(true), bits: count(MAX_LEARNED_BITS), signed: z.boolean().optional() })
  .refine(({ bits, signed }) => bits > 1 || signed !== true, 'must have at least 2 bits where it is signed');
const activationQuantiser = z.union([quantiser, learned]);
const weighted = {
  ...oneInput,
  group: z
    .int()
    .min(0)
    .max(MAX_GROUPS - 1)
    .nullable()
    .optional(),
  rate: rate.optional(),
  bias: z.boolean().optional(),
  batchNorm: z.boolean().optional(),
  relu: z.boolean().optional(),
  quantiser: activationQuantiser.optional(),
};
const layer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('conv'),
    ...weighted,
    outChannels: z.union([count(MAX_CHANNELS), z.enum(['input', 'classes'])]),
    kernel: pair,
    stride: pair.optional(),
    padding: padding.optional(),
    dilation: pair.optional(),
    groups: z.union([count(MAX_CHANNELS), z.literal('depthwise')]).optional(),
  }),
  z.strictObject({
    kind: z.literal('dense'),
    ...weighted,
    outChannels: z.union([count(MAX_CHANNELS), z.literal('classes')]),
  }),
  z.strictObject({
    kind: z.enum(['maxPool', 'avgPool']),
    ...oneInput,
    kernel: z.union([pair, z.literal('whole')]),
    stride: pair.optional(),
    padding: padding.optional(),
  }),
  z.strictObject({
    kind: z.literal('subsample'),
    ...oneInput,
    stride: pair,
    channelPadding: z.tuple([pad, pad]),
  }),
  z.strictObject({
    kind: z.literal('add'),
    ...named,
    inputs: z.tuple([name, name]),
    relu: z.boolean().optional(),
    quantiser: activationQuantiser.optional(),
  }),
  z.strictObject({
    kind: z.literal('activation'),
    ...oneInput,
    clamp: clamp.optional(),
    quantiser: activationQuantiser.optional(),
  }),
  z.strictObject({ kind: z.literal('concat'), ...named, inputs: z.array(name).min(2).max(MAX_LAYERS) }),
  z.strictObject({ kind: z.literal('flatten'), ...oneInput }),
]);
const description = z.strictObject({
  networkVersion: z.literal(1),
  name,
  /** The network whose recipes it trains with. */
  recipe: z.enum(NETWORKS),
  /** What the network is and where it comes from, for people. */
  notes: z.string().max(10_000).optional(),
  /** Rates of the layer groups, in the order of their numbers. */
  groups: z.array(rate).max(MAX_GROUPS).optional(),
  /** What the images become before the first layer; without it, what the data set states. */
  input: z
    .strictObject({
      mean: z.array(z.number()).optional(),
      std: z.array(z.number().positive()).optional(),
      quantiser: quantiser.optional(),
    })
    .refine(({ mean, std }) => (mean === undefined) === (std === undefined), 'must have both mean and std, or neither')
    .refine(({ mean, std }) => mean?.length === std?.length, 'must have as many numbers in mean as in std')
    .optional(),
  layers: z.array(layer).min(1).max(MAX_LAYERS),
});

export type NetworkDescription = z.infer<typeof description>;
export type LayerDescription = NetworkDescription['layers'][number];
export type Rate = z.infer<typeof rate>;

export type QuantiserDescription = z.infer<typeof activationQuantiser>;

export type Layers = Pick<NetworkDescription, 'layers'>;

/** One more than the highest number of a layer group. */
export function numberedGroups({ layers }: Layers): number {
  return Math.max(
    0,
    ...layers.map((layer) => ('group' in layer && typeof layer.group === 'number' ? layer.group + 1 : 0)),
  );
}

/** Reads a network file, JSON or YAML, with what it extends. */
export function readNetwork(path: string): NetworkDescription {
  return parseNetwork(readComposed(path), path);
}

/** Checks a parsed network file; `where` (its name) starts the text of errors. */
export function parseNetwork(value: unknown, where: string): NetworkDescription {
  const result = description.safeParse(value);
  if (result.success) return checkGroups(result.data, where);
  const issue = result.error.issues[0]!;
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  const field = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  const got = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined),
    value,
  );
  const at = field.replace(/^\./, '') || 'network';
  throw new FlexorError('data', `${where}: ${at}: ${printable(issue.message, 200)}, got ${shown(got)}`);
}

/** A weighted layer is in a layer group (or in none, null), or has a rate of its own; rates are of groups that there are. */
function checkGroups(description: NetworkDescription, where: string): NetworkDescription {
  const groups = numberedGroups(description);
  const rates = description.groups?.length ?? 0;
  if (rates > groups) {
    throw new FlexorError('data', `${where}: groups: must be rates of the ${groups} layer groups, got ${rates}`);
  }
  description.layers.forEach((layer, i) => {
    if (layer.kind !== 'conv' && layer.kind !== 'dense') return;
    if ((layer.group === undefined) !== (layer.rate === undefined)) return;
    const got = layer.rate === undefined ? 'neither' : 'both';
    throw new FlexorError('data', `${where}: layers[${i}].group: a layer has either group or rate, got ${got}`);
  });
  return description;
}
