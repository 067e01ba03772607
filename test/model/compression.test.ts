/**
 * The paper's Table 5: ResNet-32 on CIFAR-10 (He et al.), first and last layer at full precision. The expected ratios are
 * 32·parameters/(r·460,800 + 32·(432 + 1,120)), worked out by hand; bits here are those of whole slices.
 */
import { describe, expect, it } from 'vitest';
import { paperCompression } from '../../src/model/compression.js';

/** Weights and output channels of each 3×3 convolution: a first one, then three stages of five residual blocks. */
function resnet32(): { weights: number; channels: number }[] {
  const layers = [{ weights: 9 * 3 * 16, channels: 16 }];
  let before = 16;
  for (const channels of [16, 32, 64]) {
    for (let layer = 0; layer < 10; layer++, before = channels)
      layers.push({ weights: 9 * before * channels, channels });
  }
  return layers;
}

const [first, ...binary] = resnet32();
const dense = { weights: 64 * 10, biases: 10 };
const parameters =
  first!.weights + binary.reduce((sum, { weights }) => sum + weights, 0) + dense.weights + dense.biases;
const alphas = binary.reduce((sum, { channels }) => sum + channels, 0);

/** Encrypted bits in whole slices of nIn bits for 20 weights, layer by layer. */
function encryptedBits(nIn: number): number {
  return binary.reduce((sum, { weights }) => sum + Math.ceil(weights / 20) * nIn, 0);
}

describe("the paper's compression ratio", () => {
  it('rests on the counts of ResNet-32', () => {
    expect(parameters).toBe(461_882);
    expect(alphas).toBe(1120);
    expect(first!.weights).toBe(432);
    expect(binary.reduce((sum, { weights }) => sum + weights, 0)).toBe(460_800);
  });

  it.each([
    [1.0, 28.95],
    [0.9, 31.83],
    [0.8, 35.33],
    [0.7, 39.71],
    [0.6, 45.32],
    [0.5, 52.77],
  ])('at %f bits a weight is %f', (rate, expected) => {
    const bits = encryptedBits(rate * 20);
    const ratio = paperCompression({ parameters, encryptedBits: bits, storedFloats: first!.weights + alphas });
    expect(Math.abs(ratio / expected - 1)).toBeLessThan(0.005);
  });
});
