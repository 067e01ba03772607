/** `flexor area`: what the generated design takes on an FPGA or in gates, layer by layer, measured by Yosys. */
import type { Command } from 'commander';
import { AREA_TARGETS } from '../report/area/types.js';
import type { AreaTarget } from '../report/area/types.js';
import { addLoweringOptions, loadLowered } from './inputs.js';
import type { LoweringOptions } from './inputs.js';
import { oneOf } from './options.js';
import { areaTables } from './area-tables.js';
import { printJson, printLine } from './print.js';
import { addGenerationOptions, generate } from './rtl-options.js';
import type { GenerationOptions } from './rtl-options.js';
import { addSynthesisOptions, libraryFor, measureDesign } from './synthesis.js';
import type { SynthesisOptions } from './synthesis.js';

interface AreaCommandOptions extends LoweringOptions, GenerationOptions, SynthesisOptions {
  readonly target: AreaTarget;
  readonly plain?: boolean;
  readonly checkFlat?: boolean;
  readonly pnr?: boolean;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerArea(program: Command): void {
  const command = program
    .command('area')
    .description('measure LUTs, flip-flops, RAMs or gates of the generated design with Yosys, layer by layer')
    .argument('<model>', 'model file (.flexor)');
  addSynthesisOptions(addGenerationOptions(addLoweringOptions(command)))
    .option('--target <name>', AREA_TARGETS.join(', '), oneOf(AREA_TARGETS), 'xcup')
    .option('--plain', 'also measure a plain 1-bit network with the same fold, for comparison')
    .option(
      '--check-flat',
      'also synthesise the whole design at once and state the difference to the sum of its layers',
    )
    .option('--pnr', 'target ice40: also place and route with nextpnr-ice40 for the clock frequency')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Every layer is synthesised on its own, once more with the boundaries of modules kept for its parts, and its decryptors alone.
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
  const { target, plain = false, checkFlat = false, pnr = false } = options;
  const library = libraryFor([target], options.liberty);
  const { network } = loadLowered(path, options);
  const design = generate(network, options);
  const report = await measureDesign(network, design, { target, library, plain, checkFlat, place: pnr }, options);
  if (options.json) printJson(report);
  else printLine(areaTables(report));
}
