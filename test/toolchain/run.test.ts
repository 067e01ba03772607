import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { runCleanups } from '../../src/base/cleanup.js';
import { runTool, runToolOrThrow } from '../../src/toolchain/run.js';
import type { RunOptions } from '../../src/toolchain/run.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shell = (script: string, options: Partial<RunOptions> = {}): RunOptions => ({
  command: '/bin/sh',
  args: ['-c', script],
  ...options,
});

/** True while a process with this id is alive. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed child that init has not collected yet is dead all the same.
    return !/^\d+ \(.*\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function isGone(pid: number): Promise<boolean> {
  for (let i = 0; i < 50 && alive(pid); i++) await sleep(20);
  return !alive(pid);
}

describe('running a tool', () => {
  test('captures output and exit code', async () => {
    const lines: string[] = [];
    const logFile = join(folder, 'log');
    const script = 'cat; echo one; echo two; echo three >&2; printf four; exit 7';
    const result = await runTool(shell(script, { logFile, stdin: 'zero\n', onLine: (line) => lines.push(line) }));
    expect(result).toEqual({ exitCode: 7, stdout: 'zero\none\ntwo\nfour', stderr: 'three\n' });
    expect(lines).toEqual(['zero', 'one', 'two']);
    const log = readFileSync(logFile, 'utf8');
    for (const word of ['zero', 'one', 'two', 'three', 'four']) expect(log).toContain(word);
  });

  test('a signal is an exit code above 128', async () => {
    expect((await runTool(shell('kill -SEGV $$'))).exitCode).toBe(139);
  });

  test('a failure shows the line that says why, and the log', async () => {
    const logFile = join(folder, 'failure.log');
    const run = runToolOrThrow('The tool', shell('echo working; echo "error: no such thing"; exit 1', { logFile }));
    await expect(run).rejects.toThrow(`The tool failed with exit code 1: error: no such thing; log: ${logFile}`);
  });

  test('a program that does not exist', async () => {
    const run = runTool({ command: join(folder, 'nothing'), args: [] });
    await expect(run).rejects.toThrow(/^cannot start .*nothing: .*ENOENT/);
  });

  test('a time limit ends the whole process group', async () => {
    const lines: string[] = [];
    const run = runTool(shell('sleep 60 & echo $!; wait', { timeoutSeconds: 0.3, onLine: (line) => lines.push(line) }));
    await expect(run).rejects.toThrow(/^sh took longer than 0.3 s and was ended$/);
    expect(await isGone(Number(lines[0]))).toBe(true);
  });

  test('an abort ends it', async () => {
    const controller = new AbortController();
    const started = runTool(
      shell('echo up; sleep 60', { signal: controller.signal, onLine: () => controller.abort() }),
    );
    await expect(started).rejects.toMatchObject({ code: 'interrupted' });
    const late = runTool(shell(`touch ${join(folder, 'late')}`, { signal: controller.signal }));
    await expect(late).rejects.toMatchObject({ code: 'interrupted' });
    expect(readdirSync(folder)).not.toContain('late');
  });

  test('an interrupt of this process ends it', async () => {
    const result = await runTool(shell('echo up; sleep 60', { onLine: () => runCleanups() }));
    expect(result.exitCode).toBe(137);
  });

  test('a memory limit holds', async () => {
    const hungry = 'python3 -c "print(len(bytearray(400_000_000)))"';
    expect((await runTool(shell(hungry))).stdout).toBe('400000000\n');
    const limited = await runTool(shell(hungry, { memoryMegabytes: 300 }));
    expect(limited.exitCode).not.toBe(0);
    expect(limited.stderr).toMatch(/MemoryError/);
  });
});
