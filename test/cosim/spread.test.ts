/**
 * Random networks with depthwise and grouped convolutions, dilation and concatenations through the RTL. The long test
 * (test/long/spread.long.ts) runs many more.
 */
import { expect, test } from 'vitest';
import { runSpreadCase, SPREAD_FEATURES, spreadCase, spreadFeatures } from '../support/spread-case.js';

const FIRST = 9_000;
/** Cases of each feature. */
const CASES = 2;

test('values and cycles are those of the simulator and of the schedule', async () => {
  const seen = new Map(SPREAD_FEATURES.map((feature) => [feature, 0]));
  for (let seed = FIRST; [...seen.values()].some((count) => count < CASES); seed++) {
    const which = spreadCase(seed);
    const features = spreadFeatures(which);
    if (![...features].some((feature) => seen.get(feature)! < CASES)) continue;
    expect(await runSpreadCase(which)).toBeNull();
    for (const feature of features) seen.set(feature, seen.get(feature)! + 1);
  }
});
