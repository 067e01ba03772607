/** Holds what commands print with `--json` against the schemas that `flexor schema` gives. */
import { SCHEMAS } from '../../src/cli/schemas/index.js';

/** Throws where a successful `--json` of these arguments does not follow its schema. */
export function checkJson(args: readonly string[], stdout: string): void {
  const [command = ''] = args;
  if (!args.includes('--json') || !(command in SCHEMAS)) return;
  const result = SCHEMAS[command]!.safeParse(JSON.parse(stdout));
  if (!result.success) throw new Error(`flexor ${command} --json does not follow its schema: ${result.error.message}`);
}
