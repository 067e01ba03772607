/** What `--json` of each command prints, by the command's name. Each result names its schema and its version. */
import { z } from 'zod';
import { compare, cosim, foldFound, loadFile, manifest, memory } from './hardware.js';
import { verify } from './verify.js';
import { area, price, priceSweep } from './measures.js';
import { compact, designXor, imported, inspect, minimiseXor, simulate } from './models.js';
import { report } from './report.js';
import { buildNative, encode, sweep, sweepSlurm, train } from './training.js';

export const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  train,
  encode,
  sweep: z.discriminatedUnion('schema', [sweep, sweepSlurm]),
  'design-xor': designXor,
  'minimise-xor': minimiseXor,
  'build-native': buildNative,
  import: imported,
  inspect,
  compact,
  simulate,
  fold: foldFound,
  'gen-rtl': manifest,
  'load-file': loadFile,
  cosim,
  verify,
  compare,
  memory,
  area,
  price,
  'price-sweep': priceSweep,
  report,
};

/** The JSON schema (2020-12) of a command's JSON. */
export function jsonSchema(command: string): unknown {
  return z.toJSONSchema(SCHEMAS[command]!);
}
