/** A few jobs at once: how many, in which order, and what a failure does to the others. */
import { expect, test } from 'vitest';
import { inParallel } from '../../src/base/parallel.js';

const turns = async (n: number): Promise<void> => {
  for (let i = 0; i < n; i++) await Promise.resolve();
};

test('runs every item, as many at once as allowed', async () => {
  const begun: number[] = [];
  let [running, most] = [0, 0];
  await inParallel([5, 1, 4, 2, 3], 2, async (item) => {
    begun.push(item);
    most = Math.max(most, ++running);
    await turns(item);
    running--;
  });
  expect({ begun, running, most }).toEqual({ begun: [5, 1, 4, 2, 3], running: 0, most: 2 });
});

test('throws the first failure, tells the others to stop, waits for them and begins no more', async () => {
  const ended: string[] = [];
  const run = inParallel(['slow', 'bad', 'never'], 2, async (item, signal) => {
    if (item === 'bad') throw new Error('first');
    while (!signal.aborted) await turns(1);
    ended.push(item);
    throw new Error('second');
  });
  await expect(run).rejects.toThrow('first');
  expect(ended).toEqual(['slow']);
});

test('passes the signal from outside on', async () => {
  const controller = new AbortController();
  const run = inParallel(
    [1],
    1,
    async (_, signal) => {
      controller.abort();
      await turns(1);
      if (signal.aborted) throw new Error('interrupted');
    },
    controller.signal,
  );
  await expect(run).rejects.toThrow('interrupted');
});
