/** `flexor area`: what the generated design takes on an FPGA or in gates, layer by layer, measured by Yosys. */
import type { Command } from 'commander';
import { measureArea } from '../report/area/area.js';
import { AREA_TARGETS } from '../report/area/types.js';
import type { AreaReport, AreaTarget } from '../report/area/types.js';
import { cacheFolder } from '../toolchain/paths.js';
import type { YosysEngine } from '../toolchain/yosys.js';
import { addLoweringOptions, loadLowered } from './inputs.js';
import type { LoweringOptions } from './inputs.js';
import { integer, oneOf, real } from './options.js';
import { areaTables } from './area-tables.js';
import { printJson, printLine } from './print.js';
import { startProgress } from './progress.js';
import { addGenerationOptions, generate } from './rtl-options.js';
import type { GenerationOptions } from './rtl-options.js';

interface AreaCommandOptions extends LoweringOptions, GenerationOptions {
  readonly target: AreaTarget;
  readonly plain?: boolean;
  readonly yosys: YosysEngine;
  readonly timeout: number;
  readonly jobs: number;
  readonly cache?: string;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerArea(program: Command): void {
  const command = program
    .command('area')
    .description('measure LUTs, flip-flops, RAMs or gates of the generated design with Yosys, layer by layer')
    .argument('<model>', 'model file (.flexor)');
  addGenerationOptions(addLoweringOptions(command))
    .option('--target <name>', AREA_TARGETS.join(', '), oneOf(AREA_TARGETS), 'xcup')
    .option('--plain', 'also measure a plain 1-bit network with the same fold, for comparison')
    .option('--yosys <which>', 'npm (WebAssembly) or system', oneOf(['npm', 'system'] as const), 'npm')
    .option('--timeout <s>', 'time limit of one synthesis', real(1), 1200)
    .option('--jobs <n>', 'syntheses at once', integer(1, 64), 2)
    .option('--cache <dir>', 'folder of cached results (default: FLEXOR_CACHE, else build/cache)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Every layer is synthesised on its own, and its decryptors once more alone. Counts are cells before placement. Results are
cached by content; what one means for each target is in docs/area.md.

Examples:
  flexor area models/lenet5-mnist-0.6.flexor
  flexor area model.flexor --target gates --json
  flexor area model.flexor --plain --target-fps 2000 --clock-mhz 200`,
    )
    .action(area);
}

async function area(path: string, options: AreaCommandOptions): Promise<void> {
  const { network } = loadLowered(path, options);
  const design = generate(network, options);
  const progress = startProgress('synthesis', 1);
  let report: AreaReport;
  try {
    report = await measureArea(network, design, {
      target: options.target,
      engine: options.yosys,
      cache: cacheFolder(options.cache),
      timeoutSeconds: options.timeout,
      plain: options.plain === true,
      jobs: options.jobs,
      onProgress: (done, total, title) => progress.update(done / total, title),
    });
  } finally {
    progress.finish();
  }
  if (options.json) printJson(report);
  else printLine(areaTables(report));
}
