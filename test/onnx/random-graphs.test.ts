/** Random QONNX graphs: executor, float and integer network equal; the hardware of two. Many more in test/long. */
import { expect, test } from 'vitest';
import { runOnnxCase } from '../support/random-onnx-case.js';

test.each([1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 14, 16, 17, 24, 47])('random QONNX graph of seed %i', async (seed) => {
  const { failure, refused } = await runOnnxCase(seed, { rtl: seed === 4 || seed === 24 || seed === 16 });
  expect(failure).toBeNull();
  expect(refused).toBe(false);
});
