/**
 * Runs one child process: captured output, time and memory limits, the whole process group ended when a limit, an abort
 * or an interrupt comes. Every child process of the project is started here; one that answers several requests
 * (yosys-host.ts) is stopped by the same rules.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { killGroup, onInterrupt } from '../base/cleanup.js';
import { FlexorError } from '../base/errors.js';
import { openOutput } from '../base/files.js';

export interface RunOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** What errors call it; default: the name of the command's file. */
  readonly title?: string;
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: an hour. */
  readonly timeoutSeconds?: number;
  /** Address space of the process, where the tool is native (a WebAssembly engine reserves more than it uses). */
  readonly memoryMegabytes?: number;
  /** Everything that the tool prints goes here as well. */
  readonly logFile?: string;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  /** Called with every complete line of standard output. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  /** 128 + signal number where a signal ended it. */
  readonly exitCode: number;
  /** Standard output and standard error, at most the last `MAX_CAPTURED` characters of each. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Characters kept of each output stream. The log file has all. */
export const MAX_CAPTURED = 4_000_000;

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = {
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

/** Runs a tool to its end. A non-zero exit code is a result; a limit, an abort or a failed start is a FlexorError. */
export function runTool(options: RunOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) {
      reject(notStarted(options));
      return;
    }
    const log = options.logFile === undefined ? null : openOutput(options.logFile, 'a');
    const child = startProcess(options);
    child.stdin?.end(options.stdin);
    const stop = new Stopper(child, options);
    const output = { stdout: '', stderr: '' };
    const write = (text: string): void => {
      try {
        log?.write(text);
      } catch (error) {
        stop.fail(error as FlexorError);
      }
    };
    capture(child, 'stdout', output, write, options.onLine);
    capture(child, 'stderr', output, write);
    const settle = (finish: () => void): void => {
      stop.release();
      log?.close();
      finish();
    };
    child.once('error', (error) => {
      settle(() =>
        reject(new FlexorError('tool', `cannot start ${options.command}: ${error.message}`, { cause: error })),
      );
    });
    child.once('close', (code, signal) => {
      settle(() => {
        if (stop.reason !== null) reject(stop.reason);
        else resolve({ exitCode: exitCodeOf(code, signal), ...output });
      });
    });
  });
}

/** 128 + signal number where a signal ended the process. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + ((signal && SIGNAL_NUMBERS[signal]) ?? 0);
}

export function notStarted(options: Limits): FlexorError {
  return new FlexorError('interrupted', `${toolTitle(options)} was not started: the run was interrupted`);
}

/** What ends a run, and what errors say of it. */
export type Limits = Pick<RunOptions, 'command' | 'title' | 'timeoutSeconds' | 'logFile' | 'signal'>;

/** Ends the child's process group on a time limit, an abort or an interrupt of this process, until it is released. */
export class Stopper {
  /** Why the child was ended, where it was. */
  reason: FlexorError | null = null;
  private readonly timer: NodeJS.Timeout;
  private readonly forget: () => void;
  private readonly onAbort: () => void;

  constructor(
    private readonly child: ChildProcess,
    private readonly options: Limits,
  ) {
    const seconds = options.timeoutSeconds ?? 3600;
    this.timer = setTimeout(
      () => this.stop('tool', `${toolTitle(options)} took longer than ${seconds} s and was ended`),
      seconds * 1000,
    );
    this.onAbort = (): void => this.stop('interrupted', `${toolTitle(options)} was ended: the run was interrupted`);
    options.signal?.addEventListener('abort', this.onAbort);
    const { pid } = child;
    this.forget = onInterrupt(() => end(child), pid === undefined ? null : { kind: 'kill', pid });
  }

  /** Ends the child because of an error of ours, such as a log that cannot be written. */
  fail(error: FlexorError): void {
    this.reason ??= error;
    end(this.child);
  }

  private stop(code: 'tool' | 'interrupted', message: string): void {
    const where = this.options.logFile === undefined ? '' : ` (log: ${this.options.logFile})`;
    this.reason ??= new FlexorError(code, message + where);
    end(this.child);
  }

  release(): void {
    clearTimeout(this.timer);
    this.options.signal?.removeEventListener('abort', this.onAbort);
    this.forget();
  }
}

/** Starts a process in a group of its own. Its standard input is a pipe, which the caller writes, where `stdin` is there. */
export function startProcess(options: RunOptions): ChildProcess {
  const limited = options.memoryMegabytes !== undefined;
  const command = limited ? '/bin/sh' : options.command;
  const limit = Math.round((options.memoryMegabytes ?? 0) * 1024);
  const args = limited
    ? ['-c', `ulimit -v ${limit} && exec "$0" "$@"`, options.command, ...options.args]
    : [...options.args];
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    // A group of its own, so that a compiler's own children end with it.
    detached: true,
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  // The tool may end before it has read everything.
  child.stdin?.on('error', () => undefined);
  return child;
}

function end(child: ChildProcess): void {
  if (child.pid !== undefined) killGroup(child.pid);
}

function capture(
  child: ChildProcess,
  name: 'stdout' | 'stderr',
  output: Record<'stdout' | 'stderr', string>,
  log: (text: string) => void,
  onLine?: (line: string) => void,
): void {
  let partial = '';
  const stream = child[name];
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    log(text);
    output[name] = (output[name] + text).slice(-MAX_CAPTURED);
    if (onLine === undefined) return;
    const lines = (partial + text).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}

function toolTitle(options: Limits): string {
  return options.title ?? options.command.split('/').at(-1) ?? options.command;
}

/** Runs a tool that has to succeed; the error shows the first line that looks like one and where the log is. */
export async function runToolOrThrow(what: string, options: RunOptions): Promise<RunResult> {
  const result = await runTool(options);
  if (result.exitCode === 0) return result;
  const text = `${result.stderr}\n${result.stdout}`;
  const line =
    text.split('\n').find((each) => /error|fatal|cannot|%Error|%Warning/i.test(each)) ?? text.trim().split('\n')[0];
  const log = options.logFile === undefined ? '' : `; log: ${options.logFile}`;
  throw new FlexorError('tool', `${what} failed with exit code ${result.exitCode}: ${(line ?? '').trim()}${log}`);
}
