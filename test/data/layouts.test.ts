/** Data sets as people have them on disk: found, or refused with what to do. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCifar10 } from '../../src/data/cifar10.js';
import { findImageNet, openImageNet } from '../../src/data/imagenet.js';
import { findMnist, loadMnist, loadMnistTest } from '../../src/data/mnist.js';
import { tar, writeJpegs } from '../support/jpegs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flexor-layouts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function idx(sizes: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  [0x800 | sizes.length, ...sizes].forEach((value, i) => header.writeUInt32BE(value, 4 * i));
  return Buffer.concat([
    header,
    Buffer.alloc(
      sizes.reduce((product, n) => product * n, 1),
      3,
    ),
  ]);
}

const MNIST = { 'train-images': [4, 28, 28], 'train-labels': [4], 't10k-images': [2, 28, 28], 't10k-labels': [2] };

/** The four files of MNIST; `place` says where each lies. */
function writeMnist(place: (stem: string, dimensions: number) => string, change: (bytes: Buffer) => Uint8Array): void {
  for (const [stem, sizes] of Object.entries(MNIST)) {
    const path = join(folder, place(stem, sizes.length));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, change(idx(sizes)));
  }
}

const plain = (bytes: Buffer): Uint8Array => bytes;

describe('MNIST', () => {
  it.each([
    ["torchvision's", (stem: string, n: number) => `MNIST/raw/${stem}-idx${n}-ubyte`],
    ["torchvision's in its own folder", (stem: string, n: number) => `mnist/MNIST/raw/${stem}-idx${n}-ubyte`],
    ["Kaggle's", (stem: string, n: number) => `${stem}.idx${n}-ubyte`],
    [
      "Kaggle's with a folder of the file's name",
      (stem: string, n: number) => `${stem}-idx${n}-ubyte/${stem}-idx${n}-ubyte`,
    ],
  ])('is found in %s layout', (_, place) => {
    writeMnist(place, plain);
    const { train, test } = loadMnist(findMnist(folder)!);
    expect([train.count, test.count]).toEqual([4, 2]);
    expect([...test.labels]).toEqual([3, 3]);
  });

  it('is read from the good file where a damaged one lies beside it, whichever is which', () => {
    writeMnist((stem, n) => `${stem}-idx${n}-ubyte`, plain);
    writeMnist(
      (stem, n) => `${stem}-idx${n}-ubyte.gz`,
      (bytes) => gzipSync(bytes).subarray(0, 25),
    );
    expect(loadMnistTest(folder).count).toBe(2);
    writeMnist(
      (stem, n) => `${stem}-idx${n}-ubyte`,
      (bytes) => bytes.subarray(0, -1),
    );
    expect(() => loadMnistTest(folder)).toThrow(/t10k-images-idx3-ubyte: 2×28×28 needs 1568 bytes of data/);
    writeMnist(
      (stem, n) => `${stem}-idx${n}-ubyte.gz`,
      (bytes) => gzipSync(bytes),
    );
    expect(loadMnistTest(folder).count).toBe(2);
  });

  it('of no images is refused', () => {
    writeMnist((stem, n) => `${stem}-idx${n}-ubyte`, plain);
    writeFileSync(join(folder, 't10k-images-idx3-ubyte'), idx([0, 28, 28]));
    writeFileSync(join(folder, 't10k-labels-idx1-ubyte'), idx([0]));
    expect(() => loadMnistTest(folder)).toThrow(/t10k-images-idx3-ubyte: there must be images, got none/);
  });
});

it("CIFAR-10's version for Python is refused with what makes the binary one", () => {
  const python = join(folder, 'cifar-10-batches-py');
  mkdirSync(python);
  writeFileSync(join(python, 'test_batch'), '');
  expect(() => findCifar10(folder)).toThrow(
    `${python} is the version for Python, python3 examples/cifar10_binary.py ${python} makes the binary one`,
  );
});

describe('ImageNet', () => {
  const options = { side: 16, workers: 1 };
  const VAL = 'ILSVRC2012_img_val.tar';

  /** `train` with class folders, `val` flat with Kaggle's names; the table of its classes. */
  async function writeFlat(): Promise<string> {
    const root = await writeJpegs(join(folder, 'source'), 2, 1);
    const rows = ['ImageId,PredictionString'];
    for (const [i, name] of readdirSync(join(root, 'val')).entries()) {
      const image = `ILSVRC2012_val_0000000${i + 1}`;
      copyFileSync(join(root, 'val', name, `${name}_0.JPEG`), join(root, 'val', `${image}.JPEG`));
      rmSync(join(root, 'val', name), { recursive: true });
      rows.push(`${image},${name} 1 2 3 4`);
    }
    writeFileSync(join(root, 'LOC_val_solution.csv'), rows.join('\n'));
    return root;
  }

  it('is found in a flat folder with the table of its classes, and refused without it', async () => {
    const root = await writeFlat();
    expect(openImageNet(findImageNet(root)!, options).test.count).toBe(3);
    rmSync(join(root, 'LOC_val_solution.csv'));
    expect(() => openImageNet(root, options)).toThrow(
      /ILSVRC2012_val_00000001.JPEG lies in no class folder; sort the images .* or put .*LOC_val_solution.csv, beside/,
    );
  });

  it('is found as it is distributed: a tar of tars, and a flat tar', async () => {
    const root = await writeFlat();
    const distributed = join(folder, 'distributed');
    const inner = join(folder, 'inner');
    for (const path of [distributed, inner]) mkdirSync(path);
    const classes = readdirSync(join(root, 'train'));
    for (const name of classes) {
      tar(join(inner, `${name}.tar`), join(root, 'train', name), [`${name}_0.JPEG`, `${name}_1.JPEG`]);
    }
    tar(
      join(distributed, 'ILSVRC2012_img_train.tar'),
      inner,
      classes.map((name) => `${name}.tar`),
    );
    tar(join(distributed, VAL), join(root, 'val'), readdirSync(join(root, 'val')));
    copyFileSync(join(root, 'LOC_val_solution.csv'), join(distributed, 'LOC_val_solution.csv'));
    const [folders, archives] = [root, distributed].map((path) => openImageNet(findImageNet(path)!, options));
    expect(archives!.classes).toEqual(folders!.classes);
    for (const split of ['train', 'test'] as const) {
      const request = { indices: Uint32Array.of(0, 1, 2), augmentation: null };
      const batches = [];
      for (const set of [folders!, archives!])
        for await (const batch of set[split].batches([request])) batches.push(batch);
      expect(batches[1]).toEqual(batches[0]);
    }
  });

  it("is found where Kaggle's archive has it", async () => {
    const root = await writeFlat();
    const inner = join(folder, 'kaggle', 'ILSVRC', 'Data', 'CLS-LOC');
    mkdirSync(inner, { recursive: true });
    for (const split of ['train', 'val']) symlinkSync(join(root, split), join(inner, split));
    copyFileSync(join(root, 'LOC_val_solution.csv'), join(folder, 'kaggle', 'LOC_val_solution.csv'));
    expect(findImageNet(join(folder, 'kaggle'))).toBe(inner);
    expect(openImageNet(inner, options).test.count).toBe(3);
  });

  it('leaves out what macOS writes beside files, in folders and archives, and names a link that leads nowhere', async () => {
    const root = await writeJpegs(join(folder, 'apple'), 2, 1);
    const classes = readdirSync(join(root, 'train'));
    const first = join(root, 'train', classes[0]!);
    writeFileSync(join(first, `._${classes[0]}_0.JPEG`), 'attributes');
    writeFileSync(join(root, 'train', '._x.tar'), 'attributes');
    tar(join(root, 'train', 'more.tar'), join(root, 'train'), [classes[0]!]);
    expect(openImageNet(root, options).train.count).toBe(8);
    symlinkSync('gone.JPEG', join(first, 'link.JPEG'));
    expect(() => openImageNet(root, options)).toThrow(/link.JPEG is a link that leads nowhere; fetch the image again/);
  });
});
