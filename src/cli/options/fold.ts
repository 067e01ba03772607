/** Options that choose a fold: a file, or a target and budgets for the solver. */
import type { Command } from 'commander';
import { DEFAULT_CLOCK_MHZ } from '../../app/choices.js';
import { integer, real } from './values.js';
import { GROUPS } from './help.js';

/** Adds --target-fps, --clock-mhz, --no-clock-check, --max-luts, --max-multipliers, --max-memory-bits and --max-bram18. */
export function addGoalOptions(command: Command): Command {
  return command
    .optionsGroup(GROUPS.fold)
    .option('--target-fps <n>', 'choose the fold of least area that reaches so many frames a second', real(1e-3))
    .option(
      '--clock-mhz <n>',
      `clock for frames a second (default: ${DEFAULT_CLOCK_MHZ}), which pipelines are made for, as estimated for UltraScale+`,
      real(1e-3),
    )
    .option('--no-clock-check', 'go on where the estimate says that the clock of --clock-mhz is missed')
    .option('--max-luts <n>', 'most LUTs, distributed RAM included (UltraScale+, as predicted)', integer(1))
    .option('--max-multipliers <n>', 'most DSP blocks', integer(0))
    .option('--max-memory-bits <n>', 'most bits in memories', integer(0))
    .option('--max-bram18 <n>', 'most block RAMs of 18 kbit', integer(0));
}

/** Adds --fold and the options of a goal. */
export function addFoldOptions(command: Command): Command {
  return addGoalOptions(
    command
      .optionsGroup(GROUPS.fold)
      .option(
        '--fold <file>',
        'JSON file with {"layer": {"pe": n, "simd": n, "rowsPerWord": n, "tableLanes": n, "sharedSums": true, "decryptor": "hold", "width": n, "inputWidth": n, "weights": "rom", "ramStyle": "block", "treeLevels": n, "registers": ["address"]}}; what it leaves out gets the default',
      ),
  );
}
