/**
 * The PyTorch package (python/): installed as a user installs it, its gradients against the paper's equations, and four
 * small networks that it trains on the digits and exports, from PyTorch's classes to the Verilog. Needs what
 * pytorch-judge.long.ts needs.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digits } from '../../src/data/digits.js';
import { classify, floatEvaluator, preprocess } from '../../src/model/evaluate.js';
import { loadModel } from '../../src/model/read.js';
import type { Comparison } from '../../src/report/comparison.js';
import { flexor } from '../support/cli.js';

const PYTHON = process.env.FLEXOR_PYTHON ?? '/usr/bin/python3';
const folder = mkdtempSync(join(tmpdir(), 'flexor-pytorch-'));
afterAll(() => rmSync(folder, { recursive: true }));

const set = digits({ train: 3000, test: 500 });
let results: Record<string, { accuracy: number; classes: number[] }>;

beforeAll(() => {
  const packages = join(folder, 'packages');
  const source = new URL('../../python', import.meta.url).pathname;
  const copy = join(folder, 'python');
  execFileSync('cp', ['-r', source, copy]); // a build leaves files in its source
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--no-build-isolation', '--target', packages, copy];
  execFileSync(PYTHON, pip, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PIP_ROOT_USER_ACTION: 'ignore' },
  });
  for (const name of ['train', 'test'] as const) {
    writeFileSync(join(folder, `${name}-images.bin`), set[name].images);
    writeFileSync(join(folder, `${name}-labels.bin`), set[name].labels);
  }
  writeFileSync(join(folder, 'side.txt'), String(set.shape.height));
  const script = new URL('../support/pytorch_package.py', import.meta.url).pathname;
  const printed = execFileSync(PYTHON, [script, folder], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: packages },
  });
  results = JSON.parse(printed) as typeof results;
}, 1_200_000);

test.each(['float-activations', 'learned-steps', 'bipolar'])('%s', async (name) => {
  const path = join(folder, `${name}.flexor`);
  const { accuracy, classes } = results[name]!;
  expect(accuracy).toBeGreaterThan(0.6);
  // Reading checks the reference logits.
  const { model } = loadModel(path);
  expect(model.reference?.logits.length).toBe(8 * 10);
  const logits = floatEvaluator(model).logits(preprocess(model, set.test.images));
  expect([...classify(logits, 10)]).toEqual(classes);

  const run = await flexor('compare', path, '--images', '500', '--rtl-images', '5', '--json');
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  const { agreeing, rtl } = JSON.parse(run.stdout) as Comparison;
  expect([rtl!.mismatches, rtl!.stalled!.mismatches]).toEqual([0, 0]);
  // Behind quantisers both are one network but for values next to a step; without them, nearly so.
  expect(agreeing).toBeGreaterThanOrEqual(name === 'learned-steps' ? 500 : 495);
});

test('signals: layers of one dimension, on arrays [N, C, L]', async () => {
  const path = join(folder, 'signals.flexor');
  const { accuracy, classes } = results['signals']!;
  expect(accuracy).toBeGreaterThan(0.6);
  const { height, width } = set.shape;
  expect(loadModel(path).model.input.shape).toEqual({ height: 1, width, channels: height });
  const table = join(folder, 'signals.csv');
  const data = ['--data', join(folder, 'signals-data')];
  // As long as it is deep: either order of the array would fit.
  const unsaid = await flexor('simulate', path, ...data);
  expect(unsaid).toMatchObject({ code: 1 });
  expect(unsaid.stderr).toContain('say --layout nhwc or nchw');
  const options = ['--layout', 'nchw', '--rtl-images', '5', '--predictions', table, '--json'];
  const run = await flexor('compare', path, ...data, ...options);
  expect(run.code, run.stderr).toBe(0);
  const { agreeing, rtl } = JSON.parse(run.stdout) as Comparison;
  expect([rtl!.mismatches, rtl!.stalled!.mismatches]).toEqual([0, 0]);
  // The weights of the ordinary Conv1d are rounded when the model is lowered.
  expect(agreeing).toBeGreaterThanOrEqual(490);
  const rows = readFileSync(table, 'utf8').trim().split('\n').slice(1);
  expect(rows.map((row) => Number(row.split(',')[2]))).toEqual(classes);
});
