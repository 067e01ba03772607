/**
 * The paper's Table 5: ResNet-32 on CIFAR-10 (He et al.), first and last layer at full precision. The expected ratios are
 * 32·parameters/(r·460,800 + 32·(432 + 1,120)), worked out by hand; a model has whole slices.
 */
import { describe, expect, it } from 'vitest';
import { CIFAR10_NORMALISATION, CIFAR10_SHAPE } from '../../src/data/cifar10.js';
import { inventory } from '../../src/model/inventory.js';
import type { FlexorModel } from '../../src/model/types.js';
import { PLAIN_KERNELS } from '../../src/train/weights/array-kernels.js';
import { exportModel } from '../../src/train/run/export.js';
import { initialParameters } from '../../src/train/weights/initial.js';
import { RESNET_PAPER } from '../../src/train/run/recipes.js';
import { networkMatrices } from '../../src/train/run/xor-choice.js';
import { builtIn } from '../support/networks.js';

/** A ResNet-32 as training begins with it. */
function resnet32(nIn: number): FlexorModel {
  const network = builtIn('resnet32', CIFAR10_SHAPE, 10);
  const config = { ...RESNET_PAPER, nIn };
  return exportModel(network, initialParameters(network, { ...config, matrices: networkMatrices(config, network) }), {
    ...{
      kernels: PLAIN_KERNELS,
      name: 'resnet32',
      images: {
        name: 'none',
        shape: CIFAR10_SHAPE,
        normalisation: CIFAR10_NORMALISATION,
        classes: Array.from({ length: 10 }, (_, i) => String(i)),
      },
      data: null,
    },
    ranges: new Map(network.layers.map(({ name }) => [name, { min: 0, max: 1 }])),
    provenance: { recipe: '', seed: 1, dataset: 'none', testAccuracy: null, testImages: null, notes: '' },
  });
}

describe("the paper's compression ratio", () => {
  it('rests on the counts of ResNet-32', () => {
    const layers = inventory(resnet32(20), '').layers.flatMap(({ name, weighted }) =>
      weighted === null ? [] : [{ name, ...weighted }],
    );
    const coded = layers.filter(({ codes }) => codes !== null);
    const sum = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);
    expect(sum(coded.map(({ weights }) => weights))).toBe(460_800);
    expect(sum(coded.map(({ alphaBits }) => alphaBits / 32))).toBe(1120);
    expect(layers.filter(({ codes }) => codes === null).map(({ name, weights }) => [name, weights])).toEqual([
      ['conv1', 432],
      ['fc', 640],
    ]);
  });

  it.each([
    [1.0, 28.95],
    [0.9, 31.83],
    [0.8, 35.33],
    [0.7, 39.71],
    [0.6, 45.32],
    [0.5, 52.77],
  ])('at %f bits a weight is %f, within half a per cent', (rate, expected) => {
    const { paper } = inventory(resnet32(rate * 20), '').totals.compression;
    expect(Math.abs(paper / expected - 1)).toBeLessThan(0.005);
  });
});
