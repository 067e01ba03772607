/** The sentences of a report, from figures small enough to check by hand. */
import { describe, expect, it } from 'vitest';
import { DEVICES, deviceShares } from '../../src/report/devices.js';
import { comparisonVerdict } from '../../src/report/figures/comparison-verdict.js';
import type { ModelFigures } from '../../src/report/figures/types.js';
import { changeText, nameList, verdictOf } from '../../src/report/figures/verdict.js';
import type { Resources } from '../../src/report/area/types.js';

const RESOURCES: Resources = {
  ...{ luts: 4000, lutRams: 300, inverters: 0, flipFlops: 2800, blockRams: 56, multipliers: 4 },
  ...{ nand2: 0, logicUm2: 0, memoryUm2: 0, romBits: 0, ramBits: 0 },
};

interface Layer {
  readonly name: string;
  readonly energy: readonly [flexor: number, plain: number];
  readonly blockRams: readonly [flexor: number, plain: number];
}

const pair = ([flexor, plain]: readonly [number, number]) => ({ flexor, plain });

/** Figures of a design on UltraScale+ with these layers. */
function figures(layers: readonly Layer[], change: Partial<ModelFigures> = {}): ModelFigures {
  const target = (blockRams: readonly [number, number]) => ({ blockRams: pair(blockRams), logic: pair([4000, 3600]) });
  return {
    inventory: {
      ...{ name: 'net', digest: '0123456789abcdef' },
      totals: { weights: 1000, encryptedBits: 600, floatBits: 0, bitsPerWeight: 0.6 },
      layers: [{ weighted: { codes: { plain: false } } }],
    },
    accuracy: {
      dataset: 'MNIST',
      float: { images: 10_000, correct: 9_925, share: 0.9925, low: 0.9906, high: 0.994 },
      integer: { images: 10_000, correct: 9_925, share: 0.9925, low: 0.9906, high: 0.994 },
      agreeing: 9_998,
    },
    rtl: { images: 50, mismatches: 0, failure: null, cyclesPerFrame: 200, stalled: { stalls: 30, failure: null } },
    pipeline: {
      ...{ predictedCyclesPerFrame: 200, clockMhz: 100, framesPerSecond: 500_000 },
      units: [
        { name: 'conv1', busiest: false },
        { name: 'conv2', busiest: true },
      ],
    },
    area: { target: 'xcup', total: RESOURCES, weights: { storedBits: 620, plainStoredBits: 1030 } },
    price: {
      layers: layers.map(({ name, energy, blockRams }) => ({
        ...{ name, nIn: 12, nOut: 20, energy: { weights: pair(energy) }, targets: [target(blockRams)] },
      })),
      total: { targets: [target([56, 92])], energy: { weights: pair([2000, 3000]) } },
    },
    ...change,
  } as unknown as ModelFigures;
}

const LAYERS: readonly Layer[] = [
  { name: 'conv1', energy: [5, 4], blockRams: [0, 0] },
  { name: 'conv2', energy: [20, 30], blockRams: [2, 4] },
  { name: 'fc1', energy: [90, 80], blockRams: [54, 88] },
  { name: 'fc2', energy: [3, 2], blockRams: [0, 0] },
];

describe('verdict', () => {
  it('says what FleXOR costs and saves, and where plain weights are cheaper', () => {
    expect(verdictOf(figures(LAYERS))).toEqual([
      'At 0.62 stored bits a weight this design needs 56 block RAMs where plain 1-bit weights need 92, and takes 11% more LUTs (4,000 LUTs).',
      'It classifies 99.25% of 10,000 images of MNIST correctly, and gives the same class as the float network (99.25%) to 9,998 of them.',
      'On 50 images the Verilog gave the same value as the integer network at every layer, without stalls and with 30% random stalls. Every cycle came as predicted.',
      'A frame takes 200 cycles: 500,000 frames a second if the clock runs at 100 MHz; conv2 sets the pace.',
      // fc1 takes more energy as well, but saves block RAMs.
      'Use plain 1-bit weights in conv1 and fc2: there decryption takes more energy than shorter memories save, and no block RAM is saved.',
    ]);
  });

  it('does not hide that a run failed', () => {
    const rtl = { ...figures(LAYERS).rtl!, failure: 'conv2 differs in image 3' };
    expect(verdictOf(figures(LAYERS, { rtl }))[2]).toBe(
      'The Verilog does NOT do the same as the integer network: conv2 differs in image 3.',
    );
  });

  it('says what was not measured', () => {
    const bare = verdictOf(figures(LAYERS, { area: null, price: null, rtl: null }));
    expect(bare[0]).toMatch(/^The model stores 0\.60 bits a weight: 600 bits for 1,000 weights\. .*not measured\.$/);
    expect(bare[2]).toBe('The Verilog was not simulated for this report.');
    expect(bare).toHaveLength(4);
  });

  it('words changes and lists', () => {
    expect(changeText(110, 100, 'LUTs')).toBe('10% more LUTs');
    expect(changeText(998, 1000, 'LUTs')).toBe('0.2% fewer LUTs');
    expect(changeText(7, 7, 'LUTs')).toBe('as many LUTs');
    expect(nameList(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
    expect(nameList(['a', 'b'])).toBe('a and b');
  });
});

describe('comparison', () => {
  it('names the best, the smallest, and whether the difference may be chance', () => {
    const other = figures(LAYERS);
    const small = figures(LAYERS, {
      inventory: { ...other.inventory, name: 'small' },
      accuracy: { ...other.accuracy, integer: { ...other.accuracy.integer, share: 0.991, low: 0.989, high: 0.9927 } },
      area: {
        ...other.area!,
        weights: { ...other.area!.weights, storedBits: 400 },
        total: { ...RESOURCES, luts: 3000 },
      },
    });
    expect(comparisonVerdict([other, small])).toEqual([
      'net is the most accurate: 99.25% of 10,000 images. The 95% intervals of all of the others reach into its own, so a difference to them may be chance.',
      'small stores the fewest bits, 400 against 620, and is right on 0.15 points fewer.',
      'small takes the least logic, 3,000 LUT; net the fewest block RAMs, 56.',
    ]);
    expect(comparisonVerdict([other])).toEqual([]);
  });
});

describe('devices', () => {
  it('gives shares of the family, and says where something is not there', () => {
    const shares = deviceShares('ice40', RESOURCES);
    expect(shares.map(({ device }) => device)).toEqual(['iCE40 UP5K', 'iCE40 HX8K']);
    expect(shares[0]).toMatchObject({ luts: 4300 / 5280, flipFlops: 2800 / 5280, blockRams: 56 / 30, fits: false });
    expect(shares[1]!.multipliers).toBe(Infinity);
    const [zu3] = deviceShares('xcup', RESOURCES);
    expect(zu3).toMatchObject({ luts: 4300 / 70_560, fits: true });
    expect(deviceShares('asic', RESOURCES)).toEqual([]);
  });

  it('lists every device once', () => {
    expect(new Set(DEVICES.map(({ name }) => name)).size).toBe(DEVICES.length);
  });
});
