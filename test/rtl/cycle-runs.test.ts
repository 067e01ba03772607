/** Cycles kept as runs against the same cycles in an array. */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { CycleRuns } from '../../src/rtl/schedule/cycle-runs.js';

test('runs give the cycle of every element, and how many follow in time', () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = Random.derive(seed, 'cycle runs');
    const runs = new CycleRuns();
    const cycles: number[] = [];
    let [next, oldest] = [0, 0];
    for (let step = 0; step < 60; step++) {
      next += random.below(3);
      const count = random.between(1, 4);
      runs.append(next, count);
      for (let i = 0; i < count; i++) cycles.push(next++);
      oldest = random.between(oldest, Math.min(oldest + 5, cycles.length - 1));
      expect(runs.at(oldest)).toBe(cycles[oldest]);
      const lag = cycles[oldest]! - oldest + random.between(-1, 3);
      const most = random.between(0, cycles.length - oldest);
      const late = cycles.slice(oldest, oldest + most).findIndex((cycle, i) => cycle - oldest - i > lag);
      expect(runs.within(oldest, lag, most)).toBe(late < 0 ? most : late);
    }
    expect(runs.length).toBe(cycles.length);
  }
});
