/** `flexor sweep`: recipe files, results side by side, continuing, and what wrong recipes say. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { planRuns, readRecipe } from '../../src/app/training/recipe-file.js';
import { parseRun } from '../../src/cli/options/training.js';
import type { BatchSource, ImageSource } from '../../src/data/source.js';
import type { Shape } from '../../src/graph/types.js';
import { checkRun } from '../../src/train/run/check-run.js';
import { warmupSteps } from '../../src/train/run/schedule.js';
import { flexor, flexorEach, runNode } from '../support/cli.js';
import { writeCifar10 } from '../support/cifar10.js';
import { writeSmallLenet } from '../support/small-lenet.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-sweep-'));
const small = writeSmallLenet(folder);
afterAll(() => rmSync(folder, { recursive: true }));

function recipeFile(name: string, changes: object): string {
  const recipe = {
    title: 'two rates',
    options: `${small} --dataset digits --nout 20 --limit 100 --batch 10 --epochs 2`,
    seeds: [1],
    runs: [
      { name: '0.6 bit', options: '--nin 12', paper: 99.5 },
      { name: '0.8 bit', options: '--nin 16', paper: null },
    ],
  };
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ ...recipe, ...changes }));
  return path;
}

describe('flexor sweep', () => {
  it('trains every run for every seed and writes the same files when called again', async () => {
    const recipe = recipeFile('whole.json', { seeds: [1, 2] });
    const out = join(folder, 'whole');
    const { code, stdout, stderr } = await flexor('sweep', recipe, '--output', out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/run 4 of 4: 0.8 bit, seed 2 \(about \d+:\d\d left\)\n/);
    expect(stdout).toMatch(/^0.6 bit +2 +\d+\.\d\d% +± \d+\.\d\d +99.50%$/m);
    const files = readdirSync(out).sort();
    expect(files).toEqual(
      ['0.6-bit-seed1', '0.6-bit-seed2', '0.8-bit-seed1', '0.8-bit-seed2']
        .flatMap((stem) => [`${stem}.flexor`, `${stem}.json`])
        .concat('curves.svg', 'histograms.svg', 'results.csv', 'results.json'),
    );
    const results = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as {
      configurations: { runs: { history: unknown[]; recipe: string }[] }[];
    };
    expect(results.configurations.map(({ runs }) => runs.map((run) => run.history.length))).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(results.configurations[1]!.runs[1]!.recipe).toMatch(/--nin 16 .*--seed 2$/);
    const histograms = readFileSync(join(out, 'histograms.svg'), 'utf8');
    for (const text of ['two rates', '0.6 bit', '0.8 bit', 'conv1', 'fc2']) {
      expect(histograms).toContain(`>${text}</text>`);
    }
    // Two configurations of four layers, each with bars on either side of 0.
    expect(histograms.match(/<path fill="#0072b2" d="M/g)).toHaveLength(8);
    const csv = readFileSync(join(out, 'results.csv'), 'utf8').trim().split('\n');
    expect(csv).toHaveLength(1 + 8);
    expect(csv[1]).toMatch(/^"0.6 bit",1,1,\d\.\d+,0\.\d+,0.995,"flexor train small.json .*"$/);
    const before = files.map((name) => readFileSync(join(out, name)));
    const again = await flexor('sweep', recipe, '--output', out, '--json');
    expect(JSON.parse(again.stdout)).toEqual({ schema: 'flexor.sweep/1', ...results });
    expect(files.map((name) => readFileSync(join(out, name)))).toEqual(before);
    const other = await flexor('sweep', recipe, '--output', out, '--epochs', '3');
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(
      /0.6-bit-seed1.json is of another run: epochs was 2 and is now 3; give another --output or move the file away\n$/,
    );
  });

  it('takes no result of other images, and no damaged one', async () => {
    const recipe = recipeFile('images.json', {
      options: 'resnet20 --dataset cifar10 --batch 4 --epochs 1 --weights full',
      runs: [{ name: 'a', options: '', paper: null }],
    });
    const [one, other, out] = ['one', 'other', 'images'].map((name) => join(folder, name));
    writeCifar10(one!, 4);
    expect((await flexor('sweep', recipe, '--data', one!, '--output', out!)).code).toBe(0);
    writeCifar10(other!, 5);
    const refused = await flexor('sweep', recipe, '--data', other!, '--output', out!);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/a-seed1.json is of another run: the data were CIFAR-10, .* and are now CIFAR-10, /);
    const line =
      /a-seed1.json: this is no whole result of a run, or one of an earlier version; give another --output or move/;
    const path = join(out!, 'a-seed1.json');
    const whole = readFileSync(path, 'utf8');
    for (const text of ['{}', whole.slice(0, -20), whole.replace('"loss"', '"lost"')]) {
      writeFileSync(path, text);
      const damaged = await flexor('sweep', recipe, '--data', one!, '--output', out!);
      expect(damaged).toMatchObject({ code: 1, stderr: expect.stringMatching(line) });
    }
  });

  it('trains what is missing in front of finished runs, under the names of today', async () => {
    const out = join(folder, 'seeds');
    const recipe = recipeFile('seeds.json', {
      options: `${small} --dataset digits --nout 20 --limit 50 --batch 10 --epochs 1`,
    });
    await flexor('sweep', recipe, '--output', out, '--seeds', '2');
    const runs = [
      { name: '0.6, bit', options: '--nin 12', paper: null },
      { name: '0.8 bit', options: '--nin 16', paper: null },
    ];
    const renamed = recipeFile('renamed.json', {
      ...{ runs, options: `${small} --dataset digits --nout 20 --limit 50 --batch 10 --epochs 1` },
    });
    const { code, stdout } = await flexor('sweep', renamed, '--output', out, '--seeds', '1,2');
    expect(code).toBe(0);
    // Two runs to train, so time left is known in front of the second one alone.
    expect(stdout.match(/^run \d .*$/gm)).toEqual([
      'run 1 of 4: 0.6, bit, seed 1',
      expect.stringMatching(/^run 2 of 4: 0.8 bit, seed 1 \(about \d+:\d\d left\)$/),
    ]);
    const results = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as { configurations: object[] };
    expect(results.configurations).toMatchObject([
      { name: '0.6, bit', runs: [{ seed: 1 }, { seed: 2 }] },
      { name: '0.8 bit', runs: [{ seed: 1 }, { seed: 2 }] },
    ]);
  });

  it('refuses a last run that cannot be before it trains the first', async () => {
    const attempts: [string, RegExp][] = [
      ['--nin 16,12', /--nin takes one value or one for each of the 4 layer groups of small, got 2$/],
      ['--warmup 21', /--warmup 21 is longer than the run: 21 steps of 20$/],
      ['--batch 101', /--batch 101 must not exceed the 100 training images$/],
    ];
    const recipes = attempts.map(([options], i) => {
      const runs = [
        { name: 'a', options: '', paper: null },
        { name: 'b', options, paper: null },
      ];
      return recipeFile(`late${i}.json`, { runs });
    });
    const runs = await flexorEach(recipes.map((path) => ['sweep', path, '--output', join(folder, 'late')]));
    for (const [i, [, message]] of attempts.entries()) {
      expect(runs[i]!.stderr.trim()).toMatch(message);
      expect(runs[i]!.code).toBe(2);
      expect(runs[i]!.stdout).not.toContain('run 1');
    }
    expect(readdirSync(folder)).not.toContain('late');
  });

  it('starts a run from an earlier one of the same seed', async () => {
    const runs = [
      { name: 'full precision', options: '--weights full', paper: null },
      { name: 'TTQ', options: '--weights ttq --warmup 5', init: 'full precision', paper: null },
    ];
    const out = join(folder, 'start');
    const recipe = recipeFile('start.json', { runs });
    const { code, stdout } = await flexor('sweep', recipe, '--output', out, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      configurations: [{}, { runs: [{ recipe: expect.stringContaining('--weights ttq --init model.flexor') }] }],
    });
    const random = await flexor(
      ...['train', small, '--dataset', 'digits', '--limit', '100', '--batch', '10', '--epochs', '2', '--json'],
      ...['--weights', 'ttq', '--warmup', '5', '--output', join(folder, 'random.flexor')],
    );
    const result = JSON.parse(readFileSync(join(out, 'TTQ-seed1.json'), 'utf8')) as { history: { loss: number }[] };
    const { epochs } = JSON.parse(random.stdout) as { epochs: { loss: number }[] };
    expect(result.history[0]!.loss).toBeLessThan(epochs[0]!.loss);
    const again = await flexor('sweep', recipe, '--output', out, '--json');
    expect(again.stdout).toBe(stdout);
  });

  it('continues a run that was killed', async () => {
    // The second run has epochs enough to be stopped in, however late the signal.
    const runs = [
      { name: '0.6 bit', options: '--nin 12', paper: 99.5 },
      { name: '0.8 bit', options: '--nin 16 --epochs 15', paper: null },
    ];
    const recipe = recipeFile('killed.json', { runs });
    const [whole, killed] = [join(folder, 'not-killed'), join(folder, 'killed')];
    await flexor('sweep', recipe, '--output', whole);
    await runNode([resolve('lib/flexor.js'), 'sweep', recipe, '--output', killed], (kill, stdout) => {
      if (/run 2 of 2.*\nepoch 1/.test(stdout)) kill('SIGKILL');
    });
    const results = ['curves.svg', 'histograms.svg', 'results.csv', 'results.json'];
    // Where it was saving, a temporary file is left.
    expect(
      readdirSync(killed)
        .filter((name) => !name.endsWith('.tmp'))
        .sort(),
    ).toEqual([...['0.6-bit-seed1.flexor', '0.6-bit-seed1.json', '0.8-bit-seed1.ckpt'], ...results]);
    // What is done is there to be looked at.
    const partial = JSON.parse(readFileSync(join(killed, 'results.json'), 'utf8')) as { configurations: object[] };
    expect(partial.configurations).toMatchObject([{ name: '0.6 bit', runs: [{ seed: 1 }] }]);
    const { code, stdout } = await flexor('sweep', recipe, '--output', killed);
    expect(code).toBe(0);
    expect(stdout).not.toContain('epoch 1/');
    for (const name of readdirSync(whole))
      expect(readFileSync(join(killed, name))).toEqual(readFileSync(join(whole, name)));
  });

  it('says in one line what is wrong with a recipe', async () => {
    const run = { name: 'a', options: '', paper: null };
    const attempts: [string, RegExp][] = [
      [recipeFile('1.json', { runs: [] }), /1.json: runs: /],
      [recipeFile('2.json', { more: 1 }), /2.json: recipe: .*more/],
      [recipeFile('8.json', { seeds: [1, 2, 1] }), /8.json: seeds: names a seed twice/],
      [recipeFile('3.json', { runs: [run, { ...run, name: 'a!' }] }), /3.json: runs: two runs would be called a$/m],
      [
        recipeFile('7.json', {
          runs: [
            { ...run, init: 'b' },
            { ...run, name: 'b' },
          ],
        }),
        /7.json: runs: a starts from b, which is no run in front of it/,
      ],
      [recipeFile('4.json', { options: 'lenet6' }), /4.json: run 0.6 bit: .*lenet6/],
      [recipeFile('5.json', { options: 'lenet5 --dataset digits --nodes 3' }), /5.json: run 0.6 bit: unknown option/],
      [join(folder, 'none.json'), /none.json/],
    ];
    writeFileSync(join(folder, '6.json'), '{');
    attempts.push([join(folder, '6.json'), /6.json: must be JSON, got: /]);
    const runs = await flexorEach(attempts.map(([path]) => ['sweep', path, '--output', join(folder, 'never')]));
    for (const [i, [, message]] of attempts.entries()) {
      const { code, stderr } = runs[i]!;
      expect(stderr).toMatch(message);
      expect([1, 2]).toContain(code);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
    expect(readdirSync(folder)).not.toContain('never');
  });
});

/** Names and sizes only, which decide networks and lengths of runs. */
const SETS: Record<string, ImageSource> = {
  mnist: setOf({ height: 28, width: 28, channels: 1 }, 10, 60_000),
  cifar10: setOf({ height: 32, width: 32, channels: 3 }, 10, 50_000),
  imagenet: setOf({ height: 224, width: 224, channels: 3 }, 1000, 1_281_167),
};

function setOf(shape: Shape, classes: number, count: number): ImageSource {
  const split: BatchSource = { count, batches: () => expect.unreachable() };
  const names = Array.from({ length: classes }, (_, i) => String(i));
  return { name: '', shape, classes: names, normalisation: { mean: [], std: [] }, train: split, test: split };
}

it('recipes that help and documents name are there', () => {
  const documents = ['README.md', 'recipes/README.md', 'models/README.md', 'src/cli/commands/sweep.ts'].concat(
    readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  );
  // Recipes have small letters; recipes/FILE.json stands for any.
  const named = documents.flatMap((path) => readFileSync(path, 'utf8').match(/recipes\/[a-z0-9.-]+\.json/g) ?? []);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

it.each(readdirSync('recipes').filter((name) => name.endsWith('.json')))(
  'recipes/%s holds runs that can be started',
  (name) => {
    const path = join('recipes', name);
    const recipe = readRecipe(path);
    const data = writeCifar10(join(folder, 'cifar-10-batches-bin'), 1);
    for (const split of ['train', 'val']) mkdirSync(join(folder, 'imagenet', split), { recursive: true });
    const more = recipe.options.includes('cifar10')
      ? ['--data', data]
      : recipe.options.includes('imagenet')
        ? ['--data', folder]
        : ['--dataset', 'digits'];
    const runs = planRuns(path, recipe, recipe.seeds, more, parseRun);
    expect(runs).toHaveLength(recipe.seeds.length * recipe.runs.length);
    for (const { config } of runs) {
      const stepsPerEpoch = checkRun(config, SETS[config.dataset === 'digits' ? 'mnist' : config.dataset]!);
      const total = config.epochs * stepsPerEpoch;
      expect(warmupSteps(config, total)).toBeLessThan(total);
    }
  },
);
