/**
 * Runs Yosys on files in a folder of its own and returns what it wrote: the WebAssembly build from npm by default, the
 * system's where asked for. Either runs in a child process, so that a time limit can end it; that of npm serves several
 * scripts (yosys-host.ts).
 */
import { dirname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '../base/cleanup.js';
import { FlexorError, invariant } from '../base/errors.js';
import { exists, makeFolder, readText, writeFile } from '../base/files.js';
import { readJson } from '../base/json.js';
import { optionalFile } from '../base/optional.js';
import { runTool } from './run.js';
import { findTool } from './tools.js';
import { runOnHost } from './yosys-host.js';

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

/** Runs a script to its end; an error of Yosys is a FlexorError with its own words. */
export async function runYosys(request: YosysRequest): Promise<YosysResult> {
  const folder = temporaryFolder('flexor-yosys');
  try {
    writeInputs(folder.path, request);
    const { exitCode, text } = await (request.engine === 'system' ? runSystem : runNpm)(folder.path, request);
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

interface Ended {
  readonly exitCode: number;
  /** Everything that was printed. */
  readonly text: string;
}

function runNpm(folder: string, request: YosysRequest): Promise<Ended> {
  return runOnHost(
    pathToFileURL(npmBundle()).href,
    { folder, script: SCRIPT, outputs: request.outputs },
    limits(request),
  );
}

async function runSystem(folder: string, request: YosysRequest): Promise<Ended> {
  const { path } = await findTool('yosys');
  const { memoryMegabytes } = request;
  const memory = memoryMegabytes === undefined ? {} : { memoryMegabytes };
  const run = { command: path, args: ['-s', SCRIPT], cwd: folder, ...memory, ...limits(request) };
  const { exitCode, stdout, stderr } = await runTool(run);
  return { exitCode, text: stdout + stderr };
}

function limits({ timeoutSeconds = 1800, logFile, signal }: YosysRequest) {
  return {
    timeoutSeconds,
    ...(logFile === undefined ? {} : { logFile }),
    ...(signal === undefined ? {} : { signal }),
  };
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
  // The exit code that the host prints says nothing new.
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('ERROR: exit code'));
  const words = lines.find((line) => /^(.*: )?ERROR: /.test(line)) ?? lines.at(-1) ?? 'it printed nothing';
  const log = logFile === undefined ? '' : `; log: ${logFile}`;
  return new FlexorError('tool', `yosys failed with exit code ${exitCode}: ${words.trim()}${log}`);
}

function versionIn(text: string): string {
  return /Yosys \d[\w.+-]*( \(git sha1 \w+)?/.exec(text)?.[0].replace(/\(git sha1 (\w+)/, '($1)') ?? 'Yosys';
}
