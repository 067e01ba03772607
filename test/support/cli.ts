/** Runs the built command line (`npm run build` comes before the tests). */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { checkJson } from './json-schema.js';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `flexor` with these arguments; JSON that it prints must follow its schema. */
export async function flexor(...args: string[]): Promise<Run> {
  const run = await runNode([resolve('lib/flexor.js'), ...args]);
  if (run.code === 0) checkJson(args, run.stdout);
  return run;
}

/** What ends the output of a command line of many, with its exit code. */
const END = /\0(\d+)\n/;

/**
 * Runs command lines one after another in one process, which loads the modules once (run-each.js): for lines that are
 * refused at once, of which a test has many.
 */
export async function flexorEach(lines: readonly (readonly string[])[]): Promise<Run[]> {
  const words = [resolve('test/support/run-each.js'), resolve('dist/cli/run.js'), JSON.stringify(lines)];
  const { stdout, stderr } = await runNode(words);
  const [outputs, errors] = [stdout.split(END), stderr.split(END)];
  if (outputs.length !== 2 * lines.length + 1) throw new Error(`not every command line came to its end: ${stderr}`);
  return lines.map((_, i) => ({ code: Number(outputs[2 * i + 1]), stdout: outputs[2 * i]!, stderr: errors[2 * i]! }));
}

/** A command line that is refused: its words, its exit code, and what stderr says of it. */
export type Refusal = readonly [words: readonly string[], code: number, message: RegExp];

/** Each of these command lines ends in one line on stderr, prints nothing on stdout, and has this exit code. */
export async function expectRefused(refusals: readonly Refusal[]): Promise<void> {
  const runs = await flexorEach(refusals.map(([words]) => words));
  for (const [i, [words, code, message]] of refusals.entries()) {
    const [line] = runs[i]!.stderr.split('\n');
    expect(line, words.join(' ')).toMatch(message);
    expect(runs[i]).toEqual({ code, stdout: '', stderr: `${line}\n` });
  }
}

/**
 * Runs `flexor` on a disk with room for `bytes` more: a write that does not fit puts down what does and then fails with
 * ENOSPC, as on a full disk.
 */
export function flexorOnDiskOf(bytes: number, ...args: string[]): Promise<Run> {
  const preload = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { writeSync } = fs;
    let room = ${bytes};
    fs.writeSync = (handle, data, offset) => {
      if (handle <= 2) return writeSync(handle, data, offset);
      const length = Math.min(room, data.length - offset);
      if (length <= 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      const written = writeSync(handle, data, offset, length);
      room -= written;
      return written;
    };
    syncBuiltinESMExports();`;
  const url = `data:text/javascript,${encodeURIComponent(preload)}`;
  return runNode(['--import', url, resolve('lib/flexor.js'), ...args]);
}

/**
 * Runs the command line with one more command: `body` is the text of an async function body that sees `temporaryFolder`
 * and `FlexorError`. `onOutput` gets the process and what it has printed so far.
 */
export function flexorWith(
  body: string,
  onOutput?: (kill: (signal: NodeJS.Signals) => void, stdout: string) => void,
): Promise<Run> {
  return runNode(['--input-type=module', '-e', extraCommand(body)], onOutput);
}

/** The address of a compiled module, quoted. */
function distModule(file: string): string {
  return JSON.stringify(`file://${resolve('dist', file)}`);
}

/** The program that runs a command `extra` of this body, for `node --input-type=module -e`. */
export function extraCommand(body: string): string {
  const thread = `
    import { workerData } from 'node:worker_threads';
    import { runCli } from ${distModule('cli/run.js')};
    import { commands } from ${distModule('cli/commands/list.js')};
    import { temporaryFolder } from ${distModule('base/cleanup.js')};
    import { FlexorError } from ${distModule('base/errors.js')};
    import { printError, printLine } from ${distModule('cli/terminal/print.js')};
    const load = (file) => import(\`file://\${process.cwd()}/dist/\${file}\`);
    const define = (command) => command.action(async () => {${body}});
    commands.push({ name: 'extra', group: 'Extra:', summary: '', load: async () => ({ define }) });
    await runCli(workerData);`;
  const url = JSON.stringify(`data:text/javascript,${encodeURIComponent(thread)}`);
  return `
    import { supervise } from ${distModule('cli/supervise.js')};
    supervise(new URL(${url}), ['extra']);`;
}

/** Lines of progress in a pipe: they come where a step takes long, on a slow machine earlier than on a fast one. */
const PROGRESS = /^.+: \d+%( \(\d+ of \d+\))?(, .*)?\n/gm;

/** Runs node to its end, and leaves lines of progress out of what it has printed. */
export function runNode(
  args: readonly string[],
  onOutput?: (kill: (signal: NodeJS.Signals) => void, stdout: string) => void,
): Promise<Run> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onOutput?.((signal) => child.kill(signal), stdout);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr: stderr.replace(PROGRESS, '') }));
  });
}
