/** What a layer's wrapper needs to know beyond its plan. */

/** Memories of a layer that have files. */
export type MemoryPart = 'weights' | 'boundary' | 'scales';

/** Folder of memory files below that of the design. */
export const MEMORY_FOLDER = 'mem';

/** Parameter of a module with memories, and of the top, in designs with a prefix. */
const PARAMETER = 'MemFolder';

/** What the templates need for it. */
export interface MemoryParameter {
  /** The parameter's default; null: there is no such parameter. */
  readonly memFolder: string | null;
}

/** A memory file as Verilog names it: with the folder as a parameter, or as it is. */
export function fileText(path: string, isParameter: boolean): string {
  return isParameter ? `{${PARAMETER}, "${path.slice(MEMORY_FOLDER.length)}"}` : `"${path}"`;
}

/** The paths that the text of a module gives a parameter of this name (a pattern), each with its place in the text. */
export function filesIn(verilog: string, parameter: string): { readonly path: string; readonly at: number }[] {
  const pattern = new RegExp(`\\.(?:${parameter})\\((?:"([^"]+)"|\\{${PARAMETER}, "([^"]+)"\\})\\)`, 'g');
  return [...verilog.matchAll(pattern)].map((match) => ({
    path: match[1] ?? `${MEMORY_FOLDER}${match[2]}`,
    at: match.index,
  }));
}

export interface LayerFiles {
  /** Paths of the memory files, as Verilog has them. */
  readonly memories: ReadonlyMap<MemoryPart, string>;
  /** Bits of frame numbers (frameNumberBits). */
  readonly frameBits: number;
  /** Module of the XOR circuit of each plane. */
  readonly xorModules: readonly string[];
}
