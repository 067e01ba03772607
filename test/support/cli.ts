/** Runs the built command line (`npm run build` comes before the tests). */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
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

/** The program that runs a command `extra` of this body, for `node --input-type=module -e`. */
export function extraCommand(body: string): string {
  const at = (file: string): string => JSON.stringify(`file://${resolve('dist', file)}`);
  const thread = `
    import { workerData } from 'node:worker_threads';
    import { runCli } from ${at('cli/run.js')};
    import { commands } from ${at('cli/commands/list.js')};
    import { temporaryFolder } from ${at('base/cleanup.js')};
    import { FlexorError } from ${at('base/errors.js')};
    import { printError, printLine } from ${at('cli/terminal/print.js')};
    const load = (file) => import(\`file://\${process.cwd()}/dist/\${file}\`);
    const define = (command) => command.action(async () => {${body}});
    commands.push({ name: 'extra', group: 'Extra:', summary: '', load: async () => ({ define }) });
    await runCli(workerData);`;
  const url = JSON.stringify(`data:text/javascript,${encodeURIComponent(thread)}`);
  return `
    import { supervise } from ${JSON.stringify(`file://${resolve('dist/cli/supervise.js')}`)};
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
