/** `flexor report`: everything about one model or several, on one page that works offline. */
import type { Command } from 'commander';
import { AREA_TARGETS, DEFAULT_CLOCK_MHZ } from '../../app/choices.js';
import { throwWhereFailed } from '../../app/evaluations.js';
import { reportOnModels, type ReportOptions } from '../../app/report.js';
import { addGenerationOptions } from '../options/generation.js';
import { addImageOptions } from '../options/images.js';
import { addLoweringOptions } from '../options/lowering.js';
import { addEvaluationOptions } from '../options/evaluations.js';
import { commandsFor } from '../options/repeat.js';
import { addSynthesisOptions } from '../options/synthesis.js';
import { oneOf } from '../options/values.js';
import { reportSummary } from '../tables/report.js';
import { printJson, printLine, printWarnings, type Output } from '../terminal/print.js';
import { startProgress } from '../terminal/progress.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { report as reportJson } from '../schemas/report.js';

interface Options extends ReportOptions {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command
    .argument('<models...>', 'model files (.flexor); several are compared')
    .optionsGroup(GROUPS.output)
    .requiredOption('-o, --output <file>', 'HTML file to write');
  addSynthesisOptions(addEvaluationOptions(addGenerationOptions(addLoweringOptions(addImageOptions(command)))))
    .optionsGroup(GROUPS.synthesis)
    .option('--target <name>', AREA_TARGETS.join(', '), oneOf(AREA_TARGETS), 'xcup')
    .option('--no-area', 'leave synthesis out, and with it area, memory, price and energy')
    .optionsGroup(GROUPS.output)
    .option('--json', 'print all figures as JSON instead of a summary');
  addHelp(
    command,
    [
      'Several models are compared on the page and in the terminal; flexor compare sets evaluations of one model (float, ' +
        'integer, RTL) against each other.',
      'The page holds its style, scripts, data and charts and asks the network for nothing. --clock-mhz ' +
        `(default: ${DEFAULT_CLOCK_MHZ}) also says at which clock frames a second are stated. Area is measured ` +
        'beside a plain 1-bit network with the same fold. Co-simulation and synthesis come from the cache where ' +
        'they ran before.',
    ],
    [
      'flexor report models/lenet5-mnist-0.6.flexor -o report.html',
      'flexor report models/lenet5-mnist-0.*.flexor -o report.html --clock-mhz 200',
      'flexor report model.flexor -o report.html --no-area --rtl-images 0 --json',
    ],
  ).action(report);
}

async function report(paths: readonly string[], options: Options, command: Command): Promise<void> {
  const commands = (path: string): string[] => commandsFor(command, paths, path);
  const { figures, runs, warnings } = await reportOnModels(paths, options, commands, startProgress);
  printWarnings(warnings);
  if (options.json) printJson<Output<typeof reportJson>>({ schema: 'flexor.report/1', ...figures });
  else printLine(`${reportSummary(figures)}\n\npage: ${options.output}`);
  runs.forEach(throwWhereFailed);
}
