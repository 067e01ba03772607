/** Thresholds against the chain computed forwards, at every accumulator, with ties and irrational roots. */
import { describe, expect, test } from 'vitest';
import { addExact, exactOf, multiplyExact } from '../../src/base/exact.js';
import { Random } from '../../src/base/random.js';
import { channelThresholds } from '../../src/fixed/thresholds.js';
import { Chain } from '../../src/model/chain.js';
import type { ChainStage } from '../../src/model/chain.js';
import { quantiserLimits, quantiserSteps, ROUNDINGS, StepFunction } from '../../src/model/quantiser.js';
import type { Quantiser } from '../../src/model/types.js';

const one = (x: number) => Float32Array.of(x);

/** y at z from thresholds. */
function byThresholds(quantiser: Quantiser, stages: readonly ChainStage[], unit: number, z: number): number {
  const scale = exactOf(quantiser.scale);
  const steps = quantiserSteps(quantiser).map(({ at, inclusive }) => ({
    at: multiplyExact(exactOf(at), scale),
    inclusive,
  }));
  const { thresholds, falling } = channelThresholds(steps, stages, exactOf(unit), 0);
  const count = thresholds.filter((t) => z >= t).length;
  if (quantiser.kind === 'bipolar') return falling ? 1 - 2 * count : -1 + 2 * count;
  const { low, high } = quantiserLimits(quantiser);
  return falling ? high - count : low + count;
}

/** y at z by computing the chain forwards. */
function forwards(quantiser: Quantiser, stages: readonly ChainStage[], unit: number, z: number): number {
  const chain = new Chain(stages, 1);
  const x = { value: unit * z, error: Math.abs(unit * z) * 2 ** -52 };
  chain.apply(x, 0);
  return new StepFunction(quantiser).near(x.value, x.error, () =>
    chain.exact(multiplyExact(exactOf(unit), exactOf(z)), 0),
  );
}

/** y at z in plain doubles, for numbers in which they are exact. */
function plain(quantiser: Quantiser, x: number): number {
  if (quantiser.kind === 'bipolar') return x >= 0 ? 1 : -1;
  const { low, high } = quantiserLimits(quantiser);
  const q = x / quantiser.scale;
  const size = Math.abs(q);
  const even = (v: number): number => (v % 1 === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));
  const rounded = {
    'half-even': Math.sign(q) * even(size),
    'half-up': Math.floor(q + 0.5),
    'half-away': Math.sign(q) * Math.floor(size + 0.5),
    'half-to-zero': Math.sign(q) * Math.ceil(size - 0.5),
    floor: Math.floor(q),
    ceil: Math.ceil(q),
    away: Math.sign(q) * Math.ceil(size),
    'to-zero': Math.trunc(q),
  }[quantiser.rounding];
  return Math.min(high, Math.max(low, rounded)) + 0;
}

describe.each(ROUNDINGS)('rounding %s', (rounding) => {
  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('signed %s, narrow %s: thresholds, chain and plain rounding agree on every quarter', (signed, narrow) => {
    const quantiser: Quantiser = { kind: 'uniform', bits: 3, signed, narrow, scale: 0.5, rounding };
    for (let z = -60; z <= 60; z++) {
      // Units of 1/8 are quarters of the scale: halves, and both sides of them.
      const expected = plain(quantiser, z / 8);
      expect(new StepFunction(quantiser).integer(z / 8) + 0, `x = ${z / 8}`).toBe(expected);
      expect(byThresholds(quantiser, [], 1 / 8, z) + 0, `z = ${z}`).toBe(expected);
    }
  });
});

test('random chains: thresholds give what the chain gives, at every z', () => {
  const random = new Random(11);
  for (let round = 0; round < 300; round++) {
    // Half of the chains on a coarse grid, where ties are common.
    const coarse = round % 2 === 0;
    const number = (): number => (coarse ? (random.below(17) - 8) / 4 : Math.fround((random.float() - 0.5) * 3));
    const stages: ChainStage[] = Array.from({ length: 1 + random.below(4) }, (_, i): ChainStage => {
      const kind = i === 0 ? 0 : random.below(3);
      if (kind === 1) return { kind: 'bias', values: one(number()) };
      if (kind === 2)
        return { kind: 'clamp', low: random.below(3) === 0 ? null : -1, high: random.below(2) ? null : 1.5 };
      const variance = coarse ? [1, 4, 0.25, 2][random.below(4)]! : Math.fround(0.1 + random.float());
      const epsilon = coarse ? 0 : 1e-5;
      return {
        kind: 'batchNorm',
        batchNorm: { gamma: one(number()), beta: one(number()), mean: one(number()), variance: one(variance), epsilon },
      };
    });
    const bits = 2 + random.below(3);
    const rounding = ROUNDINGS[random.below(ROUNDINGS.length)]!;
    const scale = coarse ? [0.25, 0.5, 1][random.below(3)]! : Math.fround(0.05 + random.float());
    const quantiser: Quantiser =
      random.below(4) === 0
        ? { kind: 'bipolar', scale }
        : { kind: 'uniform', bits, signed: random.below(2) === 0, narrow: random.below(2) === 0, scale, rounding };
    const unit = coarse ? 0.25 * (random.below(5) - 2) : Math.fround(random.float());
    for (let z = -20; z <= 20; z++) {
      expect(byThresholds(quantiser, stages, unit, z), `chain ${round}, z = ${z}`).toBe(
        forwards(quantiser, stages, unit, z),
      );
    }
  }
});

test('an irrational root that cancels is a tie, and one that does not is none', () => {
  // √2·(z − 3)/√2: gamma = √2 is not a float, but z = mean is 0 whatever the root is.
  const stage = (beta: number): ChainStage => ({
    kind: 'batchNorm',
    batchNorm: { gamma: one(3), beta: one(beta), mean: one(3), variance: one(2), epsilon: 0 },
  });
  const bipolar: Quantiser = { kind: 'bipolar', scale: 1 };
  expect(byThresholds(bipolar, [stage(0)], 1, 3)).toBe(1);
  expect(byThresholds(bipolar, [stage(-(2 ** -100))], 1, 3)).toBe(-1);
  expect(byThresholds(bipolar, [stage(2 ** -100)], 1, 3)).toBe(1);
  expect(byThresholds(bipolar, [stage(0)], 1, 2)).toBe(-1);
});

test('doubles alone would miss a tie: 0.1·3 against 0.3', () => {
  const tenth = Math.fround(0.1);
  const exact = multiplyExact(exactOf(tenth), exactOf(3));
  const step = { at: exact, inclusive: true };
  expect(channelThresholds([step], [], exactOf(tenth), 0).thresholds).toEqual([3]);
  expect(channelThresholds([{ ...step, inclusive: false }], [], exactOf(tenth), 0).thresholds).toEqual([4]);
  const above = { at: addExact(exact, exactOf(2 ** -900)), inclusive: true };
  // 2^-900 is below what an irrational root could be trusted with, and counts as equal.
  expect(channelThresholds([above], [], exactOf(tenth), 0).thresholds).toEqual([3]);
});
