/** What a layer's wrapper needs to know beyond its plan. */

/** Memories of a layer that have files. */
export type MemoryPart = 'weights' | 'boundary' | 'scales';

export interface LayerFiles {
  /** Paths of the memory files. */
  readonly memories: ReadonlyMap<MemoryPart, string>;
  /** Bits of frame numbers (frameNumberBits). */
  readonly frameBits: number;
  /** Module of the XOR circuit of each plane. */
  readonly xorModules: readonly string[];
}
