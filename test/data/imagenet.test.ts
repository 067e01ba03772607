/** JPEGs streamed from class folders and archives: what is found, what is cut out of it, what is refused. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { centreRegion, randomRegion } from '../../src/data/crop.js';
import type { Batch } from '../../src/data/dataset.js';
import { findImageNet, openImageNet } from '../../src/data/imagenet.js';
import { prefetched } from '../../src/data/prefetch.js';
import { inOrder, type BatchRequest, type BatchSource } from '../../src/data/source.js';
import { jpeg, tar, writeJpegs } from '../support/jpegs.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-imagenet-'));
afterAll(() => rmSync(folder, { recursive: true }));
const loose = join(folder, 'loose', 'imagenet');
const classes = ['n01440764', 'n01443537', 'n02102040'];
beforeAll(() => writeJpegs(loose, 4, 2));

const options = { side: 16, workers: 2 };

async function all(source: BatchSource, requests: Iterable<BatchRequest> = inOrder(source.count, 5)): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of source.batches(requests)) batches.push(batch);
  return batches;
}

/** Batches with random changes, as a trainer asks for them. */
function* changed(count: number): Generator<BatchRequest> {
  for (const { indices } of inOrder(count, 5)) {
    yield { indices, augmentation: { shift: 0, flip: true, random: Random.derive(3, String(indices[0])) } };
  }
}

/** Strongest colour of an image in a batch. */
function colour({ pixels }: Batch, image: number): number {
  const at = image * 768 + 3 * (8 * 16 + 8);
  const [r, g, b] = pixels.subarray(at, at + 3);
  return r! > g! && r! > b! ? 0 : g! > b! ? 2 : 1;
}

describe('openImageNet', () => {
  it('gives every image its class, classes mixed and in the order of their names', async () => {
    expect(findImageNet(join(folder, 'loose'))).toBe(loose);
    const set = openImageNet(loose, options);
    expect(set.classes).toEqual(classes);
    expect([set.train.count, set.test.count]).toEqual([12, 6]);
    const batches = await all(set.train);
    expect(batches.map(({ labels }) => labels.length)).toEqual([5, 5, 2]);
    for (const batch of batches) batch.labels.forEach((label, i) => expect(colour(batch, i)).toBe(label));
    const labels = batches.flatMap((batch) => [...batch.labels]);
    expect([...labels].sort()).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    expect(new Set(labels.slice(0, 5)).size).toBeGreaterThan(1);
  });

  it('gives the same batches with any number of threads, changed ones, too', async () => {
    const [one, three] = [1, 3].map((workers) => openImageNet(loose, { side: 16, workers }).train);
    expect(await all(one!)).toEqual(await all(three!));
    const drawn = await all(one!, changed(12));
    expect(drawn).toEqual(await all(three!, changed(12)));
    expect(drawn[0]!.labels).toEqual((await all(one!))[0]!.labels);
    expect(drawn[0]!.pixels).not.toEqual((await all(one!))[0]!.pixels);
  });

  it('reads archives of one class each and archives with class folders as it reads folders', async () => {
    const [single, mixed] = [join(folder, 'single'), join(folder, 'mixed')];
    for (const split of ['train', 'val']) {
      for (const target of [single, mixed]) mkdirSync(join(target, split), { recursive: true });
      for (const name of classes) {
        const members = Array.from({ length: split === 'train' ? 4 : 2 }, (_, i) => `${name}_${i}.JPEG`);
        tar(join(single, split, `${name}.tar`), join(loose, split, name), members);
      }
      tar(join(mixed, split, 'shard-0.tar'), join(loose, split), [classes[0]!, `${classes[1]}/${classes[1]}_0.JPEG`]);
      const rest = Array.from(
        { length: split === 'train' ? 3 : 1 },
        (_, i) => `${classes[1]}/${classes[1]}_${i + 1}.JPEG`,
      );
      tar(join(mixed, split, 'shard-1.tar'), join(loose, split), [...rest, `./${classes[2]}`], 'pax');
    }
    const reference = openImageNet(loose, options);
    for (const target of [single, mixed]) {
      const set = openImageNet(target, options);
      expect(set.classes).toEqual(classes);
      expect(await all(set.train)).toEqual(await all(reference.train));
      expect(await all(set.test)).toEqual(await all(reference.test));
    }
  });

  it('shows the middle in evaluation, scaled and normalised', async () => {
    const target = join(folder, 'one');
    for (const split of ['train', 'val']) {
      mkdirSync(join(target, split, 'c'), { recursive: true });
      // Red grows by one a pixel from 20 to 147 over 128 columns; the middle 7/8 of 64 rows are 36 to 92 there.
      writeFileSync(join(target, split, 'c', 'a.jpg'), await jpeg(128, 64, [20, 100, 50], 1));
    }
    const [batch] = await all(openImageNet(target, { side: 28, workers: 1 }).test);
    const red = (x: number): number => 255 * (0.229 * batch!.pixels[3 * (14 * 28 + x)]! + 0.485);
    expect(batch!.pixels).toHaveLength(28 * 28 * 3);
    expect(Math.abs(red(0) - 56.5)).toBeLessThan(3);
    expect(Math.abs(red(27) - 110.5)).toBeLessThan(3);
  });

  it('names the file that is wrong', async () => {
    const target = await writeJpegs(join(folder, 'wrong'), 2, 1);
    const path = join(target, 'train', classes[1]!, `${classes[1]}_0.JPEG`);
    const whole = readFileSync(path);
    for (const content of [whole.subarray(0, whole.length / 2), 'no image']) {
      writeFileSync(path, content);
      await expect(all(openImageNet(target, options).train)).rejects.toThrow(
        new RegExp(`^${path}: the image cannot be decoded \\(.*\\); fetch it again or remove it$`),
      );
    }
    const set = openImageNet(target, options);
    rmSync(path);
    await expect(all(set.train)).rejects.toThrow(`cannot read ${path}: no such file or directory`);
    const stranger = join(target, 'val', 'n09999999');
    mkdirSync(stranger);
    writeFileSync(join(stranger, 'x.JPEG'), whole);
    expect(() => openImageNet(target, options)).toThrow(
      `${join(stranger, 'x.JPEG')}: class n09999999 is not among the 3 classes of train`,
    );
    rmSync(join(target, 'train'), { recursive: true });
    expect(() => findImageNet(target)).toThrow(
      `--data: ImageNet folder ${target} holds no folders train and val (or ILSVRC2012_img_train.tar and ILSVRC2012_img_val.tar), nor does its folder imagenet`,
    );
    mkdirSync(join(target, 'train', 'empty'), { recursive: true });
    expect(() => openImageNet(target, options)).toThrow(
      `${join(target, 'train')} holds neither class folders with JPEGs nor tar archives of them`,
    );
  });
});

describe('regions', () => {
  it('of random crops lie within the image, 8 to 100 % of it, with aspects from 3/4 to 4/3', () => {
    const random = new Random(5);
    const shares: number[] = [];
    for (let n = 0; n < 500; n++) {
      const { left, top, width, height } = randomRegion(500, 375, random);
      expect(Math.min(left, top, 500 - left - width, 375 - top - height)).toBeGreaterThanOrEqual(0);
      expect(width / height).toBeGreaterThan(0.74);
      expect(width / height).toBeLessThan(1.35);
      shares.push((width * height) / (500 * 375));
    }
    expect(Math.min(...shares)).toBeGreaterThan(0.078);
    expect(Math.min(...shares)).toBeLessThan(0.15);
    expect(Math.max(...shares)).toBeGreaterThan(0.85);
  });

  it('of images too narrow for any crop are the largest middle of allowed aspect', () => {
    expect(randomRegion(10, 1000, new Random(1))).toEqual({ left: 0, top: 493, width: 10, height: 13 });
    expect(randomRegion(1000, 30, new Random(1))).toEqual({ left: 480, top: 0, width: 40, height: 30 });
    expect(randomRegion(1, 1, new Random(1))).toEqual({ left: 0, top: 0, width: 1, height: 1 });
  });

  it('in evaluation are the middle square, 224 of 256 of the shorter side', () => {
    expect(centreRegion(512, 256)).toEqual({ left: 144, top: 16, width: 224, height: 224 });
    expect(centreRegion(256, 300)).toEqual({ left: 16, top: 38, width: 224, height: 224 });
  });
});

describe('prefetched', () => {
  it('keeps order and works a bounded number ahead', async () => {
    let begun = 0;
    const make = (n: number): Promise<number> => {
      begun++;
      return new Promise((resolve) => setTimeout(() => resolve(n), 5 - n));
    };
    const seen: number[][] = [];
    for await (const n of prefetched([0, 1, 2, 3, 4], 2, make)) seen.push([n, begun]);
    expect(seen).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
      [3, 5],
      [4, 5],
    ]);
  });

  it('throws a failure in its turn', async () => {
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      const make = (n: number): Promise<number> => (n === 1 ? Promise.reject(new Error('second')) : Promise.resolve(n));
      for await (const n of prefetched([0, 1, 2], 3, make)) {
        seen.push(n);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await expect(run()).rejects.toThrow('second');
    expect(seen).toEqual([0]);
  });
});
