/** Options of commands that run test images through software and RTL. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { integer } from './values.js';
import { GROUPS } from './help.js';

/** Adds --rtl-images, --stalls, --seed and --workers. */
export function addEvaluationOptions(command: Command): Command {
  return command
    .optionsGroup(GROUPS.runs)
    .option('--rtl-images <n>', 'run the first n images through the RTL; 0 leaves the RTL out', integer(0), 50)
    .option('--stalls <percent>', 'chance of a stall a cycle on both sides, for a second run', integer(0, 95), 30)
    .option('--seed <n>', 'seed of the stalls', integer(0, 2 ** 32 - 1), 1)
    .option('--workers <n>', 'threads of float evaluation and simulation', integer(1, 256), availableParallelism());
}
