/**
 * Runs Yosys on files in a folder of its own and returns what it wrote: the WebAssembly build from npm by default, the
 * system's where asked for. Either runs in a child process, so that a time limit can end it.
 */
import { dirname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '../base/cleanup.js';
import { FlexorError, invariant } from '../base/errors.js';
import { exists, makeFolder, readText, writeFile } from '../base/files.js';
import { readJson } from '../base/json.js';
import { optionalFile } from '../base/optional.js';
import { runTool } from './run.js';
import type { RunOptions } from './run.js';
import { findTool } from './tools.js';

export type YosysEngine = 'npm' | 'system';

export interface YosysRequest {
  /** Commands, separated by newlines or semicolons. */
  readonly script: string;
  /** Relative path → content: Verilog and the memory files that $readmemh names. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  /** Files that the script writes and the caller wants. */
  readonly outputs: readonly string[];
  readonly engine?: YosysEngine;
  /** Default: 1800. */
  readonly timeoutSeconds?: number;
  /** Everything that Yosys prints goes here as well; an error names it. */
  readonly logFile?: string;
  /** For the system's Yosys; the WebAssembly one cannot take more than 4 GB. */
  readonly memoryMegabytes?: number;
  readonly signal?: AbortSignal;
}

export interface YosysResult {
  /** Everything that Yosys printed. */
  readonly stdout: string;
  readonly files: ReadonlyMap<string, string>;
  /** `Yosys 0.55 (git sha1 ...)`. */
  readonly version: string;
}

const SCRIPT = 'flexor_script.ys';

/**
 * Has V8's optimising compiler take only what runs for long: Yosys has so much code that it costs more than it saves
 * elsewhere (a synthesis of 10 s of processor time took 4.6 s with this, one of 34 s took 26 s).
 */
const TIERING = '--wasm-tiering-budget=2000000000';

/**
 * The child for the npm package: maps the current folder into Yosys's virtual file system, runs the script, writes the
 * files named on the command line back. A string, so that it runs from src/ and from dist/ alike.
 */
const NPM_CHILD = `
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
setFlagsFromString('${TIERING}');
const [bundle, ...outputs] = process.argv.slice(1);
const { runYosys } = await import(bundle);
const tree = (folder) => Object.fromEntries(readdirSync(folder, { withFileTypes: true }).map((entry) =>
  [entry.name, entry.isDirectory() ? tree(folder + '/' + entry.name) : readFileSync(folder + '/' + entry.name)]));
const print = (bytes) => { if (bytes) process.stdout.write(bytes); };
try {
  const files = await runYosys(['-s', '${SCRIPT}'], tree('.'), { stdout: print, stderr: print });
  for (const path of outputs) {
    const content = path.split('/').reduce((folder, name) => folder?.[name], files);
    if (content !== undefined) writeFileSync(path, content);
  }
} catch (error) {
  console.error(typeof error?.code === 'number' ? 'ERROR: exit code ' + error.code : String(error));
  process.exitCode = 1;
}
`;

/** Runs a script to its end; an error of Yosys is a FlexorError with its own words. */
export async function runYosys(request: YosysRequest): Promise<YosysResult> {
  const folder = temporaryFolder('flexor-yosys');
  try {
    writeInputs(folder.path, request);
    const options = request.engine === 'system' ? await systemRun(request) : npmRun(request);
    const { exitCode, stdout, stderr } = await runTool({
      ...options,
      cwd: folder.path,
      timeoutSeconds: request.timeoutSeconds ?? 1800,
      ...(request.logFile === undefined ? {} : { logFile: request.logFile }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    const text = stdout + stderr;
    if (exitCode !== 0) throw yosysError(text, exitCode, request.logFile);
    return { stdout: text, files: readOutputs(folder.path, request.outputs), version: versionIn(text) };
  } finally {
    folder.remove();
  }
}

/** What decides results besides the request: part of every cache key. */
export async function yosysIdentity(engine: YosysEngine): Promise<string> {
  if (engine === 'system') {
    const { path, version } = await findTool('yosys');
    return `${path} ${version}`;
  }
  const manifest = readJson(join(dirname(npmBundle()), '..', 'package.json'), 'tool') as { readonly version: string };
  return `npm ${manifest.version}`;
}

function npmBundle(): string {
  return optionalFile('synthesis by Yosys from npm', '@yowasp/yosys');
}

function npmRun(request: YosysRequest): RunOptions {
  const args = ['--input-type=module', '-e', NPM_CHILD, pathToFileURL(npmBundle()).href, ...request.outputs];
  return { command: process.execPath, args, title: 'yosys' };
}

async function systemRun(request: YosysRequest): Promise<RunOptions> {
  const { path } = await findTool('yosys');
  const limit = request.memoryMegabytes === undefined ? {} : { memoryMegabytes: request.memoryMegabytes };
  return { command: path, args: ['-s', SCRIPT], ...limit };
}

function writeInputs(folder: string, request: YosysRequest): void {
  for (const path of [...request.files.keys(), ...request.outputs]) {
    invariant(!normalize(path).startsWith('..') && !path.startsWith('/'), `yosys file ${path} leaves its folder`);
    makeFolder(join(folder, dirname(path)));
  }
  for (const [path, content] of request.files) writeFile(join(folder, path), content);
  writeFile(join(folder, SCRIPT), `${request.script.replaceAll(';', '\n')}\n`);
}

function readOutputs(folder: string, outputs: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const path of outputs) {
    const file = join(folder, path);
    if (!exists(file)) throw new FlexorError('tool', `yosys did not write ${path}, although its script ended well`);
    files.set(path, readText(file));
  }
  return files;
}

function yosysError(text: string, exitCode: number, logFile: string | undefined): FlexorError {
  // The exit code that NPM_CHILD prints says nothing new.
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('ERROR: exit code'));
  const words = lines.find((line) => /^(.*: )?ERROR: /.test(line)) ?? lines.at(-1) ?? 'it printed nothing';
  const log = logFile === undefined ? '' : `; log: ${logFile}`;
  return new FlexorError('tool', `yosys failed with exit code ${exitCode}: ${words.trim()}${log}`);
}

function versionIn(text: string): string {
  return /Yosys \d[\w.+-]*( \(git sha1 \w+)?/.exec(text)?.[0].replace(/\(git sha1 (\w+)/, '($1)') ?? 'Yosys';
}
