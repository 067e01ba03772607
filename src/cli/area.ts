/** `flexor area`: what the generated design takes on an FPGA or in gates, layer by layer, measured by Yosys. */
import type { Command } from 'commander';
import { FlexorError } from '../base/errors.js';
import { DEFAULT_LIBERTY, readLibrary } from '../report/area/liberty/library.js';
import type { Library } from '../report/area/liberty/library.js';
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
  readonly liberty?: string;
  readonly plain?: boolean;
  readonly checkFlat?: boolean;
  readonly pnr?: boolean;
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
    .option('--liberty <file>', 'cells of target asic (default: hw/cells/flexor130.lib)')
    .option('--plain', 'also measure a plain 1-bit network with the same fold, for comparison')
    .option(
      '--check-flat',
      'also synthesise the whole design at once and state the difference to the sum of its layers',
    )
    .option('--pnr', 'target ice40: also place and route with nextpnr-ice40 for the clock frequency')
    .option('--yosys <which>', 'npm (WebAssembly) or system', oneOf(['npm', 'system'] as const), 'npm')
    .option('--timeout <s>', 'time limit of one synthesis', real(1), 1200)
    .option('--jobs <n>', 'syntheses at once', integer(1, 64), 2)
    .option('--cache <dir>', 'folder of cached results (default: FLEXOR_CACHE, else build/cache)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Every layer is synthesised on its own, its decryptors once more alone, and its parts with the boundaries of modules kept.
Counts are cells before placement. Results are cached by content; what one means for each target is in docs/area.md.

Examples:
  flexor area models/lenet5-mnist-0.6.flexor
  flexor area model.flexor --target asic --liberty cells.lib --json
  flexor area model.flexor --target ice40 --check-flat --pnr
  flexor area model.flexor --plain --target-fps 2000 --clock-mhz 200`,
    )
    .action(area);
}

async function area(path: string, options: AreaCommandOptions): Promise<void> {
  const library = libraryFor(options);
  const { network } = loadLowered(path, options);
  const design = generate(network, options);
  const progress = startProgress('synthesis', 1);
  let report: AreaReport;
  try {
    report = await measureArea(network, design, {
      target: options.target,
      library,
      engine: options.yosys,
      cache: cacheFolder(options.cache),
      timeoutSeconds: options.timeout,
      plain: options.plain === true,
      checkFlat: options.checkFlat === true,
      place: options.pnr === true,
      jobs: options.jobs,
      onProgress: (done, total, title) => progress.update(done / total, title),
    });
  } finally {
    progress.finish();
  }
  if (options.json) printJson(report);
  else printLine(areaTables(report));
}

/** Read first, so that what is wrong with it does not wait for a synthesis. */
function libraryFor({ target, liberty }: AreaCommandOptions): Library | null {
  if (target === 'asic') return readLibrary(liberty ?? DEFAULT_LIBERTY);
  if (liberty === undefined) return null;
  throw new FlexorError('usage', `--liberty is for --target asic, not for --target ${target}`);
}
