/** The energy model: published points, break-even by its own definition, area break-even. */
import { expect, test } from 'vitest';
import { energyBreakEven, memoryReadPj } from '../../../src/report/price/energy.js';
import { areaBreakEven } from '../../../src/report/price/targets.js';

test('a bit read costs what was published, and more in a larger memory', () => {
  expect(memoryReadPj(8 * 8192)).toBeCloseTo(10 / 64, 12);
  expect(memoryReadPj(32 * 8192)).toBeCloseTo(20 / 64, 12);
  expect(memoryReadPj(1024 * 8192)).toBeCloseTo(100 / 64, 12);
  const sizes = [100, 1e4, 1e5, 1e6, 1e7, 1e8].map(memoryReadPj);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  // Below the first point with the root of the capacity.
  expect(memoryReadPj(2 * 8192) / memoryReadPj(512)).toBeCloseTo(Math.sqrt(32), 6);
});

test.each([
  [0.6, 0.05],
  [0.4, 0.2],
  [0.95, 0.01],
])('%d bit a weight and %d pJ more: pays from the weights given, not from one less', (bits, extra) => {
  const saved = (n: number): number => memoryReadPj(n) - bits * memoryReadPj(bits * n);
  const weights = energyBreakEven(bits, extra)!;
  expect(saved(weights)).toBeGreaterThanOrEqual(extra);
  expect(saved(weights - 1)).toBeLessThan(extra);
});

test('no saving never pays, no cost pays at once', () => {
  expect(energyBreakEven(1, 0.001)).toBeNull();
  expect(energyBreakEven(0.6, 0)).toBe(0);
  expect(energyBreakEven(0.6, 1e9)).toBeNull();
});

test('area: added logic over memory saved a weight', () => {
  expect(areaBreakEven(1000, 500, 200)).toBe(400);
  expect(areaBreakEven(-5, 500, 200)).toBe(0);
  expect(areaBreakEven(5, 0, 200)).toBeNull();
  expect(areaBreakEven(5, -1, 200)).toBeNull();
  expect(areaBreakEven(-5, -1, 200)).toBeNull();
});
