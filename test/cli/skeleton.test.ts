/** What all commands share: exit codes, the wording of errors, interrupts, pipes, option values, tables, progress. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatTable } from '../../src/base/table.js';
import { commands } from '../../src/cli/commands/list.js';
import { integer, oneOf, real } from '../../src/cli/options/values.js';
import { clock, progressLine } from '../../src/cli/terminal/progress.js';
import { flexor, flexorWith, runNode } from '../support/cli.js';

describe('the command line', () => {
  it('prints help and version with exit code 0', async () => {
    const help = await flexor('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: flexor .*inspect /s);
    expect(await flexor('--version')).toEqual({ code: 0, stdout: '0.2.0\n', stderr: '' });
  });

  it('shows examples in the help of every command', async () => {
    for (const { name } of commands) {
      const { code, stdout } = await flexor(name, '--help');
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
    for (const [args, stderr] of cases) expect(await flexor(...args)).toEqual({ code: 2, stdout: '', stderr });
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

  it.each(['SIGINT', 'SIGTERM'] as const)('removes temporaries on %s', async (signal) => {
    let path = '';
    const run = await flexorWith(
      `printLine(temporaryFolder('flexor-interrupt').path); await new Promise((done) => setTimeout(done, 60000));`,
      (kill, stdout) => {
        path = stdout.trim();
        expect(existsSync(path)).toBe(true);
        kill(signal);
      },
    );
    expect(run).toEqual({ code: 1, stdout: `${path}\n`, stderr: 'flexor: interrupted\n' });
    expect(existsSync(path)).toBe(false);
  });

  it('ends quietly where the reader of its output leaves', async () => {
    const body = `for (let i = 0; i < 100000; i++) { printLine('x'.repeat(100)); if (i % 100 === 0) await new Promise(setImmediate); }`;
    const program = `
      import { commands } from './dist/cli/commands/list.js';
      import { printLine } from './dist/cli/terminal/print.js';
      import { runCli } from './dist/cli/run.js';
      const define = (command) => command.action(async () => {${body}});
      commands.push({ name: 'extra', summary: '', load: async () => ({ define }) });
      await runCli(['extra']);`;
    const script = `"$NODE" --input-type=module -e "$PROGRAM" | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const env = { ...process.env, NODE: process.execPath, PROGRAM: program };
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], { env });
    expect(stdout).toBe(`${'x'.repeat(100)}\n0\n`);
    expect(stderr).toBe('');
  });
});

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
  });
});
