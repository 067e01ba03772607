/** `flexor price`: what FleXOR costs and saves in a model's hardware, against a plain 1-bit network with the same fold. */
import type { Command } from 'commander';
import { AREA_TARGETS } from '../report/area/types.js';
import type { AreaReport, AreaTarget } from '../report/area/types.js';
import { ENERGY_IMAGES, priceOf } from '../report/price/price.js';
import { addLoweringOptions, loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweringOptions } from './inputs.js';
import { integer, listOf, oneOf } from './options.js';
import { priceTables } from './price-tables.js';
import { printJson, printLine } from './print.js';
import { addGenerationOptions, generate } from './rtl-options.js';
import type { GenerationOptions } from './rtl-options.js';
import { addSynthesisOptions, libraryFor, measureDesign } from './synthesis.js';
import type { SynthesisOptions } from './synthesis.js';
import { TEST_SET_NAMES } from './test-sets.js';

interface PriceOptions extends LoweringOptions, GenerationOptions, ImageOptions, SynthesisOptions {
  readonly target: readonly AreaTarget[];
  readonly images: number;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerPrice(program: Command): void {
  const command = program
    .command('price')
    .description('say what FleXOR costs and saves against plain 1-bit weights: bits, gates, area, reads, energy')
    .argument('<model>', 'model file (.flexor)');
  addSynthesisOptions(addGenerationOptions(addLoweringOptions(command)))
    .option('--target <names>', `one or more of ${AREA_TARGETS.join(', ')}, with commas`, listOf(oneOf(AREA_TARGETS)), [
      'xcup',
      'asic',
    ])
    .option(
      '--images <n>',
      'test images from which the switching of the MAC arrays is counted; 0: none',
      integer(0),
      ENERGY_IMAGES,
    )
    .option('--data <dir>', 'folder with the MNIST files (default: FLEXOR_DATA, else ../shared/data)')
    .option('--dataset <name>', `${TEST_SET_NAMES.join(', ')} (default: what the model states)`, oneOf(TEST_SET_NAMES))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Both networks, the model's and the same one with plain 1-bit weights, are generated with the same fold and synthesised.
Energy is an estimate from counted switching with constants of 45 nm; docs/price.md has the definitions.

Examples:
  flexor price models/lenet5-mnist-0.6.flexor
  flexor price model.flexor --target ice40 --images 0 --json
  flexor price model.flexor --target-fps 2000 --clock-mhz 200`,
    )
    .action(price);
}

async function price(path: string, options: PriceOptions): Promise<void> {
  const library = libraryFor(options.target, options.liberty);
  const lowered = loadLowered(path, options);
  const images = options.images === 0 ? [] : loadTestImages(lowered, options).quantised;
  const design = generate(lowered.network, options);
  const areas: AreaReport[] = [];
  for (const target of options.target) {
    areas.push(await measureDesign(lowered.network, design, { target, library, plain: true }, options));
  }
  const report = priceOf(lowered.network, design, areas, images);
  if (options.json) printJson(report);
  else printLine(priceTables(report));
}
