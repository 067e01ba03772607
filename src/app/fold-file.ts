/** Files that say a fold, as `flexor fold -o` writes them. Apart from fold.ts, whose types the library has, without zod's. */
import { z } from 'zod';
import { FlexorError } from '../base/errors.js';
import { readJson } from '../base/json.js';
import { PIPELINE_REGISTERS } from '../rtl/pipeline.js';
import type { Fold } from '../rtl/types.js';

/** A fold in a file. */
export const foldSchema = z.record(
  z.string(),
  z.strictObject({
    pe: z.int().positive(),
    simd: z.int().positive(),
    rowsPerWord: z.int().positive().exactOptional(),
    tableLanes: z.int().nonnegative().exactOptional(),
    sharedSums: z.boolean().exactOptional(),
    decryptor: z.enum(['shift', 'hold']).exactOptional(),
    width: z.int().positive().exactOptional(),
    inputWidth: z.int().positive().exactOptional(),
    weights: z.enum(['rom', 'ram', 'ram-single', 'stream']).exactOptional(),
    treeLevels: z.int().positive().exactOptional(),
    ramStyle: z.enum(['block', 'distributed']).exactOptional(),
    registers: z.array(z.enum(PIPELINE_REGISTERS)).exactOptional(),
  }),
);

/** Reads a fold file. */
export function readFold(path: string): Fold {
  const json = readJson(path, 'fold');
  const parsed = foldSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.length === 0 ? 'the file' : issue.path.join('.');
  throw new FlexorError('fold', `${path}: ${field} must be like {"conv1": {"pe": 8, "simd": 5}}: ${issue.message}`);
}
