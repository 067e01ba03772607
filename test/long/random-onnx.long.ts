/**
 * Random QONNX graphs from FLEXOR_SEED (1) on until FLEXOR_CASES (200) of them were taken: executor, float network, integer
 * network and RTL in Icarus are equal at every quantised tensor and every stream. A graph may be refused for one reason
 * alone: a signed quantiser rounds by the sign, and neither one multiplier nor two have its steps.
 */
import { expect, test } from 'vitest';
import { runOnnxCase } from '../support/random-onnx-case.js';

const [cases, first] = [Number(process.env['FLEXOR_CASES'] ?? 200), Number(process.env['FLEXOR_SEED'] ?? 1)];

test(`${cases} random QONNX graphs from seed ${first}`, async () => {
  let [taken, refused, exact] = [0, 0, 0];
  const failures: string[] = [];
  for (let seed = first; taken < cases; seed++) {
    const result = await runOnnxCase(seed, { rtl: true });
    if (result.refused) refused++;
    else taken++;
    exact += result.exact;
    if (result.failure !== null) failures.push(result.failure);
  }
  console.log(`${taken} graphs, ${exact} quantised tensors equal; ${refused} more refused`);
  expect(failures).toEqual([]);
  expect(refused).toBeLessThan(taken / 2);
  expect(exact).toBeGreaterThan(taken);
});
