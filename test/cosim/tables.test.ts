/**
 * Networks whose lanes share tables of four, and whose channels share sums of lanes, through the RTL: values, cycles, stalls, a
 * reset in mid-frame. Others occur among the random cases (random.test.ts), each way of them in hw/formal.
 */
import { expect, test } from 'vitest';
import type { LayerFold } from '../../src/rtl/types.js';
import { randomCase, runCase, type RandomCase } from '../support/random-case.js';

const FIRST = 20_060;
const LANES = 4;

function firstCase(suits: (fold: LayerFold) => boolean): RandomCase {
  for (let seed = FIRST; ; seed++) {
    const which = randomCase(seed, { maxLayers: 5 });
    if (Object.values(which.fold).some(suits)) return which;
  }
}

test('tables: values and cycles are those of the simulator and of the schedule', async () => {
  expect(await runCase(firstCase(({ tableLanes }) => tableLanes === LANES))).toBeNull();
});

test('shared sums of several threes: values and cycles are those of the simulator and of the schedule', async () => {
  expect(await runCase(firstCase(({ sharedSums, simd, pe }) => sharedSums === true && simd > 3 && pe > 1))).toBeNull();
});
