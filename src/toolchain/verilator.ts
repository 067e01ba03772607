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
  const flags = [...levelIdentity(build.optimise), ...verilatorFlags(build)];
  const key = cacheKey([...identity(context), ...flags, build.topModule, ...design]);
  const { folder, cached } = await cachedFolder(build.cache, 'simulator', key, (temporary) =>
    compileDesign(context, temporary),
  );
  return { executable: join(folder, 'flexor_sim'), cached };
}

/** Everything but the design and the level that decides what comes out of a build. */
function identity({ build, verilator, cxx, library }: Context): (string | Uint8Array)[] {
  const sources = [...new Set([...HARNESS, ...BINDING])].flatMap((name) => [name, readFile(join(SIM, name))]);
  const tools = [verilator.path, verilator.version, cxx.path, cxx.version, library];
  return [...tools, ...compileFlags(build), `trace ${build.trace}`, ...sources];
}

/** The level, with the processor that code for this machine fits. */
function levelIdentity(level: Optimise): string[] {
  return [...LEVELS[level], level === 'run-time' ? (cpus()[0]?.model ?? '') : ''];
}

function verilatorFlags(build: SimulatorBuild): string[] {
  // Lint is a check of its own (lint.ts); here a doubtful design is simulated, not refused.
  const flags = ['--cc', '-O3', '--prefix', 'Vflexor_sim_top', '-Wno-lint', '-Wno-style', '-Wno-fatal'];
  // Registers and undriven values start at random (seeded by the harness), never at a helpful 0.
  flags.push('--x-assign', 'unique', '--x-initial', 'unique');
  return build.trace ? [...flags, '--trace-fst', '--trace-structs'] : flags;
}

/** The compiler's flags but for the level. */
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
  return ['-std=gnu++17', '-faligned-new', '-fcf-protection=none', '-w', ...definitions];
}

async function compileDesign(context: Context, folder: string): Promise<void> {
  const { build, verilator } = context;
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
    await compileSources(context, compiler, sources, generated, work);
    const shared = listFolder(runtime).flatMap(({ name }) => (name.endsWith('.o') ? [name] : []));
    const objects = [
      ...sources.map((file) => join(work, objectName(file))),
      ...shared.map((name) => join(runtime, name)),
    ];
    await link(compiler, objects, ['-pthread', ...(build.trace ? ['-lz'] : [])], join(folder, 'flexor_sim'));
    remove(work);
  });
}

/** Compiles a design's C++, each file at its level and with the header of that level. */
async function compileSources(
  context: Context,
  compiler: Compiler,
  sources: readonly string[],
  generated: string,
  work: string,
): Promise<void> {
  const { build } = context;
  const headers = new Map<Optimise, string>();
  for (const level of new Set(sources.map((file) => levelOf(build, file)))) {
    headers.set(level, await buildHeader(context, level));
  }
  const flags = (file: string): string[] => {
    const level = levelOf(build, file);
    const header = precompiledFlags(headers.get(level)!);
    return [...LEVELS[level], ...compileFlags(build), ...header, '-I', generated, ...includes(context)];
  };
  await compileAll(compiler, sources, flags, work);
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
function levelOf({ optimise }: SimulatorBuild, file: string): Optimise {
  return isSlow(file) ? 'build-time' : optimise;
}

function isSlow(file: string): boolean {
  return file.endsWith('__Slow.cpp');
}

/** One file that includes others. */
function unity(work: string, name: string, files: readonly string[]): string {
  const path = join(work, name);
  writeFile(path, files.map((file) => `#include "${file}"\n`).join(''));
  return path;
}

/** What all designs share, compiled once per tool version: Verilator's library and the harness. */
async function buildRuntime(context: Context): Promise<string> {
  const { build, library } = context;
  const names = ['verilated.cpp', 'verilated_threads.cpp', ...(build.trace ? ['verilated_fst_c.cpp'] : [])];
  const flags = ['-O2', ...compileFlags(build), ...includes(context)];
  const { folder } = await cachedFolder(build.cache, 'runtime', cacheKey(identity(context)), (temporary) =>
    withLog(temporary, async (logFile) => {
      const sources = [...names.map((name) => join(library, name)), join(SIM, 'harness.cpp')];
      await compileAll(compilerOf(context, logFile), sources, () => flags, temporary);
    }),
  );
  return folder;
}

/** The header of Verilator's library, precompiled for a level. */
async function buildHeader(context: Context, level: Optimise): Promise<string> {
  const { build } = context;
  const headers = ['verilated.h', ...(build.trace ? ['verilated_fst_c.h'] : [])];
  const flags = [...LEVELS[level], ...compileFlags(build), ...includes(context)];
  const key = cacheKey([...identity(context), ...levelIdentity(level)]);
  const { folder } = await cachedFolder(build.cache, 'header', key, (temporary) =>
    withLog(temporary, (logFile) => precompileHeader(compilerOf(context, logFile), headers, flags, temporary)),
  );
  return folder;
}

/** Where the sources of the harness and of Verilator's library look for headers. */
function includes({ library }: Context): string[] {
  return ['-I', SIM, '-I', library, '-I', join(library, 'vltstd')];
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
