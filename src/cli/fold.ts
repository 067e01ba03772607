/** `flexor fold`: the fold of least area for a target or budgets, what limits it, and the frontier around it. */
import type { Command } from 'commander';
import { writeFileAtomic } from '../base/files.js';
import { defaultCycles } from '../rtl/solve/choose.js';
import { solveGoal } from '../rtl/solve/goal.js';
import { foldReport, frontierPoints } from '../rtl/solve/report.js';
import { NO_BUDGETS } from '../rtl/solve/types.js';
import { addGoalOptions, DEFAULT_CLOCK_MHZ, goalOf, type GoalOptions } from './fold-options.js';
import { foldTables, frontierTable } from './fold-tables.js';
import { addLoweringOptions, loadLowered } from './inputs.js';
import type { LoweringOptions } from './inputs.js';
import { prepareOutput } from './output-file.js';
import { printJson, printLine } from './print.js';

interface FoldCommandOptions extends LoweringOptions, GoalOptions {
  readonly output?: string;
  readonly pareto?: string | true;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerFold(program: Command): void {
  const command = program
    .command('fold')
    .description('find the fold of least area for frames a second or budgets, and say what limits it')
    .argument('<model>', 'model file (.flexor)');
  addGoalOptions(addLoweringOptions(command))
    .option('-o, --output <file>', 'write the fold, for --fold of the commands that generate hardware')
    .option('--pareto [file]', 'print the frontier of cycles and area within the budgets; with a file, plot it as SVG')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
All layers are folded together, exactly, by a cost model that is calibrated on syntheses for UltraScale+ (docs/folding.md). With a
target the area is least; with budgets alone the frames come fastest. Area is LUTs, with 32 for a block RAM of 18 kbit or a DSP block.
Without both the slowest layer gets 64 additions a cycle.

Examples:
  flexor fold models/lenet5-mnist-0.6.flexor --target-fps 1000 --clock-mhz 200
  flexor fold models/resnet20-cifar10-0.8.flexor --max-luts 20000 --max-bram18 100 -o fold.json
  flexor fold model.flexor --pareto frontier.svg`,
    )
    .action(fold);
}

async function fold(path: string, options: FoldCommandOptions): Promise<void> {
  const { output, pareto, clockMhz = DEFAULT_CLOCK_MHZ } = options;
  for (const file of [output, pareto]) if (typeof file === 'string') prepareOutput(file);
  const { network } = loadLowered(path, options);
  const goal = goalOf(options) ?? { cycles: defaultCycles(network), budgets: NO_BUDGETS };
  const design = solveGoal(network, goal);
  const report = foldReport(network, design);
  const points = pareto === undefined ? null : frontierPoints(design);
  if (output !== undefined) writeFileAtomic(output, `${JSON.stringify(design.solution.fold, null, 2)}\n`);
  if (points !== null && typeof pareto === 'string') {
    const { frontierChart } = await import('../report/folding/chart.js');
    writeFileAtomic(pareto, frontierChart(network.name, points, report));
  }
  if (options.json) return printJson({ model: network.name, clockMhz, ...report, pareto: points });
  printLine(foldTables(network.name, report, clockMhz));
  if (points !== null) printLine(`\n${frontierTable(points, clockMhz)}`);
}
