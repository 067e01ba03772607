/** What can go wrong around the training of a residual network: one clear line each, and the files of before stay whole. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCifar10 } from '../support/cifar10.js';
import { flexor, flexorOnDiskOf, type Run } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-train-residual-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options = ['train', 'resnet20', '--batch', '10', '--warmup', '1', '--nin', '16', '--nout', '20', '--epochs', '2'];
const data = join(folder, 'data');
const whole = join(folder, 'whole.flexor');
const stopped = join(folder, 'stopped.ckpt');

/** A complete run, and one on a disk that had room for the checkpoint of its first epoch and for nothing behind it. */
beforeAll(async () => {
  writeCifar10(join(data, 'cifar-10-batches-bin'), 4);
  const { code } = await flexor(
    ...options,
    '--data',
    data,
    '--output',
    whole,
    '--checkpoint',
    join(folder, 'whole.ckpt'),
  );
  expect(code).toBe(0);
  const bytes = readFileSync(join(folder, 'whole.ckpt')).length;
  expect(bytes).toBeLessThan(5e6);
  const end = await flexorOnDiskOf(
    Math.floor(1.5 * bytes),
    ...[...options, '--data', data, '--output', join(folder, 'stopped.flexor'), '--checkpoint', stopped],
  );
  // Training goes on without the second checkpoint, and then its model has no place either.
  expect(end.code).toBe(1);
  expect(end.stderr.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^flexor: cannot write .*stopped.ckpt: no space left on the device; training goes on without/,
    ),
    expect.stringMatching(/^flexor: cannot write .*stopped.flexor: no space left on the device$/),
  ]);
});

function expectOneLine({ code, stderr }: Run, expected: number, message: RegExp): void {
  const lines = stderr.trim().split('\n');
  expect(lines[0]).toMatch(message);
  expect({ code, lines: lines.length }).toEqual({ code: expected, lines: 1 });
}

/** A folder of its own with a model and the checkpoint of the stopped run, as they lie there before the attempt. */
function place(name: string): { out: string; checkpoint: string; args: string[] } {
  const out = join(folder, name, 'model.flexor');
  const checkpoint = join(folder, name, 'run.ckpt');
  mkdirSync(join(folder, name));
  cpSync(whole, out);
  cpSync(stopped, checkpoint);
  return {
    out,
    checkpoint,
    args: [...options, '--data', data, '--output', out, '--checkpoint', checkpoint, '--resume'],
  };
}

describe('a full disk', () => {
  it('is told before the run, which goes on from its checkpoint once there is room', async () => {
    const { out, checkpoint, args } = place('full-checkpoint');
    rmSync(out);
    const before = readFileSync(checkpoint);
    expectOneLine(
      await flexorOnDiskOf(1000, ...args),
      1,
      /^flexor: cannot write .*model.flexor: no space left on the device$/,
    );
    expect(readdirSync(join(out, '..'))).toEqual(['run.ckpt']);
    expect(readFileSync(checkpoint)).toEqual(before);
    const { code, stdout } = await flexor(...args);
    expect(code).toBe(0);
    expect(stdout).not.toContain('epoch 1/2');
    expect(readFileSync(out)).toEqual(readFileSync(whole));
  });

  it('leaves the model of before', async () => {
    const { out, checkpoint, args } = place('full-model');
    // What trying the two outputs puts down counts on this disk, although it is removed.
    const room = readFileSync(checkpoint).length + 2 * 4096 + 1000;
    expectOneLine(await flexorOnDiskOf(room, ...args), 1, /^flexor: cannot write .*model.flexor: no space left/);
    expect(readdirSync(join(out, '..')).sort()).toEqual(['model.flexor', 'run.ckpt']);
    expect(readFileSync(out)).toEqual(readFileSync(whole));
    // All that was learnt is in the checkpoint: nothing but the file is left to do.
    const { code, stdout } = await flexor(...args, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ epochs: [{ epoch: 1 }, { epoch: 2 }] });
    expect(readFileSync(out)).toEqual(readFileSync(whole));
  });
});

describe('a checkpoint that is not that of the run', () => {
  it.each([
    ['one bit turned', (bytes: Buffer) => bytes.fill(bytes.at(-5)! ^ 1, bytes.length - 5, bytes.length - 4), /SHA-256/],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 7), /is damaged/],
    ['cut off in its header', (bytes: Buffer) => bytes.subarray(0, 100), /the checkpoint is cut off/],
    ['its header overwritten', (bytes: Buffer) => bytes.fill(0, 12, 20), /the checkpoint's header is damaged/],
    ['empty', () => Buffer.alloc(0), /this is not a checkpoint/],
  ] as const)('is refused: %s', async (name, damage, message) => {
    const { out, checkpoint, args } = place(name);
    writeFileSync(checkpoint, damage(readFileSync(checkpoint)));
    const before = readFileSync(checkpoint);
    const end = await flexor(...args);
    expectOneLine(end, 1, /run.ckpt: .*; to start again remove it \(and leave out --resume\)$/);
    expect(end.stderr).toMatch(message);
    expect(readFileSync(checkpoint)).toEqual(before);
    expect(readFileSync(out)).toEqual(readFileSync(whole));
  });

  it('is refused: one of other rates', async () => {
    const { args } = place('other');
    expectOneLine(
      await flexor(...args, '--nin', '16,12,8'),
      1,
      /belongs to another run: nIn was 16 and is now \[16,12,8\]; to start again move it away \(and leave out --resume\)$/,
    );
    expectOneLine(await flexor(...args, '--clip', '2'), 1, /belongs to another run: clip was .* and is now 2/);
  });
});

describe('a wrong data folder', () => {
  it.each<[string, (place: string) => void, RegExp]>([
    ['missing', (at) => rmSync(at, { recursive: true }), /--data: CIFAR-10 folder .* does not exist/],
    ['empty', () => undefined, /--data: CIFAR-10 folder .* holds no test_batch.bin/],
    ['without a part', (at) => rmSync(join(writeCifar10(at, 4), 'data_batch_3.bin')), /data_batch_3.bin/],
    [
      'with a part cut off',
      (at) => truncateSync(join(writeCifar10(at, 4), 'data_batch_3.bin'), 5000),
      /data_batch_3.bin: .*records of 3073 bytes, got 5000/,
    ],
    ['of other images', (at) => void writeCifar10(at, 5), /run.ckpt: .*the data were CIFAR-10.* and are now CIFAR-10/],
  ])('is refused: %s', async (name, make, message) => {
    const { out, checkpoint, args } = place(`data ${name}`);
    const images = join(folder, `images ${name}`);
    mkdirSync(images);
    make(images);
    expectOneLine(await flexor(...args, '--data', images), 1, message);
    expect(readFileSync(checkpoint)).toEqual(readFileSync(stopped));
    expect(readFileSync(out)).toEqual(readFileSync(whole));
  });
});
