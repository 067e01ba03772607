/** Random planes and requantisers for random-network.ts, scaled so that outputs spread over their format. */
import type { Random } from '../../src/base/random.js';
import { formatRange } from '../../src/fixed/shapes.js';
import type { IntFormat, IntPlane, IntWeightedNode, Requantiser } from '../../src/fixed/types.js';
import { decrypt, identityMatrix, randomMatrix, sliceCount, tapMatrix } from '../../src/xor/matrix.js';

type Weights = Pick<IntWeightedNode, 'windowSize' | 'outChannels' | 'planes' | 'residual' | 'requantiser'>;

/** Planes and multipliers of one layer; beta is 0 and z leaves unshifted until `calibrate` decides. */
export function randomWeights(random: Random, windowSize: number, outChannels: number): Weights {
  const q = random.pick([1, 1, 1, 1, 1, 2, 2, 3, random.between(4, 8)]);
  // Full-precision layers: planes of weights that are powers of two apart, stored as they are.
  const joined = q > 1 && random.below(2) === 0;
  // N_in and N_out belong to the layer, M⊕ to the plane.
  const nIn = random.between(1, 24);
  const nOut = joined ? nIn : random.between(1, 32);
  const planes = Array.from({ length: q }, () => randomPlane(random, nIn, nOut, windowSize * outChannels, joined));
  const requantiser = randomMultipliers(random, outChannels, joined ? 1 : q, joined);
  return { windowSize, outChannels, planes, residual: null, requantiser };
}

function randomPlane(random: Random, nIn: number, nOut: number, weights: number, plain: boolean): IntPlane {
  const matrix = plain
    ? identityMatrix(nIn)
    : random.below(2) === 0
      ? randomMatrix(nIn, nOut, random)
      : tapMatrix(nIn, nOut, Math.min(2, nIn), random);
  const encrypted = Uint8Array.from({ length: sliceCount(weights, matrix) * nIn }, () => random.below(2));
  return { nIn, nOut, matrix: matrix.bits, encrypted, codes: decrypt(encrypted, matrix, weights) };
}

/** Multipliers of every size and both signs; later planes get smaller ones, as greedy codes do. */
function randomMultipliers(random: Random, outChannels: number, q: number, joined: boolean): Requantiser {
  const multiplierBits = random.pick([16, 16, random.between(2, 6), random.between(7, joined ? 16 : 24)]);
  const limit = 2 ** (multiplierBits - 1);
  const multipliers = Array.from({ length: q }, (_, plane) =>
    Int32Array.from({ length: outChannels }, () => {
      const top = Math.max(1, Math.floor((limit - 1) / 2 ** plane));
      const magnitude = random.between(Math.ceil(top / 3), top);
      return random.below(6) === 0 ? -Math.min(magnitude + random.below(2), limit) : magnitude;
    }),
  );
  return { joined, multipliers, multiplierBits, beta: new Float64Array(outChannels), output: null };
}

/** m_r at which the residual input weighs about as much as z without it, of either sign. */
export function residualMultiplier(
  random: Random,
  z: readonly Float64Array[],
  residual: readonly Float64Array[],
): number {
  const ratio = deviationOf(z) / Math.max(1, deviationOf(residual));
  const magnitude = Math.max(1, Math.min(2 ** 23 - 1, Math.round(ratio * (0.3 + 2 * random.float()))));
  return random.below(5) === 0 ? -magnitude : magnitude;
}

function deviationOf(samples: readonly Float64Array[]): number {
  const values = samples.flatMap((sample) => Array.from(sample));
  const middle = mean(values);
  return Math.sqrt(mean(values.map((x) => (x - middle) ** 2)));
}

/**
 * Chooses beta and shift from samples of z (outputs of the layer with beta 0 and no output stage): channels are roughly
 * centred, as batch normalisation does, and the deviation of z fills a part of the output format.
 */
export function calibrate(
  random: Random,
  requantiser: Requantiser,
  samples: readonly Float64Array[],
  format: IntFormat | null,
): Requantiser {
  const channels = requantiser.beta.length;
  const z = samples.flatMap((sample) => Array.from(sample));
  const means = Array.from({ length: channels }, (_, c) => mean(z.filter((_, i) => i % channels === c)));
  const deviation = Math.max(1, Math.sqrt(mean(z.map((x, i) => (x - means[i % channels]!) ** 2))));
  const beta = Float64Array.from(means, (m) => Math.round(random.normal() * deviation * 0.4 - m));
  if (format === null) return { ...requantiser, beta };
  const range = formatRange(format);
  const wanted = (range.high - range.low) / (format.signed ? 4 : 2);
  const shift = Math.max(0, Math.round(Math.log2(deviation / wanted)));
  const low = format.signed ? random.pick([range.low, -range.high, 0]) : range.low;
  return { ...requantiser, beta, output: { shift, low, high: range.high } };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
