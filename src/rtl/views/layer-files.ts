/** What a layer's wrapper needs to know beyond its plan. */
import type { MemoryWords } from '../memory-words.js';

export interface LayerFiles {
  /** Paths of the memory files. */
  readonly memories: ReadonlyMap<MemoryWords['part'], string>;
  /** Bits of frame numbers (frameNumberBits). */
  readonly frameBits: number;
  /** Module of the XOR circuit of each plane. */
  readonly xorModules: readonly string[];
}
