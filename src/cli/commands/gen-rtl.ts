/** `flexor gen-rtl`: writes the Verilog of a model with everything that others need to use it. */
import type { Command } from 'commander';
import { writePackage, type WritePackageOptions } from '../../app/package.js';
import { addGenerationOptions } from '../options/generation.js';
import { addDataOptions } from '../options/images.js';
import { addLoweringOptions } from '../options/lowering.js';
import { integer } from '../options/values.js';
import { designText } from '../tables/design.js';
import { printJson, printLine, printWarnings, type Output } from '../terminal/print.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { manifest as manifestJson } from '../schemas/hardware.js';

interface Options extends WritePackageOptions {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command
    .argument('<model>', 'model file (.flexor)')
    .optionsGroup(GROUPS.output)
    .requiredOption('-o, --output <dir>', 'folder of the design; of one that is there its own files are replaced');
  addDataOptions(addGenerationOptions(addLoweringOptions(command)))
    .optionsGroup(GROUPS.hardware)
    .option(
      '--prefix <name>',
      'begin the names of modules and memory files with this, and make the folder of the latter a parameter of the top ' +
        "(default: the model's name for modules, nothing for memory files)",
    )
    .option(
      '--vectors <n>',
      'frames of the testbench, random or with --data or --dataset test images (default: 2, none for large networks)',
      integer(0, 1000),
    )
    .option('--seed <n>', 'seed of random frames', integer(0, 2 ** 32 - 1), 1)
    .optionsGroup(GROUPS.output)
    .option('--json', 'print the manifest');
  addHelp(
    command,
    [
      'The folder is complete: README.md says how to simulate and synthesise it without this tool. Without a ' +
        'fold the slowest layer gets 64 additions a cycle and the others keep up with it.',
    ],
    [
      'flexor gen-rtl models/lenet5-mnist-0.6.flexor -o build/lenet5',
      'flexor gen-rtl model.flexor -o build/fast --target-fps 2000 --clock-mhz 200',
      'flexor gen-rtl model.flexor -o build/mine --fold fold.json --activation-bits 6',
      'flexor gen-rtl model.flexor -o build/mine --data flowers.csv --vectors 20',
      'flexor gen-rtl model.flexor -o soc/eye --prefix eye',
    ],
  ).action(genRtl);
}

async function genRtl(path: string, options: Options): Promise<void> {
  const { manifest, timing, warnings } = await writePackage(path, options);
  printWarnings(warnings);
  if (options.json)
    printJson<Output<typeof manifestJson>>({ schema: 'flexor.gen-rtl/1', ...manifest, timing, warnings });
  else printLine(designText(manifest, timing, options.output));
}
