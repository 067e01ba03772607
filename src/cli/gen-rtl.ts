/** `flexor gen-rtl`: writes the Verilog of a model with everything that others need to use it. */
import type { Command } from 'commander';
import { writeDesign } from '../rtl/generate.js';
import type { LayerInfo, Manifest } from '../rtl/types.js';
import { packaged } from './design-package.js';
import type { PackageOptions } from './design-package.js';
import { addLoweringOptions, loadLowered } from './inputs.js';
import type { LoweringOptions } from './inputs.js';
import { integer } from './options.js';
import { formatCount, formatPercent, formatTable, printJson, printLine } from './print.js';
import { addGenerationOptions, generate } from './rtl-options.js';
import type { GenerationOptions } from './rtl-options.js';

interface GenRtlOptions extends LoweringOptions, GenerationOptions, PackageOptions {
  readonly output: string;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerGenRtl(program: Command): void {
  const command = program
    .command('gen-rtl')
    .description('generate Verilog, memory files, a testbench, scripts for synthesis and a README')
    .argument('<model>', 'model file (.flexor)')
    .requiredOption('-o, --output <dir>', 'folder of the design; one that is there is replaced as a whole');
  addGenerationOptions(addLoweringOptions(command))
    .option('--vectors <n>', 'random frames of the testbench (default: 2, none for large networks)', integer(0, 1000))
    .option('--seed <n>', 'seed of those frames', integer(0, 2 ** 32 - 1), 1)
    .option('--json', 'print the manifest')
    .addHelpText(
      'after',
      `
The folder is complete: README.md says how to simulate and synthesise it without this tool. Without a fold the slowest layer gets 64 additions a cycle and the others keep up with it.

Examples:
  flexor gen-rtl models/lenet5-mnist-0.6.flexor -o build/lenet5
  flexor gen-rtl model.flexor -o build/fast --target-fps 2000 --clock-mhz 200
  flexor gen-rtl model.flexor -o build/mine --fold fold.json --activation-bits 6`,
    )
    .action(genRtl);
}

function genRtl(path: string, options: GenRtlOptions): void {
  const { network } = loadLowered(path, options);
  const design = packaged(network, generate(network, options), options);
  writeDesign(design, options.output);
  if (options.json) printJson(design.manifest);
  else printDesign(design.manifest, options.output);
}

function printDesign(manifest: Manifest, folder: string): void {
  const { prediction, verilog, memories } = manifest;
  printLine(`${folder}: ${manifest.topModule}, ${verilog.length} Verilog files, ${memories.length} memory files\n`);
  const header = ['layer', 'kind', 'output', 'PE', 'SIMD', 'cycles/frame', 'weight bits', 'encrypted', 'stored'];
  printLine(formatTable([header, ...manifest.layers.map(layerRow)]));
  const { busiest } = prediction;
  printLine(`\ncycles a frame  ${formatCount(prediction.cyclesPerFrame)} predicted`);
  printLine(`latency         ${formatCount(prediction.latencyCycles)} cycles predicted`);
  printLine(
    `busiest unit    ${busiest.unit}, ${formatCount(busiest.cycles)} cycles a frame, ` +
      `busy ${formatPercent(prediction.bottleneckUtilisation)} of the time`,
  );
}

function layerRow(layer: LayerInfo): string[] {
  const { height, width, channels } = layer.outputShape;
  const common = [layer.name, layer.kind, `${height}×${width}×${channels}`];
  const { weighted } = layer;
  if (weighted === null) return [...common, '', '', formatCount(layer.cyclesPerFrame), '', '', ''];
  return [
    ...common,
    String(weighted.pe),
    String(weighted.simd),
    formatCount(layer.cyclesPerFrame),
    formatCount(weighted.weightBits),
    formatCount(weighted.encryptedBits),
    formatCount(weighted.storedBits),
  ];
}
