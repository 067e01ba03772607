import { expect, it } from 'vitest';
import type { RtlComparison } from '../../src/report/comparison.js';
import { rtlFailure } from '../../src/report/figures/rtl-failure.js';

const FIGURES = {
  passed: true,
  failure: null,
  images: 5,
  mismatches: 0,
  accuracy: 1,
  latencyCycles: 100,
  cyclesPerFrame: 50,
  bottleneckUtilisation: 1,
};
const PASSED: RtlComparison = {
  ...FIGURES,
  predictedLatencyCycles: 100,
  predictedCyclesPerFrame: 50,
  busiest: { unit: 'conv1', cycles: 50 },
  stalled: { ...FIGURES, stalls: 30, seed: 1 },
};

it('passes where both runs pass, or the only one', () => {
  expect(rtlFailure(PASSED)).toBe(null);
  expect(rtlFailure({ ...PASSED, stalled: null })).toBe(null);
});

it('names a run that failed without a differing image', () => {
  const failure = 'the interval between frames is 51 cycles, predicted 50';
  expect(rtlFailure({ ...PASSED, passed: false, failure })).toBe(failure);
  const stalled = { ...FIGURES, stalls: 30, seed: 1, passed: false, failure: 'deadlock' };
  expect(rtlFailure({ ...PASSED, stalled })).toBe('with 30% stalls: deadlock');
});
