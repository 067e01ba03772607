/** `flexor load-file`: the packet that loads a model into hardware that was generated for another one. */
import type { Command } from 'commander';
import { writeLoadFile, type LoadFileOptions } from '../../app/load-file.js';
import { formatCount } from '../../base/format.js';
import { addGenerationOptions } from '../options/generation.js';
import { addLoweringOptions } from '../options/lowering.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { loadFile as loadFileJson } from '../schemas/hardware.js';

interface Options extends LoadFileOptions {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command
    .argument('<model>', 'model file (.flexor) to load')
    .optionsGroup(GROUPS.lowering)
    .requiredOption('--for <model>', 'model that the hardware was generated for, with the same options as then')
    .optionsGroup(GROUPS.output)
    .requiredOption(
      '-o, --output <file>',
      'the packet: .hex one beat of eight digits a line, .bin little-endian words',
    );
  addGenerationOptions(addLoweringOptions(command)).optionsGroup(GROUPS.output).option('--json', 'print JSON');
  addHelp(
    command,
    ['Send the beats on s_load, tlast with the last one. Frames that begin later use the new weights at every layer.'],
    [
      'flexor gen-rtl a.flexor -o build/a --weights ram',
      'flexor load-file b.flexor --for a.flexor --weights ram -o b.hex',
    ],
  ).action(loadFile);
}

function loadFile(path: string, options: Options): void {
  const packet = writeLoadFile(path, options);
  const { model, digest, file, beats } = packet;
  if (options.json) printJson<Output<typeof loadFileJson>>({ schema: 'flexor.load-file/1', ...packet });
  else printLine(`${file}: ${formatCount(beats)} beats load ${model} (${digest.slice(0, 12)})`);
}
