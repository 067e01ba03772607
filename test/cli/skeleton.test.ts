/** What all commands share: exit codes, the wording of errors, interrupts, pipes, option values, tables, progress. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatTable } from '../../src/base/table.js';
import { commands } from '../../src/cli/commands/list.js';
import { integer, oneOf, real } from '../../src/cli/options/values.js';
import { clock, logLine, progressLine } from '../../src/cli/terminal/progress.js';
import { extraCommand, flexor, flexorEach, flexorWith, runNode } from '../support/cli.js';

describe('the command line', () => {
  it('prints help and version with exit code 0', async () => {
    const help = await flexor('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: flexor .*inspect /s);
    expect(await flexor('--version')).toEqual({ code: 0, stdout: '0.2.0\n', stderr: '' });
  });

  it('shows examples in the help of every command', async () => {
    const helps = await flexorEach(commands.map(({ name }) => [name, '--help']));
    for (const [i, { name }] of commands.entries()) {
      const { code, stdout } = helps[i]!;
      expect(code, name).toBe(0);
      expect(stdout, name).toMatch(new RegExp(`\\nExamples?:\\n(?:.*\\n)*? +(flexor )?${name}\\b`));
    }
  });

  it('ends with exit code 2 and one line for a wrong command line', async () => {
    const cases: [string[], string][] = [
      [['inspct'], "flexor: unknown command 'inspct' (Did you mean inspect?)\n"],
      [['inspect'], "flexor: missing required argument 'model'\n"],
      [['inspect', 'a', '--jsn'], "flexor: unknown option '--jsn' (Did you mean --json?)\n"],
      [['inspect', 'a', 'b'], "flexor: too many arguments for 'inspect'. Expected 1 argument but got 2.\n"],
    ];
    const runs = await flexorEach(cases.map(([args]) => args));
    expect(runs).toEqual(cases.map(([, stderr]) => ({ code: 2, stdout: '', stderr })));
    const nothing = await flexor();
    expect(nothing).toMatchObject({ code: 2, stdout: '' });
    expect(nothing.stderr).toMatch(/^Usage: /);
  });

  it('is gen-rtl under its second name', async () => {
    const { stderr, code } = await runNode(['lib/gen-rtl.js', 'model.flexor']);
    expect(code).toBe(2);
    expect(stderr).toBe("flexor: required option '-o, --output <dir>' not specified\n");
    expect((await runNode(['lib/gen-rtl.js', '--help'])).stdout).toMatch(/^Usage: flexor gen-rtl /);
  });

  it("prints a user's error as one line, and the stack of an error of ours", async () => {
    const user = await flexorWith(`throw new FlexorError('fold', 'conv1: PE must divide\\n 32, got 5');`);
    expect(user).toEqual({ code: 1, stdout: '', stderr: 'flexor: conv1: PE must divide 32, got 5\n' });
    for (const body of [
      `throw new Error('internal: lost');`,
      `null.x;`,
      `Promise.reject(new TypeError('x')); await new Promise((r) => setTimeout(r, 5000));`,
    ]) {
      const ours = await flexorWith(body);
      expect(ours).toMatchObject({ code: 1, stdout: '' });
      expect(ours.stderr).toMatch(/^flexor: internal: (lost|Cannot read.*|x)\n +at /);
    }
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('removes temporaries and ends with 130 on %s', async (signal) => {
    const waiting = 'await new Promise((done) => setTimeout(done, 60000));';
    // A loop that never lets a signal in: the thread that takes the signals removes what the command has reported.
    for (const body of [waiting, 'for (;;);']) {
      let path = '';
      const run = await flexorWith(`printLine(temporaryFolder('flexor-interrupt').path); ${body}`, (kill, stdout) => {
        path = stdout.trim();
        expect(existsSync(path)).toBe(true);
        kill(signal);
      });
      expect(run).toEqual({ code: 130, stdout: `${path}\n`, stderr: 'flexor: interrupted\n' });
      expect(existsSync(path)).toBe(false);
    }
  });

  it('ends child processes and waits for what must come to its end on an interrupt', async () => {
    const body = `
      const { runTool } = await load('toolchain/run.js');
      const { uninterrupted } = await load('base/cleanup.js');
      void runTool({ command: '/bin/sh', args: ['-c', 'echo $$; sleep 60'], onLine: (pid) => {
        printLine(pid);
        uninterrupted(() => { const until = performance.now() + 1500; while (performance.now() < until); });
        printLine('whole');
        for (;;);
      }});
      await new Promise((done) => setTimeout(done, 60000));`;
    let pid = 0;
    const run = await flexorWith(body, (kill, stdout) => {
      pid = Number(stdout.split('\n')[0]);
      kill('SIGINT');
    });
    expect(run).toMatchObject({ code: 130, stdout: `${pid}\nwhole\n` });
    // Killed: gone, or waiting for init to take notice.
    const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ') Z';
    expect(state).toMatch(/\) Z/);
  });

  it('prints all of its output before it ends, however slow the reader', async () => {
    const script = '"$NODE" -e "$PROGRAM" --input-type=module | (sleep 1; wc -c); echo "${PIPESTATUS[0]}"';
    const { stdout } = await inShell(script, `printLine('x'.repeat(3000000)); process.exitCode = 1;`);
    expect(stdout.split(/\s+/)).toEqual(['3000001', '1', '']);
  });

  it('goes on where the reader of its output leaves', async () => {
    const body = `for (let i = 0; i < 1000; i++) printLine('x'.repeat(1000)); throw new FlexorError('data', 'reached');`;
    const { stdout, stderr } = await inShell(
      '"$NODE" -e "$PROGRAM" --input-type=module | head -c 3; echo "${PIPESTATUS[0]}"',
      body,
    );
    expect(stdout).toBe('xxx1\n');
    expect(stderr).toBe('flexor: reached\n');
    const quiet = await inShell(
      '"$NODE" -e "$PROGRAM" --input-type=module | head -c 3; echo "${PIPESTATUS[0]}"',
      body.replace(/throw.*/, ''),
    );
    expect(quiet).toEqual({ stdout: 'xxx0\n', stderr: '' });
  });

  it('does its work and ends with 1 where its output cannot be written', async () => {
    const body = `printLine('lost'); printError('done\\n');`;
    const { stdout, stderr } = await inShell('"$NODE" -e "$PROGRAM" --input-type=module > /dev/full; echo $?', body);
    expect(stdout).toBe('1\n');
    expect(stderr).toBe('done\nflexor: cannot write to standard output: no space left on the device\n');
  });
});

/** Runs a script in bash in which `$NODE -e "$PROGRAM"` is the command line with one more command. */
function inShell(script: string, body: string): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, NODE: process.execPath, PROGRAM: extraCommand(body) };
  return promisify(execFile)('bash', ['-c', script], { env });
}

describe('option values', () => {
  it('parse integers, numbers and words within their bounds', () => {
    expect(integer(1, 16)('16')).toBe(16);
    for (const text of ['0', '17', '1.5', '1e1', '', 'x', '0x3']) {
      expect(() => integer(1, 16)(text), text).toThrow('Must be an integer from 1 to 16.');
    }
    expect(real(0, 1)('0.25')).toBe(0.25);
    for (const text of ['-0.1', '1.1', '', ' ', 'NaN', 'Infinity']) {
      expect(() => real(0, 1)(text), text).toThrow('Must be a number from 0 to 1.');
    }
    expect(() => real(0)('-1')).toThrow('Must be a number of at least 0.');
    expect(oneOf(['a', 'b'])('b')).toBe('b');
    expect(() => oneOf(['a', 'b'])('c')).toThrow('Must be one of a, b.');
  });
});

describe('what is printed', () => {
  it('aligns tables, numbers to the right', () => {
    const rows = [
      ['layer', 'weights', 'kind'],
      ['conv1', '1,600', 'conv'],
      ['f', '9', ''],
    ];
    expect(formatTable(rows)).toBe('layer  weights  kind\nconv1    1,600  conv\nf            9');
  });

  it('shows progress with the time left', () => {
    expect(progressLine('run', { done: 6, total: 24, from: 0 }, 10, 'loss 1')).toBe(
      'run ██████░░░░░░░░░░░░░░░░░░ 25% 0:30 left loss 1',
    );
    expect(progressLine('run', { done: 0, total: 24, from: 0 }, 10, '')).toBe('run ░░░░░░░░░░░░░░░░░░░░░░░░ 0%');
    expect(progressLine('run', { done: 30, total: 24, from: 0 }, 10, '')).toMatch(/█{24} 100% 0:00 left$/);
    // 18 of 24 were done before: two more took ten seconds, four are to come.
    expect(progressLine('run', { done: 20, total: 24, from: 18 }, 10, '')).toMatch(/ 83% 0:20 left$/);
    expect(progressLine('run', { done: 18, total: 24, from: 18 }, 10, '')).toMatch(/ 75%$/);
    expect(clock(3725)).toBe('1:02:05');
    expect(logLine('run', { done: 6, total: 24, from: 0 }, 10, 'loss 1')).toBe('run: 25% (6 of 24), 0:30 left, loss 1');
    expect(logLine('run', { done: 0, total: 0, from: 0 }, 10, '')).toBe('run: 100%');
    expect(logLine('run', { done: 0.5, total: 1, from: 0 }, 10, '')).toBe('run: 50%, 0:10 left');
  });
});
