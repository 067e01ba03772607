/** Options of commands that synthesise. */
import type { Command } from 'commander';
import { integer, oneOf, real } from './values.js';
import { GROUPS } from './help.js';

/** Adds --liberty, --yosys, --timeout, --jobs and --cache. */
export function addSynthesisOptions(command: Command): Command {
  return command
    .optionsGroup(GROUPS.synthesis)
    .option('--liberty <file>', 'cells of target asic (default: hw/cells/flexor130.lib)')
    .option('--yosys <which>', 'npm (WebAssembly) or system', oneOf(['npm', 'system'] as const), 'npm')
    .option('--timeout <s>', 'time limit of one synthesis', real(1), 1200)
    .option('--jobs <n>', 'syntheses at once', integer(1, 64), 2)
    .option('--cache <dir>', 'folder of cached results (default: FLEXOR_CACHE, else build/cache)');
}
