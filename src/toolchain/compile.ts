/** C++ → objects → executable, with a precompiled header where the compiler is GCC: for simulators and the native addon. */
import { basename, dirname, join } from 'node:path';
import { writeFile } from '../base/files.js';
import { runToolOrThrow } from './run.js';
import type { RunOptions } from './run.js';
import type { Tool } from './tools.js';

/** A compiler, its limits and where it logs. */
export interface Compiler {
  readonly tool: Tool;
  readonly jobs: number;
  readonly run: Pick<RunOptions, 'signal' | 'timeoutSeconds' | 'memoryMegabytes' | 'logFile'>;
}

const HEADER = 'flexor_pch.h';

/** Only GCC's precompiled headers are a drop-in: `-include x.h` takes x.h.gch where it fits and x.h where not. */
export function usesPrecompiledHeader(tool: Tool): boolean {
  return /g\+\+|gcc/i.test(tool.version);
}

/** Object file of a source file. */
export function objectName(file: string): string {
  return basename(file).replace(/\.cpp$/, '.o');
}

/** Compiles files to objects in `folder`, a few at once. */
export async function compileAll(
  compiler: Compiler,
  sources: readonly string[],
  flags: (file: string) => readonly string[],
  folder: string,
): Promise<void> {
  const waiting = [...sources];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      await invoke(compiler, folder, [...flags(file), '-c', file, '-o', join(folder, objectName(file))]);
    }
  };
  await Promise.all(Array.from({ length: compiler.jobs }, worker));
}

/** Precompiles headers with exactly the flags of the sources that will include them. */
export async function precompileHeader(
  compiler: Compiler,
  headers: readonly string[],
  flags: readonly string[],
  folder: string,
): Promise<void> {
  const header = join(folder, HEADER);
  writeFile(header, headers.map((name) => `#include "${name}"\n`).join(''));
  if (!usesPrecompiledHeader(compiler.tool)) return;
  await invoke(compiler, folder, [...flags, '-x', 'c++-header', header, '-o', `${header}.gch`]);
}

/** Flags that include what `precompileHeader` left in `folder`. */
export function precompiledFlags(folder: string): readonly string[] {
  return ['-include', join(folder, HEADER)];
}

/** Links objects into a stripped executable. */
export async function link(
  compiler: Compiler,
  objects: readonly string[],
  libraries: readonly string[],
  executable: string,
): Promise<void> {
  await invoke(compiler, dirname(executable), ['-s', '-o', executable, ...objects, ...libraries]);
}

/** Temporary files of the compiler go to `folder`, which is removed as a whole when a build is interrupted. */
async function invoke(compiler: Compiler, folder: string, args: readonly string[]): Promise<void> {
  const env = { TMPDIR: folder };
  await runToolOrThrow('the C++ compiler', { command: compiler.tool.path, args, env, ...compiler.run });
}
