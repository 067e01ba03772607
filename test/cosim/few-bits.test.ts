/**
 * Random networks with activations of few bits through the RTL, thresholds and multipliers side by side. The long test
 * (test/long/few-bits.long.ts) runs many more.
 */
import { expect, test } from 'vitest';
import { FEW_BITS_FEATURES, fewBitsCase, fewBitsFeatures, runFewBitsCase } from '../support/few-bits-case.js';

const FIRST = 4_000;
const CASES = 12;

test('values and cycles are those of the simulator and of the schedule', { timeout: 3_600_000 }, async () => {
  const missing = new Set<string>(FEW_BITS_FEATURES);
  let run = 0;
  for (let seed = FIRST; run < CASES; seed++) {
    const which = fewBitsCase(seed);
    const features = fewBitsFeatures(which);
    // The last cases are those with something that none before had.
    if (missing.size > 0 && run >= CASES / 2 && ![...features].some((feature) => missing.has(feature))) continue;
    expect(await runFewBitsCase(which)).toBeNull();
    run++;
    for (const feature of features) missing.delete(feature);
  }
  expect([...missing]).toEqual([]);
});
