/** The baselines' rules on numbers that one can check by hand, and against loops over their papers' equations; their training is in resnet.test.ts. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { PLAIN_KERNELS } from '../../src/train/weights/array-kernels.js';
import { encryptedPlanes, planeCode, type PlaneCode } from '../../src/train/weights/nearest-rule.js';
import {
  codesOfRule,
  initialScales,
  latentGradient,
  quantise,
  type LatentKind,
} from '../../src/train/weights/quantisers.js';
import { decrypt, identityMatrix, systematicMatrix } from '../../src/xor/matrix.js';
import type { XorMatrix } from '../../src/xor/types.js';

const learnt = (...values: number[]) => ({
  values: Float32Array.from(values),
  gradient: new Float32Array(values.length),
});

/** Weights [V = 3, C_out = 2]: channel 0 is 1, −2, 0 and channel 1 is 0.5, 0.1, −3. */
function weights(rule: LatentKind) {
  const latent = learnt(1, 0.5, -2, 0.1, 0, -3);
  const scales = rule === 'ttq' ? [learnt(0.7), learnt(0.3)] : [];
  const used = rule === 'full' ? latent.values : new Float32Array(6);
  return { kind: 'latent', rule, channels: 2, planes: 1, code: [], latent, scales, used } as const;
}

function used(rule: LatentKind, progress = 1): number[] {
  const w = weights(rule);
  quantise(PLAIN_KERNELS, w, progress);
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
    const start = (batchNorm: boolean) => initialScales('ttq', weights('ttq').latent.values, 1, batchNorm);
    expect(start(true)).toEqual([
      ['positive', 1],
      ['negative', 1],
    ]);
    const mean = expect.closeTo((1 + 0.5 + 2 + 3) / 4, 6);
    expect(start(false)).toEqual([
      ['positive', mean],
      ['negative', mean],
    ]);
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
  quantise(PLAIN_KERNELS, w, 1);
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

/** Normal weights [V = 40, C_out = 3] with planes and the rule's own first scales, or those given. */
function normals(rule: LatentKind, planes: number, scales?: readonly number[], code: readonly PlaneCode[] = []) {
  const random = new Random(7);
  const latent = learnt(...Array.from({ length: 120 }, () => 0.1 * random.normal()));
  const numbers = scales ?? initialScales(rule, latent.values, planes, true).map(([, value]) => value);
  const used = new Float32Array(120);
  const scaleArrays = numbers.map((v) => learnt(v));
  return { kind: 'latent', rule, channels: 3, planes, code, latent, scales: scaleArrays, used } as const;
}

/** Squared distance of the weights in use from the latent ones. */
function distance({ latent, used }: { latent: { values: Float32Array }; used: Float32Array }): number {
  return used.reduce((sum, value, i) => sum + (value - latent.values[i]!) ** 2, 0);
}

describe('sums of planes', () => {
  it.each([
    ['lq-net', 1],
    ['lq-net', 2],
    ['lq-net', 3],
    ['abc-net', 1],
    ['abc-net', 3],
    ['dsq', 1],
    ['dsq', 2],
    ['dsq', 3],
    ['qil', 2],
  ] as const)('%s with q = %i is the sum of the planes that go into the file', (rule, planes) => {
    const w = normals(rule, planes);
    quantise(PLAIN_KERNELS, w, 1);
    const codes = codesOfRule(w)!;
    expect(codes).toHaveLength(planes);
    w.used.forEach((value, i) => {
      const sum = codes.reduce((s, { bits, alpha }) => s + (2 * bits[i]! - 1) * alpha[i % 3]!, 0);
      expect(sum).toBeCloseTo(value, 6);
    });
  });

  it('lq-net: one plane is bwn, each weight takes the nearest sum, and more planes are nearer', () => {
    const [one, two, three, bwn] = [
      normals('lq-net', 1),
      normals('lq-net', 2),
      normals('lq-net', 3),
      normals('bwn', 1),
    ];
    for (const w of [one, two, three, bwn]) quantise(PLAIN_KERNELS, w, 1);
    expect([...one.used]).toEqual([...bwn.used].map((v) => expect.closeTo(v, 6)));
    expect(distance(two)).toBeLessThan(0.5 * distance(one));
    expect(distance(three)).toBeLessThan(0.5 * distance(two));
    const alpha = codesOfRule(two)!.map((codes) => codes.alpha[0]!);
    // The scales are those of least squares: the error is at right angles to each plane.
    for (const { bits } of codesOfRule(two)!) {
      let product = 0;
      for (let i = 0; i < 120; i += 3) product += (two.used[i]! - two.latent.values[i]!) * (2 * bits[i]! - 1);
      expect(product).toBeCloseTo(0, 5);
    }
    expect(alpha[0]).toBeGreaterThan(alpha[1]!);
  });

  it('abc-net: shifted signs with scales that no small change improves', () => {
    const w = normals('abc-net', 3);
    quantise(PLAIN_KERNELS, w, 1);
    const planes = codesOfRule(w)!;
    const values = Array.from({ length: 40 }, (_, v) => w.latent.values[3 * v]!);
    const mean = values.reduce((sum, v) => sum + v) / 40;
    const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 40);
    [-1, 0, 1].forEach((u, i) => {
      const bits = values.map((_, v) => planes[i]!.bits[3 * v]!);
      expect(bits).toEqual(values.map((value) => Number(value - mean + u * std >= 0)));
    });
    const error = (moved: number, by: number): number =>
      values.reduce((sum, value, v) => {
        const total = planes.reduce(
          (s, { bits, alpha }, i) => s + (2 * bits[3 * v]! - 1) * (alpha[0]! + (i === moved ? by : 0)),
          0,
        );
        return sum + (total - value) ** 2;
      }, 0);
    for (const i of [0, 1, 2]) for (const by of [-1e-3, 1e-3]) expect(error(i, by)).toBeGreaterThan(error(i, 0));
  });

  it('abc-net: the gradient times the sum of the scales', () => {
    const w = normals('abc-net', 3);
    latentGradient(w, new Float32Array(120).fill(2));
    const planes = codesOfRule(w)!;
    const sum = (c: number): number => planes.reduce((s, { alpha }) => s + alpha[c]!, 0);
    expect([...w.latent.gradient.subarray(0, 3)]).toEqual([0, 1, 2].map((c) => expect.closeTo(2 * sum(c), 5)));
  });
});

/** The curve whose gradient dsq takes, as its paper writes it, with interval number i and its centre. */
function softDsq(x: number, [u, alpha]: readonly number[], q: number): number {
  if (Math.abs(x) >= u!) return Math.sign(x) * u!;
  const step = (2 * u!) / (2 ** q - 1);
  const k = Math.log(2 / alpha! - 1) / step;
  const i = Math.floor((x + u!) / step);
  const phi = Math.tanh(k * (x + u! - (i + 0.5) * step)) / Math.tanh(0.5 * k * step);
  return -u! + step * (i + (phi + 1) / 2);
}

/** QIL's weights before they are rounded. */
function softQil(x: number, [c, d, gamma]: readonly number[]): number {
  const m = Math.abs(x);
  if (m < c! - d!) return 0;
  return Math.sign(x) * (m > c! + d! ? 1 : ((0.5 / d!) * m - (0.5 * c!) / d! + 0.5) ** gamma!);
}

describe('intervals', () => {
  it('dsq takes the nearest of 2^q levels, qil of those from −1 to 1', () => {
    const dsq = normals('dsq', 2, [0.12, 0.2]);
    quantise(PLAIN_KERNELS, dsq, 1);
    const levels = [-0.12, -0.04, 0.04, 0.12];
    dsq.used.forEach((value, i) => {
      const gaps = levels.map((level) => Math.abs(level - dsq.latent.values[i]!));
      expect(value).toBeCloseTo(levels[gaps.indexOf(Math.min(...gaps))]!, 6);
    });
    const qil = normals('qil', 3, [0.1, 0.08, 1.3]);
    quantise(PLAIN_KERNELS, qil, 1);
    qil.used.forEach((value, i) =>
      expect(value).toBeCloseTo(Math.round(3 * softQil(qil.latent.values[i]!, [0.1, 0.08, 1.3])) / 3, 6),
    );
    expect(codesOfRule(qil)).toBeNull();
  });

  it.each([
    ['dsq', 1, [0.12, 0.2], softDsq],
    ['dsq', 3, [0.12, 0.3], softDsq],
    ['qil', 2, [0.1, 0.08, 1.3], softQil],
  ] as const)('%s, q = %i: gradients are those of finite differences of the soft curve', (rule, q, numbers, curve) => {
    const w = normals(rule, q, numbers);
    const random = new Random(8);
    const dUsed = Float32Array.from({ length: 120 }, () => random.normal());
    latentGradient(w, dUsed);
    const h = 1e-6;
    w.latent.values.forEach((x, i) => {
      const slope = (curve(x + h, numbers, q) - curve(x - h, numbers, q)) / (2 * h);
      expect(w.latent.gradient[i]! - slope * dUsed[i]!).toBeCloseTo(0, 3);
    });
    numbers.forEach((_, k) => {
      const loss = (by: number): number => {
        const moved = numbers.map((value, j) => (j === k ? value + by : value));
        return w.latent.values.reduce((sum, x, i) => sum + dUsed[i]! * curve(x, moved, q), 0);
      };
      const numeric = (loss(h) - loss(-h)) / (2 * h) / Math.sqrt(120);
      expect(Math.abs(numeric)).toBeGreaterThan(1e-3);
      expect(w.scales[k]!.gradient[0]! / numeric).toBeCloseTo(1, 3);
    });
  });
});

describe('flexor-nearest', () => {
  // 120 weights in slices of 16: the last one is half used.
  const matrix = (plane: number) => systematicMatrix(8, 16, new Random(plane));
  const nearest = (planes: number, ...matrices: readonly XorMatrix[]) =>
    normals('flexor-nearest', planes, [], matrices.map(planeCode));

  it('is bwn with the identity as M⊕', () => {
    const [w, bwn] = [nearest(1, identityMatrix(16)), normals('bwn', 1)];
    for (const weights of [w, bwn]) quantise(PLAIN_KERNELS, weights, 1);
    expect([...w.used]).toEqual([...bwn.used].map((value) => expect.closeTo(value, 6)));
  });

  it.each([1, 2])('q = %i: what the file stores decrypts to the weights in use', (planes) => {
    const w = nearest(planes, ...[1, 2].slice(0, planes).map(matrix));
    quantise(PLAIN_KERNELS, w, 1);
    const stored = encryptedPlanes(PLAIN_KERNELS, w.latent.values, 3, w.code);
    expect(stored.map(({ encrypted }) => encrypted.length)).toEqual(new Array(planes).fill(8 * 8));
    const codes = stored.map((plane) => decrypt(plane.encrypted, plane.matrix, 120));
    w.used.forEach((value, f) => {
      const sum = stored.reduce((s, { alpha }, i) => s + (2 * codes[i]![f]! - 1) * alpha[f % 3]!, 0);
      expect(sum).toBeCloseTo(value, 6);
    });
  });

  it('has scales of least squares, and comes nearer with a second plane', () => {
    const [one, two] = [nearest(1, matrix(1)), nearest(2, matrix(1), matrix(2))];
    for (const w of [one, two]) quantise(PLAIN_KERNELS, w, 1);
    let product = 0;
    for (let f = 0; f < 120; f += 3) product += (one.used[f]! - one.latent.values[f]!) * Math.sign(one.used[f]!);
    expect(product).toBeCloseTo(0, 5);
    expect(distance(two)).toBeLessThan(0.75 * distance(one));
  });

  it('passes the gradient straight through', () => {
    const w = nearest(1, matrix(1));
    const gradient = Float32Array.from({ length: 120 }, (_, i) => i);
    latentGradient(w, gradient);
    expect(w.latent.gradient).toEqual(gradient);
  });
});
