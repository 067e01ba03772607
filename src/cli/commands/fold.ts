/** `flexor fold`: the fold of least area for a target or budgets, what limits it, and the frontier around it. */
import type { Command } from 'commander';
import { findFold, type FindFoldOptions } from '../../app/find-fold.js';
import { addGoalOptions } from '../options/fold.js';
import { addLoweringOptions } from '../options/lowering.js';
import { foldTables, frontierTable } from '../tables/fold.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { foldFound as foldFoundJson } from '../schemas/hardware.js';

interface Options extends FindFoldOptions {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command.argument('<model>', 'model file (.flexor)');
  addGoalOptions(addLoweringOptions(command))
    .optionsGroup(GROUPS.output)
    .option('-o, --output <file>', 'write the fold, for --fold of the commands that generate hardware')
    .option('--pareto [file]', 'print the frontier of cycles and area within the budgets; with a file, plot it as SVG')
    .optionsGroup(GROUPS.output)
    .option('--json', 'print JSON');
  addHelp(
    command,
    [
      'All layers are folded together, exactly, by a cost model that is calibrated on syntheses for UltraScale+ ' +
        '(docs/folding.md). With a target the area is least; with budgets alone the frames come fastest. Area is ' +
        'LUTs, with 32 for a block RAM of 18 kbit or a DSP block. Without both the slowest layer gets 64 ' +
        'additions a cycle.',
    ],
    [
      'flexor fold models/lenet5-mnist-0.6.flexor --target-fps 1000 --clock-mhz 200',
      'flexor fold models/resnet20-cifar10-0.8.flexor --max-luts 20000 --max-bram18 100 -o fold.json',
      'flexor fold model.flexor --pareto frontier.svg',
    ],
  ).action(fold);
}

async function fold(path: string, options: Options): Promise<void> {
  const found = await findFold(path, options);
  const { report, pareto, ...rest } = found;
  if (options.json)
    return printJson<Output<typeof foldFoundJson>>({ schema: 'flexor.fold/1', ...rest, ...report, pareto });
  printLine(foldTables(found));
  if (pareto !== null) printLine(`\n${frontierTable(pareto, found.clockMhz)}`);
}
