/**
 * The thresholds of a requantiser against the requantiser itself, over every value that the accumulator of a small layer can
 * have: multipliers of either sign and 0, any shift, betas beside ties.
 */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { requantiserSteps } from '../../src/fixed/steps.js';
import type { IntWeightedNode } from '../../src/fixed/types.js';
import { deriveWidths, layerIntervals } from '../../src/fixed/widths.js';
import { bitsFor } from '../../src/base/bits.js';

const CHANNELS = 6;

/** A dense layer of a few inputs with such a requantiser. */
function layer(random: Random) {
  const [window, bits, signed] = [random.between(1, 9), random.between(1, 4), random.below(2) === 1];
  const inputFormat = { bits: bits + Number(signed), signed };
  const codes = Uint8Array.from({ length: window * CHANNELS }, () => random.below(2));
  const shift = random.pick([0, 0, 1, 3, 8, 30]);
  const multiplier = (): number => Math.round((random.float() - 0.5) * 2 ** Math.min(24, shift + random.below(4)));
  const levels = random.between(1, 15);
  const low = random.pick([0, -1, -8, -(levels >> 1)]);
  const half = shift === 0 ? 0 : 2 ** (shift - 1);
  // Some betas put a sum exactly on a step.
  const beta = (): number => Math.round((random.float() - 0.5) * levels * 2 ** shift) + random.pick([0, half, -half]);
  const requantiser = {
    joined: false,
    multipliers: [Int32Array.from({ length: CHANNELS }, (_, c) => (c === 0 ? 0 : multiplier()))],
    multiplierBits: 26,
    beta: Float64Array.from({ length: CHANNELS }, beta),
    output: { shift, low, high: low + levels },
  };
  const arithmetic = {
    ...{ name: 'layer', inputFormat, windowSize: window, outChannels: CHANNELS, planes: [{ codes }] },
    ...{ residual: null, requantiser },
  };
  const inputTensor = { shape: { height: 1, width: 1, channels: window }, format: inputFormat, scale: 1 };
  const outputTensor = { ...inputTensor, format: bitsFor(low, low + levels) };
  const node = {
    kind: 'dense',
    input: 'input',
    ...arithmetic,
    inputTensor,
    outputTensor,
    widths: deriveWidths(arithmetic),
  };
  return { node: node as unknown as IntWeightedNode, arithmetic };
}

test('count what the requantiser gives, for every value of the accumulator', () => {
  const random = new Random(23);
  const seen = { low: 0, high: 0, between: 0, falling: 0 };
  for (let trial = 0; trial < 400; trial++) {
    const { node, arithmetic } = layer(random);
    const { multipliers, beta, output } = node.requantiser;
    const { shift, low, high } = output!;
    const steps = requantiserSteps(node)!;
    const { multiplicand } = layerIntervals(arithmetic);
    expect(steps.interval).toEqual(multiplicand);
    for (let c = 0; c < CHANNELS; c++) {
      const row = steps.values[c]!;
      expect(row.every((t, k) => k === 0 || t >= row[k - 1]!)).toBe(true);
      for (let x = multiplicand.low; x <= multiplicand.high; x++) {
        const z = multipliers[0]![c]! * x + beta[c]! + (shift === 0 ? 0 : 2 ** (shift - 1));
        const y = Math.min(high, Math.max(low, Math.floor(z / 2 ** shift)));
        const reached = row.filter((t) => x >= t).length;
        if (steps.falling[c] === 1) seen.falling++;
        seen[y === low ? 'low' : y === high ? 'high' : 'between']++;
        const counted = steps.falling[c] === 1 ? high - reached : low + reached;
        if (counted !== y) expect.fail(`trial ${trial}, channel ${c}: ${x} gives ${y}, the thresholds ${counted}`);
      }
    }
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(1000);
});
