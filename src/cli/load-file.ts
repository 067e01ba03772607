/** `flexor load-file`: the packet that loads a model into hardware that was generated for another one. */
import type { Command } from 'commander';
import { FlexorError } from '../base/errors.js';
import { writeFileAtomic } from '../base/files.js';
import { loadPacket, packetFile } from '../rtl/load.js';
import { addLoweringOptions, loadLowered, loadLoweredFor } from './inputs.js';
import type { LoweringOptions } from './inputs.js';
import { prepareOutput } from './output-file.js';
import { formatCount, printJson, printLine } from './print.js';
import { addGenerationOptions, generate } from './rtl-options.js';
import type { GenerationOptions } from './rtl-options.js';

interface LoadFileOptions extends LoweringOptions, GenerationOptions {
  readonly for: string;
  readonly output: string;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerLoadFile(program: Command): void {
  const command = program
    .command('load-file')
    .description('write the packet that loads a model into hardware generated with --weights ram')
    .argument('<model>', 'model file (.flexor) to load')
    .requiredOption('--for <model>', 'model that the hardware was generated for, with the same options as then')
    .requiredOption(
      '-o, --output <file>',
      'the packet: .hex one beat of eight digits a line, .bin little-endian words',
    );
  addGenerationOptions(addLoweringOptions(command))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Send the beats on s_load, tlast with the last one. Frames that begin later use the new weights at every layer.

Examples:
  flexor gen-rtl a.flexor -o build/a --weights ram
  flexor load-file b.flexor --for a.flexor --weights ram -o b.hex`,
    )
    .action(loadFile);
}

function loadFile(path: string, options: LoadFileOptions): void {
  const source = options.weights?.source ?? 'rom';
  if (source !== 'ram') {
    throw new FlexorError('usage', `hardware takes other weights only with --weights ram, got ${source}`);
  }
  const { output } = options;
  if (!/\.(hex|bin)$/.test(output))
    throw new FlexorError('usage', `the packet must end in .hex or .bin, got ${output}`);
  prepareOutput(output);
  const { network } = loadLowered(options.for, options);
  const other = loadLoweredFor(network, path, options);
  const { fold } = generate(network, options).manifest.options;
  const packet = loadPacket(network, other.network, fold);
  writeFileAtomic(output, output.endsWith('.hex') ? packetFile(packet) : littleEndian(packet));
  const { digest } = other;
  if (options.json) printJson({ model: other.model.name, digest, file: output, beats: packet.length });
  else printLine(`${output}: ${formatCount(packet.length)} beats load ${other.model.name} (${digest.slice(0, 12)})`);
}

function littleEndian(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(4 * i, word, true));
  return bytes;
}
