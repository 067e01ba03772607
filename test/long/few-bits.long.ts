/**
 * Many random networks with activations of few bits in co-simulation: FLEXOR_CASES of them (300), of the seeds from
 * FLEXOR_SEED (1) on. A failure names seed, network, fold and the folder of the design.
 */
import { expect, test } from 'vitest';
import { fromEnvironment } from '../support/environment.js';
import { FEW_BITS_FEATURES, fewBitsCase, fewBitsFeatures, runFewBitsCase } from '../support/few-bits-case.js';

const count = fromEnvironment('FLEXOR_CASES', 300);
const first = fromEnvironment('FLEXOR_SEED', 1);
const seeds = Array.from({ length: count }, (_, i) => first + i);

test.concurrent.each(seeds)('seed %i', async (seed) => {
  expect(await runFewBitsCase(fewBitsCase(seed))).toBeNull();
});

test.runIf(count >= 50)('the cases have every feature', () => {
  const seen = new Set(seeds.flatMap((seed) => [...fewBitsFeatures(fewBitsCase(seed))]));
  expect([...seen].sort()).toEqual([...FEW_BITS_FEATURES].sort());
});
