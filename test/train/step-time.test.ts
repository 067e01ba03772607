/** The step timer: median of the asked number of steps, after a warm-up, by the caller's clock. */
import { expect, it } from 'vitest';
import { digits } from '../../src/data/digits.js';
import { createEngine } from '../../src/train/engine/engines.js';
import { COSINE } from '../../src/train/run/recipes.js';
import { measureStepTime } from '../../src/train/run/step-time.js';

it('takes the median of the steps behind the warm-up', async () => {
  // Steps 6, 7 and 8 take 3, 100 and 5 units; the warm-up is slow.
  const durations = [1000, 1000, 1000, 1000, 1000, 3, 100, 5];
  let time = 0;
  let calls = 0;
  const now = (): number => {
    if (calls > 0) time += durations[calls - 1]!;
    calls++;
    return time;
  };
  const dataset = digits({ train: 8, test: 1 });
  const median = await measureStepTime(await createEngine('wasm'), { ...COSINE, batch: 2 }, dataset, 3, now);
  expect(calls).toBe(9);
  expect(median).toBe(5);
});
