/** `flexor sweep --slurm` on a cluster of one node: the same bits as here, and killed tasks go on. Needs Debian's slurm-wlm. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flexor } from '../support/cli.js';
import { startCluster, until, type Cluster } from '../support/slurm-cluster.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-sweep-slurm-'));
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  process.env['SLURM_CONF'] = cluster.configuration;
});
afterAll(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

const queue = (): string => cluster.run('squeue', '--array', '--noheader');
const ended = (): Promise<void> => until(() => queue() === '');

function recipeFile(name: string, runs: object[]): string {
  const path = join(folder, name);
  const options = 'lenet5 --dataset digits --limit 100 --batch 10 --epochs 2';
  writeFileSync(path, JSON.stringify({ title: 'on a cluster', options, seeds: [1, 2], runs }));
  return path;
}

async function slurm(recipe: string, out: string, ...more: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await flexor('sweep', recipe, '--output', out, '--slurm', ...more);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trim().split('\n');
}

/** The folder of a sweep equals that of one on this machine, but for what belongs to the cluster. */
async function expectSame(recipe: string, out: string): Promise<void> {
  const here = `${out}-here`;
  expect((await flexor('sweep', recipe, '--output', here, '--threads', '1')).code).toBe(0);
  expect(readdirSync(out).sort()).toEqual([...readdirSync(here), 'slurm'].sort());
  for (const name of readdirSync(here)) expect(readFileSync(join(out, name))).toEqual(readFileSync(join(here, name)));
}

describe('flexor sweep --slurm', () => {
  it('submits, says what is in the queue, submits again what was cancelled, and gathers', async () => {
    const runs = [
      { name: 'full precision', options: '--weights full', paper: null },
      { name: 'TTQ', options: '--weights ttq --warmup 5', init: 'full precision', paper: null },
      { name: 'taught', options: '--nin 12', distil: 'full precision', paper: 99 },
    ];
    const recipe = recipeFile('whole.json', runs);
    const out = join(folder, 'whole');
    const later = ['--slurm-options', '--begin=now+1hour'];
    const first = await slurm(recipe, out, ...later);
    expect(first).toEqual([
      '0 of 6 runs finished',
      expect.stringMatching(/^submitted 2 as job \d+$/),
      expect.stringMatching(/^submitted 4 as job \d+$/),
    ]);
    expect(await slurm(recipe, out, ...later)).toEqual(['0 of 6 runs finished, 6 in the queue']);
    expect(queue().trim().split('\n')).toHaveLength(6);
    cluster.run('scancel', '--me');
    await ended();
    const again = await slurm(recipe, out);
    expect(again.slice(0, 2)).toEqual([
      '0 of 6 runs finished',
      `full precision, seed 1, had ended without a result: see ${join(out, 'slurm', '1.log')}`,
    ]);
    expect(again.slice(-2).join()).toMatch(/^submitted 2 as job \d+,submitted 4 as job \d+$/);
    await ended();
    expect((await slurm(recipe, out)).at(-1)).toBe('6 of 6 runs finished');
    expect(readFileSync(join(out, 'slurm', '6.log'), 'utf8')).toContain('run 6 of 6: taught, seed 2\n');
    await expectSame(recipe, out);
  });

  it('continues a task that was killed', async () => {
    const recipe = recipeFile('killed.json', [
      { name: 'long', options: '--nin 16 --nout 20 --epochs 20', paper: null },
    ]);
    const out = join(folder, 'killed');
    await slurm(recipe, out);
    const checkpoint = join(out, 'long-seed1.ckpt');
    await until(() => existsSync(checkpoint));
    cluster.run('scancel', '--me', '--signal=KILL', '--full');
    cluster.run('scancel', '--me');
    await ended();
    expect(existsSync(checkpoint)).toBe(true);
    await slurm(recipe, out);
    await ended();
    expect((await slurm(recipe, out)).at(-1)).toBe('2 of 2 runs finished');
    expect(readFileSync(join(out, 'slurm', '1.log'), 'utf8').match(/^epoch 1\/20/gm)).toHaveLength(1);
    await expectSame(recipe, out);
  });
});
