/**
 * Verilog → executable simulator, in two cached steps: the run time that every design shares (Verilator's library, the
 * harness of sim/, a precompiled header) and the design itself. Memory files are read when the simulator starts and are no
 * part of a build, so models of one structure share it.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { removeOnInterrupt } from '../base/cleanup.js';
import { fileFacts, listFolder, makeFolder, readFile, remove, writeFile } from '../base/files.js';
import { packageFile } from '../base/places.js';
import { cacheKey, cachedFolder } from './cache.js';
import { compileAll, link, objectName, precompileHeader, precompiledFlags } from './compile.js';
import type { Compiler } from './compile.js';
import { runTool, runToolOrThrow } from './run.js';
import { findTool } from './tools.js';
import type { Tool } from './tools.js';

/** What to spend little time on: the build (few cycles), the run (many images), or both in balance. */
export type Optimise = 'build-time' | 'balanced' | 'run-time';

export interface SimulatorBuild {
  /** Folder that the Verilog paths are relative to. */
  readonly folder: string;
  readonly verilog: readonly string[];
  readonly topModule: string;
  /** Cache folder. */
  readonly cache: string;
  readonly optimise: Optimise;
  /** With FST traces; a build of its own. */
  readonly trace: boolean;
  /** C++ compilers at once; default 2. */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
}

export interface Simulator {
  readonly executable: string;
  /** True where an earlier run had built it. */
  readonly cached: boolean;
}

interface Context {
  readonly build: SimulatorBuild;
  readonly verilator: Tool;
  readonly cxx: Tool;
  /** Folder of Verilator's C++ library. */
  readonly library: string;
}

/**
 * Of a simulator of 3 MB of C++ the compiler takes 9 s at -O1 and 3.5 s at -O0; a cycle then takes 2.4 and 11 µs
 * (GCC 12, processor time).
 */
const LEVELS: Readonly<Record<Optimise, readonly string[]>> = {
  'build-time': ['-O0'],
  balanced: ['-O1'],
  'run-time': ['-O2', '-march=native'],
};

const HARNESS = ['harness.cpp', 'dut.h', 'job.h', 'loads.h', 'monitor.h', 'source.h'];
const BINDING = ['dut.cpp', 'dut.h'];
const SIM = packageFile('sim');
const LIMITS = { timeoutSeconds: 1800, memoryMegabytes: 16_384 };

/** Builds the simulator of a design, or finds it in the cache. */
export async function buildSimulator(build: SimulatorBuild): Promise<Simulator> {
  const [verilator, cxx] = await Promise.all([findTool('verilator'), findTool('cxx')]);
  const context = { build, verilator, cxx, library: await libraryFolder(verilator) };
  const design = build.verilog.flatMap((file) => [file, readFile(join(build.folder, file))]);
  const key = cacheKey([...identity(context), ...verilatorFlags(build), build.topModule, ...design]);
  const { folder, cached } = await cachedFolder(build.cache, 'simulator', key, (temporary) =>
    compileDesign(context, temporary),
  );
  return { executable: join(folder, 'flexor_sim'), cached };
}

/** Everything but the design that decides what comes out of a build. */
function identity({ build, verilator, cxx, library }: Context): (string | Uint8Array)[] {
  const sources = [...new Set([...HARNESS, ...BINDING])].flatMap((name) => [name, readFile(join(SIM, name))]);
  const host = build.optimise === 'run-time' ? (cpus()[0]?.model ?? '') : '';
  const tools = [verilator.path, verilator.version, cxx.path, cxx.version, library, host];
  return [...tools, ...compileFlags(build), `trace ${build.trace}`, ...sources];
}

function verilatorFlags(build: SimulatorBuild): string[] {
  // Lint is a check of its own (lint.ts); here a doubtful design is simulated, not refused.
  const flags = ['--cc', '-O3', '--prefix', 'Vflexor_sim_top', '-Wno-lint', '-Wno-style', '-Wno-fatal'];
  // Registers and undriven values start at random (seeded by the harness), never at a helpful 0.
  flags.push('--x-assign', 'unique', '--x-initial', 'unique');
  return build.trace ? [...flags, '--trace-fst', '--trace-structs'] : flags;
}

function compileFlags(build: SimulatorBuild): string[] {
  const trace = build.trace ? 1 : 0;
  const definitions = [
    `-DVM_TRACE=${trace}`,
    `-DVM_TRACE_FST=${trace}`,
    '-DVM_TRACE_VCD=0',
    '-DVM_COVERAGE=0',
    '-DVM_SC=0',
    // dut.cpp says what a $stop does.
    '-DVL_USER_STOP',
  ];
  return ['-std=gnu++17', ...LEVELS[build.optimise], '-faligned-new', '-fcf-protection=none', '-w', ...definitions];
}

async function compileDesign(context: Context, folder: string): Promise<void> {
  const { build, verilator, library } = context;
  await withLog(folder, async (logFile) => {
    const compiler = compilerOf(context, logFile);
    const runtime = await buildRuntime(context);
    const work = join(folder, 'work');
    const generated = join(work, 'cpp');
    makeFolder(work);
    await runToolOrThrow('Verilator', {
      command: verilator.path,
      args: [...verilatorFlags(build), '--top-module', build.topModule, '--Mdir', generated, ...build.verilog],
      cwd: build.folder,
      ...compiler.run,
    });
    const sources = translationUnits(build, generated, work);
    const include = [
      ...precompiledFlags(runtime),
      '-I',
      generated,
      '-I',
      SIM,
      '-I',
      library,
      '-I',
      join(library, 'vltstd'),
    ];
    const level = (file: string): string[] => (isSlow(file) ? ['-O0'] : []);
    await compileAll(compiler, sources, (file) => [...compileFlags(build), ...level(file), ...include], work);
    const shared = listFolder(runtime).flatMap(({ name }) => (name.endsWith('.o') ? [name] : []));
    const objects = [
      ...sources.map((file) => join(work, objectName(file))),
      ...shared.map((name) => join(runtime, name)),
    ];
    await link(compiler, objects, ['-pthread', ...(build.trace ? ['-lz'] : [])], join(folder, 'flexor_sim'));
    remove(work);
  });
}

/** C++ above which one file takes the optimiser longer than many: 8 MB took 53 s of CPU as one file, some 10 s as nine. */
const MAX_UNITY_BYTES = 4e6;

/**
 * The files to compile: each on its own where the optimiser has much to do (two compilers share the work), else all in
 * one, because reading the headers for each would take longer than the rest.
 */
function translationUnits(build: SimulatorBuild, generated: string, work: string): string[] {
  const files = listFolder(generated).flatMap(({ name }) => (name.endsWith('.cpp') ? [name] : []));
  const binding = join(SIM, 'dut.cpp');
  const bytes = files.reduce((sum, name) => sum + fileFacts(join(generated, name))!.bytes, 0);
  const large = build.optimise === 'balanced' && bytes > MAX_UNITY_BYTES;
  if (build.optimise === 'run-time' || large) return [...files.map((name) => join(generated, name)), binding];
  if (build.optimise === 'build-time') return [unity(work, 'unity.cpp', [...files, 'dut.cpp'])];
  const [slow, fast] = [files.filter(isSlow), files.filter((name) => !isSlow(name))];
  return [unity(work, 'unity.cpp', [...fast, 'dut.cpp']), unity(work, 'unity__Slow.cpp', slow)];
}

/** Constructors and initial blocks run once: optimising them costs minutes on large designs and buys nothing. */
function isSlow(file: string): boolean {
  return file.endsWith('__Slow.cpp');
}

/** One file that includes others. */
function unity(work: string, name: string, files: readonly string[]): string {
  const path = join(work, name);
  writeFile(path, files.map((file) => `#include "${file}"\n`).join(''));
  return path;
}

/** What all designs share, compiled once per tool version and set of flags. */
async function buildRuntime(context: Context): Promise<string> {
  const { build, library } = context;
  const names = ['verilated.cpp', 'verilated_threads.cpp', ...(build.trace ? ['verilated_fst_c.cpp'] : [])];
  const headers = ['verilated.h', ...(build.trace ? ['verilated_fst_c.h'] : [])];
  const flags = [...compileFlags(build), '-I', SIM, '-I', library, '-I', join(library, 'vltstd')];
  const { folder } = await cachedFolder(build.cache, 'runtime', cacheKey(identity(context)), (temporary) =>
    withLog(temporary, async (logFile) => {
      const compiler = compilerOf(context, logFile);
      const sources = [...names.map((name) => join(library, name)), join(SIM, 'harness.cpp')];
      await compileAll(compiler, sources, () => [...flags, '-O2'], temporary);
      await precompileHeader(compiler, headers, flags, temporary);
    }),
  );
  return folder;
}

function compilerOf({ build, cxx }: Context, logFile: string): Compiler {
  const run = { ...LIMITS, logFile, ...(build.signal === undefined ? {} : { signal: build.signal }) };
  return { tool: cxx, jobs: build.jobs ?? 2, run };
}

/** Runs a build whose log survives where it fails, beside the folder that then goes away. */
async function withLog(folder: string, build: (logFile: string) => Promise<void>): Promise<void> {
  const logFile = `${folder.replace(/\.tmp$/, '')}.log`;
  const release = removeOnInterrupt(logFile);
  try {
    await build(logFile);
    remove(logFile);
  } finally {
    release();
  }
}

async function libraryFolder(verilator: Tool): Promise<string> {
  const { stdout } = await runTool({
    command: verilator.path,
    args: ['--getenv', 'VERILATOR_ROOT'],
    timeoutSeconds: 60,
  });
  return join(stdout.trim(), 'include');
}
