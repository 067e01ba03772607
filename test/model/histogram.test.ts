import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encryptedHistogram, histogramBits } from '../../src/model/histogram.js';

const weights = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 300 })
  .map((values) => Float32Array.from(values));

describe('the histogram of encrypted weights', () => {
  it('counts every weight once, on the side of its bit, in the bin of its size', () => {
    fc.assert(
      fc.property(weights, (x) => {
        const { limit, below, counts, above } = encryptedHistogram(x);
        const half = counts.length / 2;
        const width = limit / half;
        const within = (low: number, high: number, sign: 1 | -1): number =>
          x.filter((v) => (v < 0 ? -1 : 1) === sign && Math.abs(v) >= low && Math.abs(v) < high).length;
        // Edges are products of floats: those of whole limits are exact, inner ones are compared two bins at a time.
        expect(below).toBe(within(limit, Infinity, -1));
        expect(above).toBe(within(limit, Infinity, 1));
        const ones = x.filter((v) => v >= 0).length;
        expect(histogramBits({ limit, below, counts, above })).toEqual([x.length - ones, ones]);
        counts.slice(half).forEach((count, j) => {
          expect(count).toBeLessThanOrEqual(within((j - 0.001) * width, (j + 1.001) * width, 1));
        });
        counts.slice(0, half).forEach((count, i) => {
          const j = half - 1 - i;
          expect(count).toBeLessThanOrEqual(within((j - 0.001) * width, (j + 1.001) * width, -1));
        });
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('has a round limit that leaves out at most a hundredth', () => {
    fc.assert(
      fc.property(weights, (x) => {
        const { limit, below, above } = encryptedHistogram(x);
        expect(limit.toExponential()).toMatch(/^[125]e/);
        expect(below + above).toBeLessThanOrEqual(x.length / 100);
      }),
      { seed: 4, numRuns: 300 },
    );
    const x = Float32Array.from({ length: 1000 }, (_, i) => (i < 10 ? -7 : 0.0015));
    expect(encryptedHistogram(x)).toMatchObject({ limit: 0.002, below: 10, above: 0 });
    expect(encryptedHistogram(x).counts.indexOf(990)).toBe(35);
  });

  it('has 0 and −0 on the side of bit 1', () => {
    const { counts } = encryptedHistogram(Float32Array.of(0, -0, -1e-30, 0.5));
    expect(counts[20]).toBe(2);
    expect(counts[19]).toBe(1);
  });
});
