/**
 * Many random networks in co-simulation: FLEXOR_CASES of them (300), from FLEXOR_SEED (1) on; every tenth runs in Icarus
 * as well, where it is not too wide for that. A failure names seed, network, fold and the folder of the design, and the same of the smallest case like it.
 */
import { describe, expect, test } from 'vitest';
import { fromEnvironment } from '../support/environment.js';
import { checkCase } from '../support/shrink-case.js';

const first = fromEnvironment('FLEXOR_SEED', 1);
const seeds = Array.from({ length: fromEnvironment('FLEXOR_CASES', 300) }, (_, i) => first + i);

describe('random networks, folds and stalls', () => {
  test.concurrent.each(seeds)('seed %i', async (seed) => {
    expect(await checkCase(seed, { icarus: seed % 10 === 0 })).toBeNull();
  });
});
