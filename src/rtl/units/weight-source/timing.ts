/** The paths of weight sources: the memory of the rows, to the next register. */
import { memoryShape, type MemoryKind } from '../../cost/memory.js';
import { isRegistered } from '../../cost/rom.js';
import { luts, multiplexer, path, romLuts } from '../../timing/path.js';
import type { TimingPath } from '../types.js';
import type { WeightSourceParameters } from './cost.js';

/** Rows go through a register where the memory is large, else through the XOR circuits first. */
export function sourceTiming(module: string, kind: MemoryKind, { width, depth }: WeightSourceParameters): TimingPath[] {
  const { made, banks } = memoryShape(kind, width, depth);
  const name = 'row of weights';
  if (made === 'logic') return [path(name, { module }, [romLuts(depth)])];
  const registered = kind === 'rom' && isRegistered(width, depth);
  const from = made === 'block' ? 'blockRam' : 'register';
  return [path(name, { module, from }, [multiplexer(banks), registered ? [] : luts(2, 4)])];
}
