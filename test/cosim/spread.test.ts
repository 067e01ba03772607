/**
 * Random networks with depthwise and grouped convolutions, dilation and concatenations through the RTL: few that have all of
 * these among them. The long test (test/long/spread.long.ts) runs many more.
 */
import { expect, test } from 'vitest';
import { covering } from '../support/covering.js';
import { runSpreadCase, SPREAD_FEATURES, spreadCase, spreadFeatures } from '../support/spread-case.js';

const FIRST = 9_000;
/** Cases that are looked at. */
const DRAWN = 300;

test('values and cycles are those of the simulator and of the schedule', async () => {
  const cases = Array.from({ length: DRAWN }, (_, i) => spreadCase(FIRST + i));
  const drawn = cases.map((which) => ({ which, features: spreadFeatures(which) }));
  for (const which of covering(drawn, SPREAD_FEATURES)) expect(await runSpreadCase(which)).toBeNull();
});
