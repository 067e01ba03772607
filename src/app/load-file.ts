/** The packet that loads a model into hardware that was generated for another one. */
import { FlexorError } from '../base/errors.js';
import { prepareOutput, saveResult } from '../base/output.js';
import { loadPacket, packetFile } from '../rtl/load.js';
import { designOf, type GenerationOptions } from './design.js';
import { loadLowered, loadLoweredFor, type LoweringOptions } from './inputs.js';
import { isLoaded } from '../rtl/weight-memory.js';

export interface LoadFileOptions extends LoweringOptions, GenerationOptions {
  /** File of the model that the hardware was generated for. */
  readonly for: string;
  /** The packet: .hex one beat of eight digits a line, .bin little-endian words of 32 bits. */
  readonly output: string;
}

export interface LoadFile {
  readonly model: string;
  readonly digest: string;
  readonly file: string;
  readonly beats: number;
}

/** Makes the packet of the model file `path` and writes it. */
export function writeLoadFile(path: string, options: LoadFileOptions): LoadFile {
  const source = options.weights?.source ?? 'rom';
  if (!isLoaded(source)) {
    throw new FlexorError('usage', `hardware takes other weights only with --weights ram or ram-single, got ${source}`);
  }
  const { output } = options;
  if (!/\.(hex|bin)$/.test(output))
    throw new FlexorError('usage', `the packet must end in .hex or .bin, got ${output}`);
  prepareOutput(output);
  const { network } = loadLowered(options.for, options);
  const other = loadLoweredFor(network, path, options);
  const packet = loadPacket(designOf(network, options).plan, other.network);
  saveResult(output, output.endsWith('.hex') ? packetFile(packet) : littleEndian(packet));
  return { model: other.model.name, digest: other.digest, file: output, beats: packet.length };
}

function littleEndian(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(4 * i, word, true));
  return bytes;
}
