import { describe, expect, it } from 'vitest';
import { simulateImages } from '../../src/simulate/pool.js';
import { createSimulator } from '../../src/simulate/simulate.js';
import { randomImages, randomNetwork } from '../support/random-network.js';

describe('simulation on several threads', () => {
  it('gives the results of one thread in the order of the images, for any number of workers', async () => {
    const network = randomNetwork(42);
    const images = randomImages(network, 101, 1);
    const simulator = createSimulator(network);
    const expected = images.map((image) => simulator.run(image));
    for (const workers of [1, 2, 3]) {
      const seen: number[] = [];
      const result = await simulateImages(network, images, { workers, onProgress: (done) => seen.push(done) });
      expect(Array.from(result.logits)).toEqual(expected.flatMap(({ logits }) => Array.from(logits)));
      expect(Array.from(result.classes)).toEqual(expected.map(({ classIndex }) => classIndex));
      expect(seen.at(-1)).toBe(101);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    }
  });

  it('gives nothing for no images', async () => {
    const result = await simulateImages(randomNetwork(1), [], { workers: 2 });
    expect(result.logits.length).toBe(0);
  });

  it('passes on an error of a worker', async () => {
    const network = randomNetwork(43);
    const [good] = randomImages(network, 1, 1);
    const bad = Int32Array.from(good!, () => 1 << 20);
    const images = [...Array.from({ length: 40 }, () => good!), bad];
    await expect(simulateImages(network, images, { workers: 2 })).rejects.toThrow(
      'internal: image leaves the input format',
    );
  });
});
