/** `flexor price`: what FleXOR costs and saves in a model's hardware, against a plain 1-bit network with the same fold. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { IntNetwork } from '../fixed/types.js';
import { measureArea } from '../report/area/area.js';
import { AREA_TARGETS } from '../report/area/types.js';
import type { AreaReport, AreaTarget } from '../report/area/types.js';
import { priceOf } from '../report/price/price.js';
import type { RtlDesign } from '../rtl/types.js';
import { cacheFolder } from '../toolchain/paths.js';
import type { YosysEngine } from '../toolchain/yosys.js';
import { addLoweringOptions, loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweringOptions } from './inputs.js';
import { integer, oneOf, real } from './options.js';
import { priceTables } from './price-tables.js';
import { printJson, printLine } from './print.js';
import { startProgress } from './progress.js';
import { addGenerationOptions, generate } from './rtl-options.js';
import type { GenerationOptions } from './rtl-options.js';
import { TEST_SET_NAMES } from './test-sets.js';

interface PriceOptions extends LoweringOptions, GenerationOptions, Required<Pick<ImageOptions, 'images'>> {
  readonly target: readonly AreaTarget[];
  readonly data?: string;
  readonly dataset?: (typeof TEST_SET_NAMES)[number];
  readonly yosys: YosysEngine;
  readonly timeout: number;
  readonly jobs: number;
  readonly cache?: string;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerPrice(program: Command): void {
  const command = program
    .command('price')
    .description('say what FleXOR costs and saves against plain 1-bit weights: bits, gates, area, reads, energy')
    .argument('<model>', 'model file (.flexor)');
  addGenerationOptions(addLoweringOptions(command))
    .option('--target <names>', `one or more of ${AREA_TARGETS.join(', ')}, with commas`, targets, ['xcup', 'asic'])
    .option('--images <n>', 'test images from which the switching of the MAC arrays is counted; 0: none', integer(0), 2)
    .option('--data <dir>', 'folder with the MNIST files (default: FLEXOR_DATA, else ../shared/data)')
    .option(
      '--dataset <name>',
      `${TEST_SET_NAMES.join(' or ')} (default: what the model states)`,
      oneOf(TEST_SET_NAMES),
    )
    .option('--yosys <which>', 'npm (WebAssembly) or system', oneOf(['npm', 'system'] as const), 'npm')
    .option('--timeout <s>', 'time limit of one synthesis', real(1), 1200)
    .option('--jobs <n>', 'syntheses at once', integer(1, 64), 2)
    .option('--cache <dir>', 'folder of cached results (default: FLEXOR_CACHE, else build/cache)')
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
  const lowered = loadLowered(path, options);
  const images = options.images === 0 ? [] : loadTestImages(lowered, options).quantised;
  const design = generate(lowered.network, options);
  const areas: AreaReport[] = [];
  for (const target of options.target) areas.push(await measure(lowered.network, design, target, options));
  const report = priceOf(lowered.network, design, areas, images);
  if (options.json) printJson(report);
  else printLine(priceTables(report));
}

async function measure(
  network: IntNetwork,
  design: RtlDesign,
  target: AreaTarget,
  options: PriceOptions,
): Promise<AreaReport> {
  const progress = startProgress(`synthesis for ${target}`, 1);
  try {
    return await measureArea(network, design, {
      target,
      engine: options.yosys,
      cache: cacheFolder(options.cache),
      timeoutSeconds: options.timeout,
      plain: true,
      jobs: options.jobs,
      onProgress: (done, total, title) => progress.update(done / total, title),
    });
  } finally {
    progress.finish();
  }
}

function targets(text: string): AreaTarget[] {
  const names = [...new Set(text.split(','))];
  const parse = oneOf(AREA_TARGETS);
  if (text === '') throw new InvalidArgumentError(`Must be one or more of ${AREA_TARGETS.join(', ')}, with commas.`);
  return names.map(parse);
}
