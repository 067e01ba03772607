/** `flexor sweep --slurm` with commands in place of a cluster's: what is submitted, and what is refused in a line. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { taskList } from '../../src/toolchain/slurm.js';
import { flexor } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-fake-slurm-'));
const recipe = join(folder, "it's.json");
/** Every call of sbatch, a word a line. */
const calls = join(folder, 'calls');

function fake(variable: string, body: string): void {
  const path = join(folder, variable);
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && { echo slurm-wlm 22.05.8; exit; }\n${body}\n`);
  chmodSync(path, 0o755);
  vi.stubEnv(variable, path);
}

beforeAll(() => {
  const runs = [
    { name: 'a', options: '', paper: null },
    { name: 'b', options: '--weights ttq', init: 'a', paper: null },
    { name: 'c', options: '--nin 8', distil: 'a', paper: null },
  ];
  const options = 'lenet5 --dataset digits --limit 50 --batch 10 --epochs 1 --weights full';
  writeFileSync(recipe, JSON.stringify({ title: 't', options, seeds: [1, 2], runs }));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(calls, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const submitting = `for word in "$@"; do echo "$word" >> '${calls}'; done; echo "7;somewhere"`;

describe('flexor sweep --slurm', () => {
  it('submits runs behind those that they start from, with the options of sbatch last', async () => {
    fake('FLEXOR_SBATCH', submitting);
    fake('FLEXOR_SQUEUE', 'true');
    const out = join(folder, 'two waves');
    const { code, stdout } = await flexor(
      ...[
        'sweep',
        recipe,
        '--output',
        out,
        '--slurm',
        '--threads',
        '4',
        '--slurm-options',
        '--time=1:00 --partition=x',
      ],
    );
    expect(code).toBe(0);
    expect(stdout).toBe('0 of 6 runs finished\nsubmitted 2 as job 7\nsubmitted 4 as job 7\n');
    const script = join(out, 'slurm', 'task.sh');
    const common = ['--cpus-per-task=4', `--output=${join(out, 'slurm', '%a.log')}`, '--open-mode=append', '--requeue'];
    const [name, last] = [
      ['--parsable', '--job-name=flexor-sweep'],
      ['--time=1:00', '--partition=x', script],
    ];
    expect(readFileSync(calls, 'utf8').trim().split('\n')).toEqual([
      ...[...name!, '--array=1,4', ...common, ...last!],
      ...[...name!, '--array=2-3,5-6', ...common, '--dependency=afterany:7', ...last!],
    ]);
    const text = readFileSync(script, 'utf8');
    expect(text).toMatch(
      /^#!\/bin\/sh\n# .*\nexec '.*node' '.*flexor\.js' sweep '.*recipe\.json' --output '.*two waves' /,
    );
    expect(text).toMatch(/ --threads '4' --run "\$SLURM_ARRAY_TASK_ID"\n$/);
    expect(readdirSync(out)).toEqual(['slurm']);
  });

  it('takes its own tasks of the queue alone, and no other recipe while they are there', async () => {
    fake('FLEXOR_SBATCH', submitting);
    fake('FLEXOR_SQUEUE', 'echo "7 1"; echo "7 2"; echo "8 3"; echo "9 N/A"');
    const out = join(folder, 'queue');
    mkdirSync(join(out, 'slurm'), { recursive: true });
    writeFileSync(join(out, 'slurm', 'jobs.json'), '[{"job":"7","tasks":[1,2,3]}]');
    const { stdout } = await flexor('sweep', recipe, '--output', out, '--slurm');
    expect(stdout).toMatch(
      /^0 of 6 runs finished, 2 in the queue\nc, seed 1, had ended without a result: see .*\/3\.log\nsubmitted 1 /,
    );
    const other = await flexor('sweep', recipe, '--output', out, '--slurm', '--limit', '40');
    expect(other).toMatchObject({ code: 2, stdout: '' });
    expect(other.stderr).toMatch(
      /^flexor: 2 runs of another command are in the queue for .*queue; wait for them, .*\n$/,
    );
  });

  it('trains one run of a sweep', async () => {
    const out = join(folder, 'one');
    const early = await flexor('sweep', recipe, '--output', out, '--run', '2');
    expect(early).toMatchObject({
      code: 2,
      stderr: 'flexor: b starts from a, which is not finished; train that first\n',
    });
    const { code, stdout } = await flexor('sweep', recipe, '--output', out, '--run', '4');
    expect(code).toBe(0);
    expect(stdout).toContain('run 4 of 6: a, seed 2\n');
    expect(readdirSync(out).sort()).toEqual(['a-seed2.flexor', 'a-seed2.json']);
    const beyond = await flexor('sweep', recipe, '--output', out, '--run', '7');
    expect(beyond).toMatchObject({ code: 2, stderr: 'flexor: --run must be 1 to 6, got 7\n' });
  });

  it.each<[string, string[], string, RegExp]>([
    [
      'sbatch that refuses',
      ['--slurm'],
      'echo "sbatch: error: no partition" >&2; exit 1',
      /^flexor: sbatch ended with/,
    ],
    ['sbatch that says nothing', ['--slurm'], 'true', /^flexor: sbatch ended with exit code 0: no text$/],
    [
      'options without --slurm',
      ['--slurm-options', '-p x'],
      'true',
      /^flexor: --slurm-options goes with --slurm; give/,
    ],
    ['a run of its own', ['--slurm', '--run', '1'], 'true', /^flexor: --slurm submits every run; leave out --run$/],
  ])('says in one line: %s', async (name, options, sbatch, message) => {
    fake('FLEXOR_SBATCH', sbatch);
    fake('FLEXOR_SQUEUE', 'true');
    const { code, stderr } = await flexor('sweep', recipe, '--output', join(folder, name), ...options);
    expect([1, 2]).toContain(code);
    expect(stderr.trim()).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('names the command, its variable and its package where Slurm is missing', async () => {
    vi.stubEnv('FLEXOR_SQUEUE', join(folder, 'nothing'));
    const { code, stderr } = await flexor('sweep', recipe, '--output', join(folder, 'missing'), '--slurm');
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^flexor: FLEXOR_SQUEUE names /) });
    expect(readdirSync(folder)).not.toContain('missing');
  });
});

it('tasks are written as ranges', () => {
  expect(taskList([1, 2, 3, 5, 8, 9])).toBe('1-3,5,8-9');
  expect(taskList([4])).toBe('4');
});
