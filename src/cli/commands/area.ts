/** `flexor area`: what the generated design takes on an FPGA or in gates, layer by layer, measured by Yosys. */
import type { Command } from 'commander';
import { areaOfModel, type AreaOptions } from '../../app/area.js';
import { AREA_TARGETS } from '../../app/choices.js';
import { addGenerationOptions } from '../options/generation.js';
import { addLoweringOptions } from '../options/lowering.js';
import { addSynthesisOptions } from '../options/synthesis.js';
import { integer, listOf, oneOf } from '../options/values.js';
import { areaTables } from '../tables/area.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { startProgress } from '../terminal/progress.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { area as areaJson } from '../schemas/measures.js';

interface Options extends AreaOptions {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command.argument('<model>', 'model file (.flexor)');
  addSynthesisOptions(addGenerationOptions(addLoweringOptions(command)))
    .optionsGroup(GROUPS.synthesis)
    .option('--target <name>', AREA_TARGETS.join(', '), oneOf(AREA_TARGETS), 'xcup')
    .option('--plain', 'also measure a plain 1-bit network with the same fold, for comparison')
    .option(
      '--check-flat',
      'also synthesise the whole design at once and state the difference to the sum of its layers',
    )
    .option('--pnr', 'targets ice40 and ecp5: also place and route with nextpnr for the clock frequency')
    .option('--pnr-seeds <list>', 'seeds of nextpnr, a run of the whole design each', listOf(integer(0)), [1])
    .optionsGroup(GROUPS.output)
    .option('--json', 'print JSON');
  addHelp(
    command,
    [
      'Every layer is synthesised on its own, once more with the boundaries of modules kept for its parts, and ' +
        'its decryptors alone. Counts are cells before placement. Results are cached by content; what one means ' +
        'for each target is in docs/area.md.',
    ],
    [
      'flexor area models/lenet5-mnist-0.6.flexor',
      'flexor area model.flexor --target asic --liberty cells.lib --json',
      'flexor area model.flexor --target ice40 --check-flat --pnr --pnr-seeds 1,2,3',
      'flexor area model.flexor --plain --target-fps 2000 --clock-mhz 200',
    ],
  ).action(area);
}

async function area(path: string, options: Options): Promise<void> {
  const report = await areaOfModel(path, options, startProgress);
  if (options.json) printJson<Output<typeof areaJson>>({ schema: 'flexor.area/1', ...report });
  else printLine(areaTables(report));
}
