/** Layers that integers of another tensor are added to: every pair of a sum and an integer, against the quantiser itself. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addExact, exactOf, multiplyExact } from '../../src/base/exact.js';
import { exactSum } from '../../src/fixed/exact-requantiser.js';
import { quantisedFormat, stageSlopes } from '../../src/fixed/quantise-stage.js';
import { residualSteps } from '../../src/fixed/residual-steps.js';
import { Chain, type ChainStage } from '../../src/model/chain.js';
import { StepFunction } from '../../src/model/quantiser.js';
import type { Quantiser } from '../../src/model/types.js';

const float = fc.double({ min: 0.05, max: 1.5, noNaN: true }).map(Math.fround);
const ROUNDINGS = ['half-even', 'half-up', 'floor', 'ceil'] as const;

const layer = fc.record({
  units: fc.array(float, { minLength: 1, maxLength: 3 }),
  residual: float,
  bias: fc.double({ min: -1, max: 1, noNaN: true }).map(Math.fround),
  negative: fc.boolean(),
  relu: fc.boolean(),
  bits: fc.integer({ min: 2, max: 4 }),
  scale: float,
  rounding: fc.constantFrom(...ROUNDINGS),
  oneBit: fc.boolean(),
});

test('gives the integer of the quantiser for every sum and every integer that is added', () => {
  let found = 0;
  fc.assert(
    fc.property(layer, ({ units, residual, bias, negative, relu, bits, scale, rounding, oneBit }) => {
      const quantiser: Quantiser = { kind: 'uniform', bits, signed: !relu, narrow: false, scale, rounding };
      const target = quantisedFormat(quantiser, false);
      const before: ChainStage[] = [{ kind: 'bias', values: new Float32Array(units.length).fill(bias) }];
      const behind: ChainStage[] = relu ? [{ kind: 'clamp', low: 0, high: null }] : [];
      const exactUnits = units.map((unit) => exactOf(negative ? -unit : unit));
      const intervals = units.map(() => ({ low: -40, high: 50 }));
      const base = new Float64Array(units.length);
      const input = { units: exactUnits, stages: [...before, ...behind], factor: 1, base, intervals };
      // Integers −7 to 7, or −1 and 1 that are stored as 0 and 1.
      const encoding = oneBit ? { factor: 2, offset: -1 } : { factor: 1, offset: 0 };
      const most = oneBit ? 1 : 7;
      const tensor = { units: units.map(() => exactOf(residual)), stages: [], low: -most, high: most, bipolar: oneBit };
      const rows = residualSteps(quantiser, target, input, { tensor, encoding, stagesBefore: 1 })!;
      const slopes = stageSlopes(target, input);
      const sum = exactSum({ intervals, slopes, low: target.low, high: target.high, joined: true }, rows);
      if (sum === null) return;
      found++;
      const { multipliers, beta, output } = sum.requantiser;
      const { shift, low, high } = output!;
      const steps = new StepFunction(quantiser);
      const [inner, outer] = [new Chain(before, units.length), new Chain(behind, units.length)];
      for (const c of units.keys()) {
        for (let z = -40; z <= 50; z++) {
          for (const { r } of rows.rows) {
            const added = multiplyExact(exactOf(residual), exactOf(encoding.factor * r + encoding.offset));
            const x = outer.exact(addExact(inner.exact(multiplyExact(exactUnits[c]!, exactOf(z)), c), added), c);
            const expected = steps.near(0, Infinity, () => x);
            const total = multipliers[0]![c]! * z + sum.residualMultiplier * r + beta[c]!;
            const y = Math.floor((total + (shift === 0 ? 0 : 2 ** (shift - 1))) / 2 ** shift);
            if (Math.min(high, Math.max(low, y)) !== expected) expect.fail(`channel ${c}, z ${z}, r ${r}: ${y}`);
          }
        }
      }
    }),
    { seed: 1, numRuns: 25 },
  );
  // Numbers drawn at random have no common unit, so that nothing lies on a step.
  expect(found).toBeGreaterThan(20);
});
