/** Random planes and requantisers for random-network.ts, scaled so that outputs spread over their format. */
import type { Random } from '../../src/base/random.js';
import { formatRange } from '../../src/fixed/shapes.js';
import type { IntFormat, IntPlane, IntWeightedNode, Requantiser } from '../../src/fixed/types.js';
import { deriveWidths } from '../../src/fixed/widths.js';
import { decrypt, randomMatrix, sliceCount, tapMatrix } from '../../src/xor/matrix.js';

interface LayerShape {
  readonly name: string;
  readonly inputFormat: IntFormat;
  readonly windowSize: number;
  readonly outChannels: number;
  /** null: the layer yields logits. */
  readonly outputFormat: IntFormat | null;
}

type Weighted = Pick<IntWeightedNode, 'windowSize' | 'outChannels' | 'planes' | 'requantiser' | 'widths'> & {
  readonly outputFormat: IntFormat;
};

/** Planes, requantiser and widths of one layer. */
export function randomWeights(random: Random, layer: LayerShape): Weighted {
  const { windowSize, outChannels } = layer;
  const q = random.pick([1, 1, 1, 1, 1, 2, 2, 3]);
  const planes = Array.from({ length: q }, () => randomPlane(random, windowSize * outChannels));
  const requantiser = randomRequantiser(random, layer, q);
  const widths = deriveWidths({ ...layer, planes, requantiser });
  return { windowSize, outChannels, planes, requantiser, widths, outputFormat: layer.outputFormat ?? widths.scaled };
}

function randomPlane(random: Random, weights: number): IntPlane {
  const nIn = random.between(1, 24);
  const nOut = random.between(1, 32);
  const matrix =
    random.below(2) === 0 ? randomMatrix(nIn, nOut, random) : tapMatrix(nIn, nOut, Math.min(2, nIn), random);
  const encrypted = Uint8Array.from({ length: sliceCount(weights, matrix) * nIn }, () => random.below(2));
  return { nIn, nOut, matrix: matrix.bits, encrypted, codes: decrypt(encrypted, matrix, weights) };
}

/**
 * Multipliers of every size and both signs; the shift follows from the standard deviation of z, estimated for independent
 * inputs that are uniform over their format.
 */
function randomRequantiser(random: Random, layer: LayerShape, q: number): Requantiser {
  const multiplierBits = random.pick([16, 16, random.between(2, 6), random.between(7, 24)]);
  const limit = 2 ** (multiplierBits - 1);
  const multipliers = Array.from({ length: q }, (_, plane) =>
    Int32Array.from({ length: layer.outChannels }, () => {
      const top = Math.max(1, Math.floor((limit - 1) / 2 ** plane));
      const magnitude = random.between(Math.ceil(top / 3), top);
      return random.below(6) === 0 ? -Math.min(magnitude + random.below(2), limit) : magnitude;
    }),
  );
  const a = formatRange(layer.inputFormat);
  const rms = Math.sqrt((a.low * a.low + a.low * a.high + a.high * a.high) / 3);
  const deviation = Math.max(1, (limit / 2) * Math.sqrt(layer.windowSize) * rms * 0.8);
  const beta = Float64Array.from({ length: layer.outChannels }, () => Math.round(random.normal() * deviation * 0.4));
  if (layer.outputFormat === null) return { multipliers, multiplierBits, beta, output: null };
  const range = formatRange(layer.outputFormat);
  const wanted = (range.high - range.low) / (layer.outputFormat.signed ? 4 : 2);
  const shift = Math.max(0, Math.round(Math.log2(deviation / wanted)));
  const low = layer.outputFormat.signed ? random.pick([range.low, -range.high, 0]) : range.low;
  return { multipliers, multiplierBits, beta, output: { shift, low, high: range.high } };
}
