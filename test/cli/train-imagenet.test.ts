/** `flexor train` on streamed JPEGs: a ResNet-18 from files to a model, interruption, and what wrong data say. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/model/read.js';
import { expectRefused, flexor, runNode } from '../support/cli.js';
import { writeJpegs } from '../support/jpegs.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-train-imagenet-'));
afterAll(() => rmSync(folder, { recursive: true }));
const data = join(folder, 'data');
beforeAll(() => writeJpegs(data, 8, 2));

const small = ['--data', data, '--image-size', '32', '--warmup', '2'];

describe('flexor train on JPEGs', () => {
  it('trains a ResNet-18 with a rate for each layer group', async () => {
    const out = join(folder, 'resnet18.flexor');
    const options = [
      '--nin',
      '16,14,12,8,18',
      '--nout',
      '20',
      '--epochs',
      '1',
      '--batch',
      '4',
      '--limit',
      '8',
      '--output',
      out,
      '--json',
    ];
    const { code, stdout, stderr } = await flexor('train', 'resnet18', ...small, ...options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ epochs: [{ epoch: 1 }], testImages: 6 });
    const { model } = loadModel(out);
    expect(model.name).toBe('resnet18_imagenet_16_14_12_8_18_20');
    expect(model.classes).toEqual(['n01440764', 'n01443537', 'n02102040']);
    expect(model.input.shape).toEqual({ height: 32, width: 32, channels: 3 });
    expect(model.provenance.dataset).toBe('ImageNet');
    expect(model.provenance.recipe).toMatch(
      /^flexor train resnet18 --dataset imagenet --nin 16,14,12,8,18 .* --flip --image-size 32 --limit 8 --seed 1$/,
    );
  });

  it('continues after kill −9 as if nothing had happened', async () => {
    const [whole, resumed] = [join(folder, 'whole.flexor'), join(folder, 'resumed.flexor')];
    const args = ['train', 'resnet20', '--dataset', 'imagenet', ...small, '--batch', '4', '--epochs', '3'];
    expect((await flexor(...args, '--output', whole)).code).toBe(0);
    const files = ['--output', resumed, '--checkpoint', join(folder, 'resnet20.ckpt')];
    const stopped = await runNode([resolve('lib/flexor.js'), ...args, ...files], (kill, stdout) => {
      if (stdout.includes('epoch 1/3')) kill('SIGKILL');
    });
    expect(stopped).toMatchObject({ code: null, stderr: '' });
    expect(stopped.stdout).not.toContain('epoch 3/3');
    const { code, stdout } = await flexor(...args, ...files, '--resume');
    expect(code).toBe(0);
    expect(stdout).not.toContain('epoch 1/3');
    expect(readFileSync(resumed).equals(readFileSync(whole))).toBe(true);
  });

  it('names what is wrong in one line', async () => {
    const broken = await writeJpegs(join(folder, 'broken'), 2, 1);
    const image = join(broken, 'train', 'n01440764', 'n01440764_1.JPEG');
    writeFileSync(image, readFileSync(image).subarray(0, 300));
    const empty = join(folder, 'empty');
    for (const split of ['train', 'val']) mkdirSync(join(empty, split), { recursive: true });
    const imagenet = ['resnet20', '--dataset', 'imagenet', '--image-size', '32', '--batch', '6', '--data'];
    const attempts: [string[], number, RegExp][] = [
      [[...imagenet, join(folder, 'no')], 1, /--data: ImageNet folder .*no does not exist/],
      [[...imagenet, folder], 1, /--data: ImageNet folder .* holds no folders train and val/],
      [[...imagenet, empty], 1, /train holds neither class folders with JPEGs nor tar archives/],
      [[...imagenet, broken], 1, /n01440764_1\.JPEG: the image cannot be decoded \(.*\); fetch it again or remove it/],
      [[...imagenet, data, '--shift', '4'], 2, /--shift is for small images/],
      [
        ['lenet5', '--dataset', 'digits', '--image-size', '32'],
        2,
        /--image-size is for --dataset imagenet and for image folders of your own, got 32x32 with digits/,
      ],
    ];
    const out = join(folder, 'never.flexor');
    await expectRefused(
      attempts.map(([options, ...rest]) => [['train', ...options, '--epochs', '1', '--output', out], ...rest]),
    );
  });
});
