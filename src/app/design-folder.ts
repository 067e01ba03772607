/** What a design was generated with, from its manifest, so that it can be made again. */
import { z } from 'zod';
import { FlexorError } from '../base/errors.js';
import type { DesignRequest } from '../rtl/design.js';
import type { Manifest } from '../rtl/types.js';
import { foldSchema } from './fold-file.js';
import type { LoweringOptions } from './inputs.js';
import { isLoaded, sourceOf } from '../rtl/weight-memory.js';

const optionsSchema = z.looseObject({
  activationBits: z.int().min(1).max(16).exactOptional(),
  multiplierBits: z.int().min(2).max(32).exactOptional(),
  floatBits: z.int().min(1).max(8).exactOptional(),
  layerBits: z.record(z.string(), z.int().min(1).max(16)).exactOptional(),
  fold: foldSchema,
  xor: z.strictObject({
    seed: z.int().min(0),
    iterations: z.int().min(0),
    depth: z.union([z.int().min(0).max(512), z.enum(['shallow', 'free'])]),
  }),
  axiLite: z.boolean().exactOptional(),
  prefix: z.string().exactOptional(),
});
const inputSchema = z.looseObject({ format: z.looseObject({ bits: z.int().min(1).max(16) }) });

type WrittenOptions = z.infer<typeof optionsSchema>;

function readOptions({ options }: Manifest): WrittenOptions {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw unreadable(parsed.error, 'options');
}

function unreadable({ issues }: z.ZodError, part: string): FlexorError {
  const issue = issues[0]!;
  const field = [part, ...issue.path].join('.');
  return new FlexorError('file-system', `manifest.json: ${field} is not as gen-rtl writes it: ${issue.message}`);
}

/** The bits that the design's network was lowered with. */
export function loweringOf(manifest: Manifest, defaults: LoweringOptions): LoweringOptions {
  const { activationBits, multiplierBits, floatBits, layerBits, fold } = readOptions(manifest);
  const input = inputSchema.safeParse(manifest.input);
  if (!input.success) throw unreadable(input.error, 'input');
  const loaded = Object.values(fold).map(sourceOf).find(isLoaded);
  return {
    activationBits: activationBits ?? defaults.activationBits,
    multiplierBits: multiplierBits ?? defaults.multiplierBits,
    inputBits: input.data.format.bits,
    floatBits: floatBits ?? defaults.floatBits,
    ...(layerBits === undefined ? {} : { layerBits }),
    ...(loaded === undefined ? {} : { weights: { source: loaded } }),
  };
}

/** What the design was asked for. */
export function requestOf(manifest: Manifest): DesignRequest {
  const { fold, xor, axiLite = false, prefix = null } = readOptions(manifest);
  return { fold, xor, axiLite, prefix };
}
