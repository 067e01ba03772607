/** `flexor train` from the outside: files, JSON, Ctrl-C and resume, and what wrong input says. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compactModel } from '../../src/model/compact.js';
import { layerInventory } from '../../src/model/inventory.js';
import { loadModel } from '../../src/model/read.js';
import { writeModel } from '../../src/model/write.js';
import type { Position } from '../../src/train/run/checkpoint.js';
import { writeCifar10 } from '../support/cifar10.js';
import { expectRefused, flexor, runNode } from '../support/cli.js';
import { writeSmallLenet } from '../support/small-lenet.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-train-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const small = writeSmallLenet(folder);

const few = ['train', small, '--dataset', 'digits', '--limit', '100', '--batch', '50', '--epochs', '2'];

/** Where a checkpoint stands (its layout is in src/train/run/checkpoint.ts). */
function positionOf(checkpoint: string): Position {
  const bytes = readFileSync(checkpoint);
  const header = bytes.toString('utf8', 12, 12 + bytes.readUInt32LE(8));
  return (JSON.parse(header) as { position: Position }).position;
}

describe('flexor train', () => {
  it('writes a model and says how good it is', async () => {
    const out = join(folder, 'new', 'model.flexor');
    const { code, stdout, stderr } = await flexor(
      ...[...few, '--epochs', '1', '--nin', '16', '--nout', '20', '--output', out, '--json'],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { model } = loadModel(out);
    expect(JSON.parse(stdout)).toMatchObject({
      model: out,
      bitsPerWeight: expect.closeTo(0.8, 4),
      engine: expect.stringMatching(/^(native|node|wasm)$/),
      engineIdentity: expect.any(String),
      enginesRefused: expect.any(Array),
      epochs: [{ epoch: 1 }],
      recipe: model.provenance.recipe,
      testAccuracy: model.provenance.testAccuracy,
      testImages: 100,
    });
    expect(model.provenance.recipe).toContain('--dataset digits --nin 16 --nout 20 --taps systematic --epochs 1');
    expect(readdirSync(join(folder, 'new'))).toEqual(['model.flexor']);
  });

  it("stores no bit that cannot matter, also with the paper's two taps, unless asked to", async () => {
    const [out, whole] = [join(folder, 'compact.flexor'), join(folder, 'whole.flexor')];
    const paper = [
      ...few,
      '--limit',
      '50',
      '--epochs',
      '1',
      '--nin',
      '16',
      '--nout',
      '20',
      '--taps',
      '2',
      '--engine',
      'wasm',
      '--json',
    ];
    const { stdout } = await flexor(...paper, '--output', out);
    expect((await flexor(...paper, '--no-compact', '--output', whole)).code).toBe(0);
    const codes = layerInventory(loadModel(out).model)[0]!.weighted!.codes!;
    expect(codes.nIn).toBe(codes.rank);
    expect(codes).toMatchObject({ nominalNIn: 16, nOut: 20 });
    expect((JSON.parse(stdout) as { bitsPerWeight: number }).bitsPerWeight).toBeCloseTo(codes.nIn / 20, 4);
    const { model } = loadModel(whole);
    expect(layerInventory(model)[0]!.weighted!.codes!.nIn).toBe(16);
    expect(Buffer.from(writeModel(compactModel(model)))).toEqual(readFileSync(out));
  });

  it('puts into the recipe what repeats the run, whichever recipe it began from', async () => {
    const out = join(folder, 'fan-in.flexor');
    const paper = ['--recipe', 'paper', '--alpha', 'fan-in', '--taps', 'random', '--engine', 'wasm'];
    const { code, stderr } = await flexor(...few, '--epochs', '1', ...paper, '--output', out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { recipe } = loadModel(out).model.provenance;
    expect(recipe).toContain('--taps random');
    expect(recipe).toMatch(/--lr 0.0001 --schedule constant .*--alpha fan-in/);
    const again = join(folder, 'again.flexor');
    // It names the network file without its folder.
    const words = recipe.replace('small.json', small).split(' ').slice(1);
    expect((await flexor(...words, '--engine', 'wasm', '--output', again)).code).toBe(0);
    expect(readFileSync(again)).toEqual(readFileSync(out));
  });

  it('trains a residual network on CIFAR-10 that other commands read', async () => {
    const data = writeCifar10(join(folder, 'cifar-10-batches-bin'), 4);
    const out = join(folder, 'resnet20.flexor');
    const tiny = [
      '--data',
      folder,
      '--batch',
      '10',
      '--epochs',
      '1',
      '--warmup',
      '1',
      '--nin',
      '16,12,8',
      '--nout',
      '20',
    ];
    const { code, stdout, stderr } = await flexor('train', 'resnet20', ...tiny, '--output', out, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      // (13,824 of 0.8, 50,688 of 0.6 and 202,752 weights of 0.4 bit, in whole slices)
      bitsPerWeight: expect.closeTo(0.459, 3),
      recipe: expect.stringContaining(
        'flexor train resnet20 --dataset cifar10 --nin 16,12,8 --nout 20 --taps systematic',
      ),
      testImages: 4,
    });
    const { model } = loadModel(out);
    expect(model.name).toBe('resnet20_cifar10_16_12_8_20');
    expect(model.provenance.dataset).toBe('CIFAR-10');
    expect(model.input.preprocessing.mean).toEqual([0.4914, 0.4822, 0.4465]);
    truncateSync(join(data, 'data_batch_2.bin'), 100);
    const broken = await flexor('train', 'resnet20', ...tiny, '--output', out);
    expect(broken.stderr).toMatch(/^flexor: .*data_batch_2.bin: .*records of 3073 bytes, got 100 .*\n$/);
    expect(broken.code).toBe(1);
  });

  it('starts a baseline from a full-precision model of the same network, and from nothing else', async () => {
    const [full, bwn] = [join(folder, 'full.flexor'), join(folder, 'bwn.flexor')];
    const one = [...few, '--epochs', '1', '--warmup', '1'];
    expect((await flexor(...one, '--weights', 'full', '--output', full)).code).toBe(0);
    const files = ['--output', bwn, '--checkpoint', join(folder, 'bwn.ckpt')];
    const { code, stderr } = await flexor(...one, '--weights', 'bwn', '--init', full, ...files);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(loadModel(bwn).model.provenance.recipe).toContain('--weights bwn --init model.flexor --epochs 1');
    const [out, cifar] = [join(folder, 'no-start.flexor'), join(folder, 'cifar')];
    writeCifar10(cifar, 4);
    const attempts: [string[], number, RegExp][] = [
      [[...one, '--init', full], 2, /--init goes with --weights flexor-nearest, full or a baseline: .*; leave it out$/],
      [[...one, '--weights', 'bwn', '--init', bwn], 2, /of this small: .*bwn.flexor has binary codes in conv1; train/],
      [[...one, '--weights', 'bwn', '--init', full, '--bias'], 2, /full.flexor has no bias in conv1$/],
      [[...one, '--weights', 'bwn', '--init', join(folder, 'no')], 1, /no such file/i],
      [[...one, '--weights', 'bwn', ...files, '--resume'], 1, /bwn.ckpt: .* init was "[0-9a-f]{64}" and is now null/],
      [
        ['train', 'resnet20', '--data', cifar, '--batch', '4', '--epochs', '1', '--weights', 'ttq', '--init', full],
        2,
        /of this resnet20: .*full.flexor has 100 weights in conv1, not 432$/,
      ],
    ];
    await expectRefused(
      attempts.map(([args, ...rest]) => [[...args, ...(args.includes('--output') ? [] : ['--output', out])], ...rest]),
    );
    expect(readdirSync(folder)).not.toContain('no-start.flexor');
  });

  it.each([
    [
      'Ctrl-C',
      'SIGINT',
      {
        code: 130,
        stderr: expect.stringMatching(
          /^flexor: interrupted; the state of the run is in .*SIGINT.ckpt; continue with --resume\n$/,
        ) as string,
      },
    ],
    ['kill −9', 'SIGKILL', { code: null, stderr: '' }],
  ] as const)('continues after %s in mid-epoch as if nothing had happened', async (_, signal, end) => {
    const [whole, resumed] = [join(folder, `whole-${signal}.flexor`), join(folder, `resumed-${signal}.flexor`)];
    const checkpoint = join(folder, `${signal}.ckpt`);
    const more = [...few, '--limit', '300', '--batch', '10'];
    const text = await flexor(...more, '--output', whole);
    expect(text.stdout).toMatch(
      /^engine (native with \d+ threads? \(the fastest\)|(node|wasm) \(engine 'native': .*\))\nepoch 1\/2 {2}loss \d+\.\d+ {2}test accuracy \d+\.\d\d% {2}\d+:\d\d, \d+:\d\d left\nepoch 2\/2 .*% {2}\d+:\d\d\nwrote /,
    );
    const args = [...more, '--output', resumed, '--checkpoint', checkpoint, '--checkpoint-minutes', '0'];
    const stopped = await runNode([resolve('lib/flexor.js'), ...args], (kill, stdout) => {
      if (!stdout.includes('epoch 1/2')) return;
      const waiting = setInterval(() => {
        if (positionOf(checkpoint).step === 0) return;
        clearInterval(waiting);
        kill(signal);
      }, 20);
    });
    expect(stopped).toMatchObject(end);
    expect(stopped.stdout).not.toContain('epoch 2/2');
    const { epoch, step } = positionOf(checkpoint);
    expect(epoch).toBe(1);
    expect(step).toBeGreaterThan(0);
    expect(readdirSync(folder).filter((name) => name.startsWith('resumed') && name.includes(signal))).toEqual([]);
    const { code, stdout } = await flexor(...args, '--resume');
    expect(code).toBe(0);
    expect(stdout).not.toContain('epoch 1/2');
    expect(readFileSync(resumed).equals(readFileSync(whole))).toBe(true);
  });

  it('names what is wrong in one line', async () => {
    const out = join(folder, 'never.flexor');
    const damaged = join(folder, 'damaged.ckpt');
    writeFileSync(damaged, 'FLXCKPT1 and then nothing of use');
    mkdirSync(join(folder, 'directory'));
    const attempts: [string[], number, RegExp][] = [
      [
        ['--output', out, '--taps', '13'],
        2,
        /--taps must not exceed --nin \(N_tap ≤ N_in\), got N_tap 13 with N_in 10/,
      ],
      [
        ['--output', out, '--taps', 'systematic', '--nin', '21', '--nout', '20'],
        2,
        /N_in must be from 2 to N_out, got 21 and 20/,
      ],
      [
        ['--output', out, '--nin', '20'],
        2,
        /--nin 20 needs --nout: N_out is 16 where nothing says it, which is 1.25 bits a weight$/m,
      ],
      [['--output', out, '--taps', 'none'], 2, /--taps.*Must be an integer/],
      [['--output', out, '--resume'], 2, /--resume needs --checkpoint FILE/],
      [['--output', out, '--checkpoint-minutes', '1'], 2, /--checkpoint-minutes needs --checkpoint FILE/],
      [
        ['--output', out, '--resume', '--checkpoint', join(folder, 'no')],
        2,
        /there is no checkpoint .*no; start without/,
      ],
      [['--output', out, '--resume', '--checkpoint', damaged], 1, /damaged.ckpt: the checkpoint/],
      [['--output', join(folder, 'directory')], 2, /the output must be a file, '.*directory' names a folder/],
      [['--output', `${out}/`], 2, /the output must be a file, '.*never.flexor\/' names a folder/],
      [['--output', join(folder, 'x'.repeat(256))], 1, /cannot write .*x: the name is too long/],
      [['--output', out, '--checkpoint', damaged], 2, /damaged.ckpt holds the state of an earlier run; continue it/],
      [['--output', join(damaged, 'x.flexor')], 1, /cannot write .*x.flexor/],
      [
        ['--output', out, '--dataset', 'mnist', '--data', join(folder, 'no')],
        1,
        /--data: MNIST folder .*no does not exist/,
      ],
      [
        ['--output', out, '--dataset', 'cifar10', '--data', join(folder, 'directory')],
        1,
        /--data: CIFAR-10 folder .*directory holds no test_batch.bin, nor does its folder cifar-10-batches-bin/,
      ],
      [['--output', out, '--optimiser', 'adam', '--weight-decay', '1'], 2, /--weight-decay goes with --optimiser sgd/],
      [['--output', out, '--schedule', 'step'], 2, /--schedule step needs --halve-at: fractions of the run/],
      [['--output', out, '--clip', '0'], 2, /--clip.*Must be a number of at least 1e-9, or none/],
      [['--output', out, '--nin', '12,x'], 2, /--nin.*Must be an integer from 1 to 512/],
      [['--output', out, '--data', folder], 2, /--data .* would be ignored: the digits are built in; leave it out/],
      [['--output', out, '--engine', 'cuda'], 2, /Must be one of native, node, wasm, cpu/],
      [['--output', out, '--engine', 'wasm', '--threads', '2'], 2, /--threads is for the native engine; leave it out/],
      [['--output', out, '--warmup', '5'], 2, /--warmup 5 is longer than the run: 5 steps of 4$/m],
      [
        ['--output', out, '--warmup', '101%'],
        2,
        /--warmup.*Must be steps \(390\), epochs \(1ep\) or a part of the run \(20%\)/,
      ],
      [
        ['--output', out, '--nout', '20,10', '--taps', '2,3,2'],
        2,
        /--nout has 2 values, --taps 3: give one, or one for each layer group$/m,
      ],
      [
        ['--output', out, '--nin', '12,8'],
        2,
        /--nin takes one value or one for each of the 4 layer groups of small, got 2$/m,
      ],
      [[], 2, /required option '-o, --output <file>'/],
    ];
    await expectRefused(attempts.map(([options, ...rest]) => [[...few, ...options], ...rest]));
    expect(readdirSync(folder)).not.toContain('never.flexor');
  });
});
