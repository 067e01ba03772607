/** `flexor memory`: the weight memories of a design beside those of plain 1-bit weights. */
import type { Command } from 'commander';
import { memoriesOfModel, type MemoryOptions } from '../../app/memory.js';
import { addGenerationOptions } from '../options/generation.js';
import { addLoweringOptions } from '../options/lowering.js';
import { memoryTable } from '../tables/memory.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { memory as memoryJson } from '../schemas/hardware.js';

interface Options extends MemoryOptions {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command.argument('<model>', 'model file (.flexor)');
  addGenerationOptions(addLoweringOptions(command)).optionsGroup(GROUPS.output).option('--json', 'print JSON');
  addHelp(
    command,
    [
      'Ideal bits are what the weights need, stored bits what the rows of the memory hold; bits a frame are ' +
        'read from it or, with --weights stream, come in from outside. Block RAMs of 18 kbit are those that Yosys ' +
        'would choose on UltraScale+; packing is the share of their bits that is needed.',
    ],
    [
      'flexor memory models/lenet5-mnist-0.6.flexor',
      'flexor memory model.flexor --weights ram --json',
      'flexor memory models/lenet5-mnist-0.6.flexor --weights stream:fc1',
    ],
  ).action(memory);
}

function memory(path: string, options: Options): void {
  const memories = memoriesOfModel(path, options);
  if (options.json) printJson<Output<typeof memoryJson>>({ schema: 'flexor.memory/1', ...memories });
  else printLine(memoryTable(memories));
}
