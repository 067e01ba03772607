import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digits } from '../../src/data/digits.js';
import { lower } from '../../src/fixed/lower.js';
import { quantiseInput } from '../../src/fixed/scales.js';
import { preprocess } from '../../src/model/evaluate.js';
import { saveModel } from '../../src/model/write.js';
import { createSimulator } from '../../src/simulate/simulate.js';
import { expectRefused, flexor } from '../support/cli.js';
import { digitModel } from '../support/digit-model.js';
import { tinyModel } from '../support/tiny-model.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-simulate-'));
const path = join(folder, 'digits.flexor');
const model = digitModel(3);

beforeAll(() => saveModel(path, model));
afterAll(() => rmSync(folder, { recursive: true }));

/** Right answers on the first test images, by the simulator alone. */
function expectedCorrect(count: number, activationBits: number): number {
  const { test } = digits({ train: 0, test: count });
  const network = lower(model, '0'.repeat(64), { activationBits });
  const simulator = createSimulator(network);
  let correct = 0;
  for (let i = 0; i < count; i++) {
    const pixels = test.images.subarray(i * 784, (i + 1) * 784);
    const { classIndex } = simulator.run(quantiseInput(network, preprocess(model, pixels)));
    if (classIndex === test.labels[i]) correct++;
  }
  return correct;
}

describe('flexor simulate', () => {
  it('refuses images of classes that the model lacks', async () => {
    const few = join(folder, 'few.flexor');
    const dense = { kind: 'dense', channels: 3, weights: { nIn: 6, nOut: 10, relu: false } } as const;
    saveModel(
      few,
      digitModel(3, 'digits', [{ kind: 'pool', kernel: [7, 7], stride: [7, 7] }, { kind: 'flatten' }, dense]),
    );
    const { code, stderr } = await flexor('simulate', few);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^flexor: test image \d+ of digits has label [3-9], model tiny-3 has only 3 classes; .*\n$/);
  });

  it('reports the accuracy of the integer network', async () => {
    const { code, stdout, stderr } = await flexor(
      'simulate',
      path,
      '--images',
      '150',
      '--activation-bits',
      '5',
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const correct = expectedCorrect(150, 5);
    expect(JSON.parse(stdout)).toMatchObject({
      model: 'tiny-3',
      dataset: 'digits',
      activationBits: 5,
      multiplierBits: 16,
      inputBits: 8,
      images: 150,
      correct,
      accuracy: correct / 150,
    });
  });

  it('prints lines for people, all images by default', async () => {
    const { stdout } = await flexor('simulate', path, '--workers', '1');
    expect(stdout).toMatch(/^data set +digits, 2,000 test images$/m);
    expect(stdout).toMatch(/^accuracy +\d+\.\d\d% \(\d+ right\)$/m);
    expect(stdout).toMatch(/^speed +[\d,]+ images\/s with 1 thread,/m);
  });

  it('refuses what it cannot do, in one line', async () => {
    const other = join(folder, 'other.flexor');
    saveModel(other, digitModel(1, 'my own'));
    const small = join(folder, 'small.flexor');
    saveModel(small, tinyModel(1));
    const cases: [string[], number, RegExp][] = [
      [[join(folder, 'none.flexor')], 1, /no such file/],
      [
        [other],
        2,
        /model tiny-1 states the data set 'my own', which is not built in; give the data with --data PATH, or name a built-in set with --dataset \(mnist, digits, cifar10\)/,
      ],
      [[small, '--dataset', 'digits'], 1, /model tiny-1 takes images of 8×8×1, digits has 28×28×1/],
      [[path, '--images', '2001'], 2, /--images must be at most 2000 for digits, got 2001/],
      [[path, '--activation-bits', '17'], 2, /--activation-bits.*from 1 to 16/],
      [[path, '--dataset', 'mnist', '--data', folder], 1, /holds no t10k-images-idx3-ubyte/],
      [[path, '--data', folder], 2, /--data .* would be ignored: the digits are built in; leave it out/],
      [[path, '--dataset', 'cifar'], 2, /Must be one of mnist, digits, cifar10/],
    ];
    await expectRefused(cases.map(([args, ...rest]) => [['simulate', ...args], ...rest]));
  });
});
