/**
 * Many random networks with depthwise and grouped convolutions, dilation and concatenations in co-simulation: FLEXOR_CASES
 * of them (200), of the seeds from FLEXOR_SEED (1) on that have one of these. A failure names seed, network, fold and the
 * folder of the design.
 */
import { expect, test } from 'vitest';
import { fromEnvironment } from '../support/environment.js';
import { runSpreadCase, SPREAD_FEATURES, spreadCase, spreadFeatures } from '../support/spread-case.js';

const count = fromEnvironment('FLEXOR_CASES', 200);
const seeds: number[] = [];
const seen = new Set<string>();
for (let seed = fromEnvironment('FLEXOR_SEED', 1); seeds.length < count; seed++) {
  const features = spreadFeatures(spreadCase(seed));
  if (features.size === 0) continue;
  seeds.push(seed);
  for (const feature of features) seen.add(feature);
}

test.concurrent.each(seeds)('seed %i', async (seed) => {
  expect(await runSpreadCase(spreadCase(seed))).toBeNull();
});

test.runIf(count >= 20)('the cases have every feature', () => {
  expect([...seen].sort()).toEqual(SPREAD_FEATURES);
});
