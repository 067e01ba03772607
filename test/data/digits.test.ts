/** The built-in digits: the same on every run, balanced, and too hard for a linear model. */
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import { gatherBatch, imageSize, plainPixels, type PixelDataset, type PixelSplit } from '../../src/data/dataset.js';
import { digits } from '../../src/data/digits.js';

let set: PixelDataset;
beforeAll(() => {
  set = digits();
});

/** Softmax regression on all pixels: W [10][784] and a bias, Adam, mini-batches; the strongest linear baseline at hand. */
class LinearModel {
  private readonly w: Float64Array;
  private readonly m: Float64Array;
  private readonly v: Float64Array;
  private step = 0;

  constructor(private readonly pixels: number) {
    this.w = new Float64Array(10 * (pixels + 1));
    this.m = this.w.slice();
    this.v = this.w.slice();
  }

  scores(image: Uint8Array): Float64Array {
    return Float64Array.from({ length: 10 }, (_, k) => {
      const base = k * (this.pixels + 1);
      let sum = this.w[base + this.pixels]!;
      for (let p = 0; p < this.pixels; p++) sum += (this.w[base + p]! * image[p]!) / 255;
      return sum;
    });
  }

  train(split: PixelSplit, indices: Uint32Array, rate: number): void {
    const gradient = new Float64Array(this.w.length);
    for (const i of indices) {
      const image = split.images.subarray(i * this.pixels, (i + 1) * this.pixels);
      const scores = this.scores(image);
      const top = Math.max(...scores);
      const exponentials = scores.map((s) => Math.exp(s - top));
      const sum = exponentials.reduce((a, b) => a + b, 0);
      for (let k = 0; k < 10; k++) {
        const error = (exponentials[k]! / sum - (split.labels[i] === k ? 1 : 0)) / indices.length;
        const base = k * (this.pixels + 1);
        for (let p = 0; p < this.pixels; p++) gradient[base + p]! += (error * image[p]!) / 255;
        gradient[base + this.pixels]! += error;
      }
    }
    this.step++;
    for (let j = 0; j < this.w.length; j++) {
      this.m[j] = 0.9 * this.m[j]! + 0.1 * gradient[j]!;
      this.v[j] = 0.999 * this.v[j]! + 0.001 * gradient[j]! ** 2;
      const mean = this.m[j]! / (1 - 0.9 ** this.step);
      this.w[j]! -= (rate * mean) / (Math.sqrt(this.v[j]! / (1 - 0.999 ** this.step)) + 1e-8);
    }
  }

  accuracy(split: PixelSplit): number {
    let correct = 0;
    for (let i = 0; i < split.count; i++) {
      const scores = this.scores(split.images.subarray(i * this.pixels, (i + 1) * this.pixels));
      if (scores.indexOf(Math.max(...scores)) === split.labels[i]) correct++;
    }
    return correct / split.count;
  }
}

describe('digits', () => {
  it('has the promised sizes and all classes in similar numbers', () => {
    expect(set.train.count).toBe(10_000);
    expect(set.test.count).toBe(2_000);
    expect(set.train.images).toHaveLength(10_000 * imageSize(set));
    const counts = new Array<number>(10).fill(0);
    for (const label of set.train.labels) counts[label]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('never changes: shipped models were trained on exactly these images', () => {
    expect(sha256(set.train.images)).toMatchInlineSnapshot(
      `"6c5df5e8f8ae7c25c80fdfe652bf6dd6d5bf17f95cf7a18e0570f620acf4adad"`,
    );
    expect(sha256(set.test.images)).toMatchInlineSnapshot(
      `"ff98005c646e4c1287974e164e825f45fcca555b370a232ad445f8eaf61375f9"`,
    );
  });

  it('draws the same first images when fewer are asked for', () => {
    const few = digits({ train: 20, test: 10 });
    expect(few.train.count).toBe(20);
    expect(few.train.images).toEqual(set.train.images.slice(0, 20 * 784));
    expect(few.test.labels).toEqual(set.test.labels.slice(0, 10));
  });

  it('keeps training and test images apart', () => {
    const hashes = (split: PixelSplit): string[] =>
      Array.from({ length: split.count }, (_, i) => sha256(split.images.subarray(i * 784, (i + 1) * 784)));
    const all = [...hashes(set.train), ...hashes(set.test)];
    expect(new Set(all).size).toBe(all.length);
  });

  it('is too hard for a linear model, and not noise: 70 to 95 % of the test images', () => {
    const model = new LinearModel(784);
    const random = new Random(1);
    for (let epoch = 0; epoch < 6; epoch++) {
      const order = random.permutation(set.train.count);
      const rate = 0.003 * (1 - epoch / 6);
      for (let at = 0; at < order.length; at += 100) model.train(set.train, order.subarray(at, at + 100), rate);
    }
    const test = model.accuracy(set.test);
    expect(test).toBeLessThan(0.95);
    expect(test).toBeGreaterThan(0.7);
    expect(model.accuracy(set.train)).toBeGreaterThan(test);
  });
});

describe('gatherBatch', () => {
  it('scales pixels to 0..1 exactly by 1/255', () => {
    const { pixels, labels } = gatherBatch(set, set.test, Uint32Array.of(3, 1));
    expect([...labels]).toEqual([set.test.labels[3], set.test.labels[1]]);
    const image = set.test.images.subarray(784, 2 * 784);
    expect([...pixels.subarray(784)]).toEqual(Array.from(image, (p) => Math.fround(p / 255)));
  });

  it('shifts whole images and fills with zeros', () => {
    const shape = { height: 3, width: 3, channels: 2 };
    const images = Uint8Array.from({ length: 18 }, (_, i) => i + 1);
    const split = { images, labels: Uint8Array.of(0), count: 1 };
    const tiny: PixelDataset = {
      name: 'tiny',
      shape,
      normalisation: plainPixels(2),
      classes: ['a'],
      train: split,
      test: split,
    };
    const seen = new Set<string>();
    const random = new Random(3);
    for (let n = 0; n < 200; n++) {
      const { pixels } = gatherBatch(tiny, split, Uint32Array.of(0), { shift: 1, flip: false, random });
      const found = [-1, 0, 1].flatMap((dy) =>
        [-1, 0, 1]
          .filter((dx) =>
            Array.from(pixels).every((value, i) => {
              const [y, x, c] = [Math.floor(i / 6) - dy, Math.floor((i % 6) / 2) - dx, i % 2];
              const inside = y >= 0 && y < 3 && x >= 0 && x < 3;
              return value === (inside ? Math.fround(images[(y * 3 + x) * 2 + c]! / 255) : 0);
            }),
          )
          .map((dx) => `${dy},${dx}`),
      );
      expect(found).toHaveLength(1);
      seen.add(found[0]!);
    }
    expect(seen.size).toBe(9);
  });
});
