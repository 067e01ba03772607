/** `flexor memory`: the weight memories of a design beside those of plain 1-bit weights. */
import type { Command } from 'commander';
import { memoryFigures, totalUse } from '../report/memories/figures.js';
import type { MemoryUse } from '../report/memories/figures.js';
import { addLoweringOptions, loadLowered } from './inputs.js';
import type { LoweringOptions } from './inputs.js';
import { formatCount, formatPercent, formatTable, printJson, printLine } from './print.js';
import { addGenerationOptions, generate } from './rtl-options.js';
import type { GenerationOptions } from './rtl-options.js';

interface MemoryOptions extends LoweringOptions, GenerationOptions {
  readonly json?: boolean;
}

/** Registers the command. */
export function registerMemory(program: Command): void {
  const command = program
    .command('memory')
    .description('show the weight memories: bits needed and stored, reads, block RAMs, beside plain 1-bit weights')
    .argument('<model>', 'model file (.flexor)');
  addGenerationOptions(addLoweringOptions(command))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Ideal bits are what the weights need, stored bits what the rows of the memory hold; bits a frame are read from it or, with
--weights stream, come in from outside. Block RAMs of 18 kbit are those that Yosys
would choose on UltraScale+; packing is the share of their bits that is needed.

Examples:
  flexor memory models/lenet5-mnist-0.6.flexor
  flexor memory model.flexor --weights ram --json
  flexor memory models/lenet5-mnist-0.6.flexor --weights stream:fc1`,
    )
    .action(memory);
}

function memory(path: string, options: MemoryOptions): void {
  const { model, digest, network } = loadLowered(path, options);
  const layers = memoryFigures(network, generate(network, options).manifest.options.fold);
  const total = {
    flexor: totalUse(layers.map(({ flexor }) => flexor)),
    plain: totalUse(layers.map(({ plain }) => plain)),
  };
  if (options.json) {
    printJson({ model: model.name, digest, layers, total });
    return;
  }
  const head = [
    'layer',
    '',
    'rows',
    'ideal bits',
    'stored bits',
    'reads a frame',
    'bits a frame',
    'made of',
    'RAMB18',
    'packing',
  ];
  const rows = layers.flatMap(({ name, flexor, plain }) => [row(name, 'FleXOR', flexor), row('', 'plain', plain)]);
  printLine(formatTable([head, ...rows, row('total', 'FleXOR', total.flexor), row('', 'plain', total.plain)]));
}

const MADE = { logic: 'LUTs', lutRam: 'LUT RAM', block: 'block RAM', outside: 'stream' } as const;

type AnyUse = Omit<MemoryUse, 'rows' | 'rowBits' | 'made'> & Partial<MemoryUse>;

function row(name: string, kind: string, use: AnyUse): string[] {
  const { rows, rowBits, made, idealBits, storedBits, readsPerFrame, bitsPerFrame, bram18, packing } = use;
  return [
    name,
    kind,
    rows === undefined || rowBits === undefined ? '' : `${formatCount(rows)} × ${formatCount(rowBits)}`,
    ...[idealBits, storedBits, readsPerFrame, bitsPerFrame].map(formatCount),
    made === undefined ? '' : MADE[made],
    formatCount(bram18),
    packing === null ? '' : formatPercent(packing),
  ];
}
