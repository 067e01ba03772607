/** Verilog → vvp program → run in Icarus. Compiled programs are cached by content like Verilator's. */
import { join } from 'node:path';
import { readFile, remove } from '../base/files.js';
import { packageFile } from '../base/places.js';
import { cacheKey, cachedFolder } from './cache.js';
import { runTool, runToolOrThrow } from './run.js';
import type { RunResult } from './run.js';
import { findTool } from './tools.js';

export interface IcarusBuild {
  /** Folder that the Verilog paths are relative to. */
  readonly folder: string;
  readonly verilog: readonly string[];
  /** Parameters of the test bench, sim/flexor_icarus_tb.v. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly cache: string;
  readonly signal?: AbortSignal;
}

const BENCH = 'flexor_icarus_tb';

/** Compiles the design with the test bench; returns the program, and whether it was there already. */
export async function buildIcarus(build: IcarusBuild): Promise<{ program: string; cached: boolean }> {
  const iverilog = await findTool('iverilog');
  const bench = packageFile('sim', `${BENCH}.v`);
  const parameters = Object.entries(build.parameters).map(([name, value]) => `-P${BENCH}.${name}=${value}`);
  const key = cacheKey([
    iverilog.path,
    iverilog.version,
    ...parameters,
    readFile(bench),
    ...build.verilog.flatMap((file) => [file, readFile(join(build.folder, file))]),
  ]);
  const { folder, cached } = await cachedFolder(build.cache, 'icarus', key, async (temporary) => {
    const logFile = `${temporary.replace(/\.tmp$/, '')}.log`;
    await runToolOrThrow('Icarus Verilog', {
      command: iverilog.path,
      args: ['-g2005', '-s', BENCH, ...parameters, '-o', join(temporary, 'design.vvp'), bench, ...build.verilog],
      cwd: build.folder,
      timeoutSeconds: 600,
      logFile,
      ...(build.signal === undefined ? {} : { signal: build.signal }),
    });
    remove(logFile);
  });
  return { program: join(folder, 'design.vvp'), cached };
}

/** Runs a program in the folder of the design; its output goes to `logFile` as well. */
export async function runIcarus(
  program: string,
  folder: string,
  plusArgs: readonly string[],
  options: { readonly outputFile: string; readonly timeoutSeconds: number; readonly signal?: AbortSignal },
): Promise<RunResult> {
  const vvp = await findTool('vvp');
  return runToolOrThrow('Icarus Verilog', {
    command: vvp.path,
    args: ['-N', program, ...plusArgs],
    cwd: folder,
    logFile: options.outputFile,
    timeoutSeconds: options.timeoutSeconds,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** Compiles a design alone and returns what Icarus says of it with -Wall; empty where it accepts it in silence. */
export async function checkWithIcarus(folder: string, verilog: readonly string[], topModule: string): Promise<string> {
  const iverilog = await findTool('iverilog');
  const { stdout, stderr, exitCode } = await runTool({
    command: iverilog.path,
    args: ['-g2005', '-Wall', '-Wno-timescale', '-t', 'null', '-s', topModule, ...verilog],
    cwd: folder,
    timeoutSeconds: 600,
  });
  const text = `${stdout}${stderr}`.trim();
  return exitCode === 0 ? text : `exit code ${exitCode}: ${text}`;
}
