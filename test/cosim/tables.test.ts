/**
 * A network whose lanes share tables of four through the RTL: values, cycles, stalls, a reset in mid-frame. Tables of any
 * lanes occur among the random cases (random.test.ts), each of them in hw/formal/flexor_lane_tables.v.
 */
import { expect, test } from 'vitest';
import { randomCase, runCase, type RandomCase } from '../support/random-case.js';

const FIRST = 20_060;
const LANES = 4;

function firstCase(): RandomCase {
  for (let seed = FIRST; ; seed++) {
    const which = randomCase(seed, { maxLayers: 5 });
    if (Object.values(which.fold).some(({ tableLanes }) => tableLanes === LANES)) return which;
  }
}

test('values and cycles are those of the simulator and of the schedule', async () => {
  expect(await runCase(firstCase())).toBeNull();
});
