/**
 * Random networks with activations of few bits through the RTL, thresholds and multipliers side by side: as many as it takes
 * to have every feature. The long test (test/long/few-bits.long.ts) runs many more.
 */
import { expect, test } from 'vitest';
import { FEW_BITS_FEATURES, fewBitsCase, fewBitsFeatures, runFewBitsCase } from '../support/few-bits-case.js';

const FIRST = 4_000;

test('values and cycles are those of the simulator and of the schedule', async () => {
  const missing = new Set<string>(FEW_BITS_FEATURES);
  for (let seed = FIRST; missing.size > 0; seed++) {
    const which = fewBitsCase(seed);
    const added = [...fewBitsFeatures(which)].filter((feature) => missing.has(feature));
    if (added.length === 0) continue;
    expect(await runFewBitsCase(which)).toBeNull();
    for (const feature of added) missing.delete(feature);
  }
});
