/** `flexor price`: what FleXOR costs and saves in a model's hardware, against a plain 1-bit network with the same fold. */
import type { Command } from 'commander';
import { AREA_TARGETS, ENERGY_IMAGES } from '../../app/choices.js';
import { priceOfModel, type PriceOptions } from '../../app/price.js';
import { addGenerationOptions } from '../options/generation.js';
import { addDataOptions } from '../options/images.js';
import { addLoweringOptions } from '../options/lowering.js';
import { addSynthesisOptions } from '../options/synthesis.js';
import { integer, listOf, oneOf } from '../options/values.js';
import { priceTables } from '../tables/price.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { startProgress } from '../terminal/progress.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { price as priceJson } from '../schemas/measures.js';

interface Options extends PriceOptions {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command.argument('<model>', 'model file (.flexor)');
  addDataOptions(addSynthesisOptions(addGenerationOptions(addLoweringOptions(command))))
    .optionsGroup(GROUPS.synthesis)
    .option('--target <names>', `one or more of ${AREA_TARGETS.join(', ')}, with commas`, listOf(oneOf(AREA_TARGETS)), [
      'xcup',
      'asic',
    ])
    .optionsGroup(GROUPS.images)
    .option(
      '--images <n>',
      'test images from which the switching of the MAC arrays is counted; 0: none',
      integer(0),
      ENERGY_IMAGES,
    )
    .optionsGroup(GROUPS.output)
    .option('--json', 'print JSON');
  addHelp(
    command,
    [
      "Both networks, the model's and the same one with plain 1-bit weights, are generated with the same fold " +
        'and synthesised. Energy is an estimate from counted switching with constants of 45 nm; docs/price.md has ' +
        'the definitions.',
    ],
    [
      'flexor price models/lenet5-mnist-0.6.flexor',
      'flexor price model.flexor --target ice40 --images 0 --json',
      'flexor price model.flexor --target-fps 2000 --clock-mhz 200',
    ],
  ).action(price);
}

async function price(path: string, options: Options): Promise<void> {
  const report = await priceOfModel(path, options, startProgress);
  if (options.json) printJson<Output<typeof priceJson>>({ schema: 'flexor.price/1', ...report });
  else printLine(priceTables(report));
}
