/**
 * Random networks with activations of few bits through the RTL, thresholds and multipliers side by side: few that have every
 * feature among them. The long test (test/long/few-bits.long.ts) runs many more.
 */
import { expect, test } from 'vitest';
import { covering } from '../support/covering.js';
import { FEW_BITS_FEATURES, fewBitsCase, fewBitsFeatures, runFewBitsCase } from '../support/few-bits-case.js';

const FIRST = 4_000;
/** Cases that are looked at. */
const DRAWN = 60;

test('values and cycles are those of the simulator and of the schedule', async () => {
  const cases = Array.from({ length: DRAWN }, (_, i) => fewBitsCase(FIRST + i));
  const drawn = cases.map((which) => ({ which, features: fewBitsFeatures(which) }));
  for (const which of covering(drawn, FEW_BITS_FEATURES)) expect(await runFewBitsCase(which)).toBeNull();
});
