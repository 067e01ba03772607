import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { formatRange } from '../../src/fixed/shapes.js';
import type { IntFormat, Requantiser } from '../../src/fixed/types.js';
import { deriveWidths, layerIntervals } from '../../src/fixed/widths.js';

function layer(inputFormat: IntFormat, codes: number[][], outChannels: number, requantiser: Partial<Requantiser> = {}) {
  const q = codes.length;
  return {
    name: 'conv1',
    inputFormat,
    windowSize: codes[0]!.length / outChannels,
    outChannels,
    planes: codes.map((bits) => ({ codes: Uint8Array.from(bits) })),
    residual: null,
    requantiser: {
      joined: false,
      multipliers: Array.from({ length: q }, () => new Int32Array(outChannels).fill(1)),
      multiplierBits: 16,
      beta: new Float64Array(outChannels),
      output: null,
      ...requantiser,
    },
  };
}

describe('interval analysis', () => {
  it('joins channels and keeps 0 inside', () => {
    // Channel 0 has bits 1,1,0, channel 1 has 1,0,0; a in [0, 15].
    const one = layer({ bits: 4, signed: false }, [[1, 1, 1, 0, 0, 0]], 2);
    expect(layerIntervals(one)).toMatchObject({
      selected: { low: 0, high: 30 },
      sum: { low: 0, high: 45 },
      dot: { low: -30, high: 30 },
    });
    expect(deriveWidths(one)).toEqual({
      selected: { bits: 5, signed: false },
      sum: { bits: 6, signed: false },
      dot: { bits: 6, signed: true },
      multiplicand: { bits: 6, signed: true },
      scaled: { bits: 6, signed: true },
    });
  });

  it('follows the sign of multipliers, beta, rounding and partial sums over planes', () => {
    const two = layer(
      { bits: 4, signed: true },
      [
        [1, 1],
        [0, 0],
      ],
      1,
      {
        multipliers: [Int32Array.of(-3), Int32Array.of(5)],
        beta: Float64Array.of(100),
        output: { shift: 5, low: 0, high: 15 },
      },
    );
    // acc0 in 2·[−8, 7], acc1 in −2·[−8, 7]; z starts at 100 + 16.
    expect(layerIntervals(two)).toEqual({
      selected: { low: -16, high: 14 },
      sum: { low: -16, high: 14 },
      dot: { low: -16, high: 16 },
      multiplicand: { low: -16, high: 16 },
      scaled: { low: 116 - 42 - 70, high: 116 + 48 + 80 },
    });
  });

  it('makes dot and scaled signed where they cannot be negative', () => {
    const widths = deriveWidths(layer({ bits: 1, signed: false }, [[1, 1, 1]], 1));
    expect(widths.selected).toEqual({ bits: 2, signed: false });
    expect(widths.dot).toEqual({ bits: 3, signed: true });
    expect(widths.scaled).toEqual({ bits: 3, signed: true });
  });

  it('reaches both ends of every interval', () => {
    const random = new Random(3);
    for (let round = 0; round < 50; round++) {
      const format = { bits: random.between(2, 8), signed: random.below(2) === 1 };
      const { low, high } = formatRange(format);
      const codes = Array.from({ length: random.between(1, 20) }, () => random.below(2));
      const bounds = layerIntervals(layer(format, [codes], 1));
      const total = (pick: (bit: number) => number): number => codes.reduce((s, bit) => s + pick(bit), 0);
      expect(total((bit) => (bit ? high : -low))).toBe(bounds.dot.high);
      expect(total((bit) => (bit ? low : -high))).toBe(bounds.dot.low);
      expect(total((bit) => (bit ? high : 0))).toBe(bounds.selected.high);
    }
  });

  it('refuses what leaves 2^53 and names the layer', () => {
    const wide = layer({ bits: 16, signed: false }, [new Array<number>(2048).fill(1)], 1, {
      multipliers: [Int32Array.of(2 ** 30)],
      multiplierBits: 32,
    });
    expect(() => deriveWidths(wide)).toThrow(
      /layer conv1: m·acc must stay below 2\^53 .* fewer activation or multiplier bits/,
    );
    const beta = layer({ bits: 1, signed: false }, [[1]], 1, { beta: Float64Array.of(2 ** 53) });
    expect(() => deriveWidths(beta)).toThrow(/layer conv1: z must stay below/);
  });
});

describe('loadable weights', () => {
  const random = new Random(7);
  const formats: readonly IntFormat[] = [
    { bits: 1, signed: false },
    { bits: 4, signed: false },
    { bits: 5, signed: true },
  ];
  const bits = (count: number): number[] => Array.from({ length: count }, () => random.below(2));
  const widest = (planes: number, m: number, beta: number) => ({
    multiplierBits: 6,
    multipliers: Array.from({ length: planes }, () => Int32Array.of(m, -32)),
    beta: Float64Array.of(beta, -beta),
  });

  it('have one width for all weights, and every one of them fits', () => {
    for (const format of formats) {
      for (const planes of [1, 3]) {
        const make = (codes: number[][], m: number) => layer(format, codes, 2, widest(planes, m, 3));
        const random2 = () => Array.from({ length: planes }, () => bits(10));
        const expected = deriveWidths(make(random2(), 31), true);
        for (const codes of [
          random2(),
          random2(),
          [...Array(planes)].map(() => Array<number>(10).fill(1)),
          [...Array(planes)].map(() => Array<number>(10).fill(0)),
        ]) {
          expect(deriveWidths(make(codes, -32), true)).toEqual(expected);
          const own = layerIntervals(make(codes, -32));
          for (const key of ['selected', 'sum', 'dot', 'multiplicand', 'scaled'] as const) {
            const { low, high } = formatRange(expected[key]);
            expect(own[key].low, key).toBeGreaterThanOrEqual(low);
            expect(own[key].high, key).toBeLessThanOrEqual(high);
          }
        }
      }
    }
  });

  it('refuse a beta beyond them', () => {
    // Five elements of at most 15, multipliers of at most 32 in magnitude: |m·acc| ≤ 2,400, as much for beta.
    const make = (beta: number) => layer({ bits: 4, signed: false }, [bits(10)], 2, widest(1, 0, beta));
    expect(() => deriveWidths(make(2400), true)).not.toThrow();
    expect(() => deriveWidths(make(4801), true)).toThrow(
      /layer conv1: z reaches \[.*\], loadable weights have room for ±4800/,
    );
  });
});
