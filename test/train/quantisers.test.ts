/** The baselines' rules on numbers that one can check by hand; their training is in resnet.test.ts. */
import { describe, expect, it } from 'vitest';
import { codesOfRule, initialTtqScale, latentGradient, quantise, type LatentKind } from '../../src/train/quantisers.js';

const learnt = (...values: number[]) => ({
  values: Float32Array.from(values),
  gradient: new Float32Array(values.length),
});

/** Weights [V = 3, C_out = 2]: channel 0 is 1, −2, 0 and channel 1 is 0.5, 0.1, −3. */
function weights(rule: LatentKind) {
  const latent = learnt(1, 0.5, -2, 0.1, 0, -3);
  const scales = rule === 'ttq' ? [learnt(0.7), learnt(0.3)] : [];
  const used = rule === 'full' ? latent.values : new Float32Array(6);
  return { kind: 'latent', rule, channels: 2, latent, scales, used } as const;
}

function used(rule: LatentKind, progress = 1): number[] {
  const w = weights(rule);
  quantise(w, progress);
  return [...w.used];
}

describe('weights in use', () => {
  it('full: as they are', () => {
    expect(used('full')).toEqual([1, 0.5, -2, 0.1, 0, -3].map(Math.fround));
  });

  it('bwn: the sign times the mean magnitude of the channel, sign(0) = +1', () => {
    expect(used('bwn')).toEqual([1, 1.2, -1, 1.2, 1, -1.2].map(Math.fround));
  });

  it('binary-relax: halfway at first, nearer and nearer, binary in the last fifth', () => {
    expect(used('binary-relax', 0)).toEqual([1, 0.85, -1.5, 0.65, 0.5, -2.1].map((v) => expect.closeTo(v, 6)));
    expect(used('binary-relax', 0.4)[2]).toBeCloseTo((10 * -1 - 2) / 11, 6);
    expect(used('binary-relax', 0.8)).toEqual(used('bwn'));
  });

  it('twn: 0 up to 0.7 of the mean magnitude, else the mean of those above', () => {
    expect(used('twn')).toEqual([1.5, 0, -1.5, 0, 0, -3]);
  });

  it('ttq: one scale for each sign, 0 up to a twentieth of the largest of the layer', () => {
    expect(used('ttq')).toEqual([0.7, 0.7, -0.3, 0, 0, -0.3].map(Math.fround));
    expect(initialTtqScale(weights('ttq').latent.values)).toBeCloseTo((1 + 0.5 + 2 + 3) / 4, 6);
  });
});

describe('gradients', () => {
  const gradient = Float32Array.of(1, 2, 3, 4, 5, 6);

  it.each(['full', 'bwn', 'binary-relax', 'twn'] as const)('%s: straight through', (rule) => {
    const w = weights(rule);
    latentGradient(w, gradient);
    expect(w.latent.gradient).toEqual(gradient);
  });

  it('ttq: times the scale, and the sums for the scales', () => {
    const w = weights('ttq');
    latentGradient(w, gradient);
    expect([...w.latent.gradient]).toEqual([0.7, 1.4, 0.9, 4, 5, 1.8].map((v) => expect.closeTo(v, 6)));
    expect(w.scales.map((scale) => scale.gradient[0])).toEqual([3, -9]);
  });
});

it.each(['bwn', 'twn'] as const)('%s is the sum of its planes', (rule) => {
  const w = weights(rule);
  quantise(w, 1);
  const planes = codesOfRule(w)!;
  expect(planes).toHaveLength(rule === 'twn' ? 2 : 1);
  const sums = Array.from(w.used, (_, i) =>
    planes.reduce((sum, { bits, alpha }) => sum + (bits[i] === 1 ? 1 : -1) * alpha[i % 2]!, 0),
  );
  expect(sums).toEqual([...w.used]);
});

it('full precision and ttq are no sums of planes', () => {
  expect([codesOfRule(weights('full')), codesOfRule(weights('ttq'))]).toEqual([null, null]);
});
