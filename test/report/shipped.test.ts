/** The shipped digits model keeps its accuracy as an integer network. (MNIST is no part of the repository.) */
import { expect, it } from 'vitest';
import { digits } from '../../src/data/digits.js';
import { lower } from '../../src/fixed/lower.js';
import { quantiseInput } from '../../src/fixed/scales.js';
import { preprocess } from '../../src/model/evaluate.js';
import { loadModel } from '../../src/model/read.js';
import { accuracyOf, evaluateImages } from '../../src/report/accuracy.js';
import { simulateImages } from '../../src/simulate/pool.js';

const IMAGES = 1000;

it('loses at most 0.3 points with 8-bit activations', async () => {
  const { model, digest } = loadModel('models/lenet5-digits-0.6.flexor');
  const network = lower(model, digest);
  const { test } = digits({ train: 0, test: IMAGES });
  const preprocessed = preprocess(model, test.images);
  const integers = quantiseInput(network, preprocessed);
  const images = Array.from({ length: IMAGES }, (_, i) => integers.subarray(i * 784, (i + 1) * 784));
  const float = accuracyOf((await evaluateImages(model, preprocessed, { workers: 2 })).classes, test.labels);
  const fixed = accuracyOf((await simulateImages(network, images, { workers: 2 })).classes, test.labels);
  expect(float).toBeGreaterThan(0.98);
  expect(float - fixed).toBeLessThanOrEqual(0.003);
});
