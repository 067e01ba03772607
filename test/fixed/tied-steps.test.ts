/** Steps with halves that go to the even integer, as two roundings: against the rule itself, for every sum. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactRequantiser } from '../../src/fixed/exact-requantiser.js';
import { twoStages } from '../../src/fixed/tied-steps.js';
import type { ChannelThresholds } from '../../src/fixed/thresholds.js';
import type { Requantiser } from '../../src/fixed/types.js';

/** A channel x = ±(z + offset)/step, rounded to the nearest integer, halves to the even one, and clamped. */
interface Channel {
  readonly step: number;
  readonly offset: number;
  readonly falling: boolean;
}

function halfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

function valueOf({ step, offset, falling }: Channel, z: number, low: number, high: number): number {
  const x = (z + offset) / step;
  return Math.min(high, Math.max(low, halfEven(falling ? -x : x)));
}

function thresholdsOf(channel: Channel, interval: { low: number; high: number }, low: number, high: number) {
  const row = Array.from({ length: high - low }, (_, i) => {
    for (let z = interval.low; z <= interval.high; z++) {
      const y = valueOf(channel, z, low, high);
      if (channel.falling ? y <= high - 1 - i : y >= low + 1 + i) return z;
    }
    return interval.high + 1;
  });
  return { thresholds: row, falling: channel.falling } satisfies ChannelThresholds;
}

function rounded({ multipliers, beta, output }: Requantiser, c: number, z: number): number {
  const { shift, low, high } = output!;
  const scaled = multipliers[0]![c]! * z + beta[c]! + (shift === 0 ? 0 : 2 ** (shift - 1));
  return Math.min(high, Math.max(low, Math.floor(scaled / 2 ** shift)));
}

const channel = fc.record({
  // Sums lie on halves where a step has an even number of them, a power of two or not.
  step: fc.oneof(
    fc.integer({ min: 0, max: 6 }).map((k) => 2 ** k),
    fc.integer({ min: 1, max: 49 }),
  ),
  offset: fc.integer({ min: -200, max: 200 }),
  falling: fc.boolean(),
});

test('every sum of every channel gives what the rule says, in one form or in two', () => {
  let two = 0;
  fc.assert(
    fc.property(
      fc.array(channel, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      (channels, bits, signed) => {
        const low = signed ? -(2 ** (bits - 1)) : 0;
        const high = low + 2 ** bits - 1;
        const interval = { low: -300, high: 350 };
        const layer = {
          channels: channels.map((each) => thresholdsOf(each, interval, low, high)),
          intervals: channels.map(() => interval),
          slopes: Float64Array.from(channels, ({ step, falling }) => (falling ? -1 : 1) / step),
          ...{ low, high, joined: true },
        };
        const one = exactRequantiser(layer);
        const stages = one === null ? twoStages(layer) : null;
        expect(one !== null || stages !== null).toBe(true);
        if (stages !== null) two++;
        channels.forEach((each, c) => {
          for (let z = interval.low; z <= interval.high; z++) {
            const a = stages === null ? z : rounded(stages.first, c, z);
            if (stages !== null) expect(a >= 0 && a < 2 ** stages.between.bits).toBe(true);
            const y = rounded(stages === null ? one! : stages.second, c, a);
            if (y !== valueOf(each, z, low, high)) expect.fail(`channel ${c}, z ${z}: ${y}`);
          }
        });
      },
    ),
    { seed: 1, numRuns: 40 },
  );
  expect(two).toBeGreaterThan(10);
});

test('two steps need no second form', () => {
  const layer = {
    channels: [{ thresholds: [-8, 9], falling: false }],
    intervals: [{ low: -100, high: 100 }],
    ...{ slopes: Float64Array.of(1 / 16), low: -1, high: 1, joined: true },
  };
  const one = exactRequantiser(layer)!;
  for (let z = -100; z <= 100; z++) {
    expect(rounded(one, 0, z)).toBe(Math.min(1, Math.max(-1, halfEven(z / 16))) + 0);
  }
});

test('steps of no pattern are given by neither', () => {
  const layer = {
    channels: [{ thresholds: [1, 9, 11, 40, 42, 43], falling: false }],
    intervals: [{ low: 0, high: 100 }],
    ...{ slopes: Float64Array.of(1 / 8), low: 0, high: 6, joined: true },
  };
  expect(exactRequantiser(layer)).toBeNull();
  expect(twoStages(layer)).toBeNull();
});
