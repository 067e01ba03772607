/** The packet of a loadable design against its memories: it must load what they begin with. */
import type { WeightedPlan } from '../../rtl/layers/types.js';
import { LOAD_COMMAND } from '../../rtl/load.js';
import { filesIn } from '../../rtl/views/layer-files.js';

const BEAT_DIGITS = 8;

/** A line where the packet's text is not the command and then every memory, word by word; null where it is. */
export function packetFault(packet: string, path: string, memories: readonly string[], banks: number): string | null {
  const beats = [LOAD_COMMAND.toString(16).padStart(BEAT_DIGITS, '0')];
  for (const memory of memories) {
    // Each word stands there once for each bank.
    const words = memory.split('\n').filter((line, i) => line !== '' && i % banks === 0);
    for (const word of words) {
      const padded = word.padStart(Math.ceil(word.length / BEAT_DIGITS) * BEAT_DIGITS, '0');
      for (let end = padded.length; end > 0; end -= BEAT_DIGITS) beats.push(padded.slice(end - BEAT_DIGITS, end));
    }
  }
  const lines = packet.trimEnd().split('\n');
  const at = beats.findIndex((beat, i) => lines[i] !== beat);
  if (at >= 0)
    return `${path} line ${at + 1}: must be ${beats[at]}, as the memories hold it, got ${lines[at] ?? 'nothing'}`;
  return lines.length === beats.length ? null : `${path}: must have ${beats.length} lines, got ${lines.length}`;
}

/** Files of the memories in the order in which they are loaded. */
export function loadedFiles(layers: readonly WeightedPlan[], verilogOf: (layer: WeightedPlan) => string): string[] {
  return layers.flatMap((layer) => filesIn(verilogOf(layer), 'MemFile|BoundaryFile').map(({ path }) => path));
}
