/**
 * Full-precision weights as q binary planes: w ≈ Σ_{i<q} α_{i,c}·b_i with b ∈ {−1, +1}.
 *
 * Uniform codes have α_{i,c} = 2^i·s_c, so that w ≈ s_c·k with k an odd integer of magnitude at most 2^q − 1, and bit i of
 * (k + 2^q − 1)/2 is b_i; their planes can be joined before one multiplier. Greedy codes take, plane after plane, the
 * signs of what is left and their mean magnitude a channel. The codes with the smaller squared error over the layer win,
 * uniform ones on a tie.
 */

/** Codes and scales of a layer. */
export interface FloatCodes {
  /** Per plane, V·C_out bits, index v·C_out + c. */
  readonly codes: readonly Uint8Array[];
  /** α per plane and channel; of uniform codes one row, s. */
  readonly alphas: readonly Float64Array[];
  /** Uniform codes. */
  readonly joined: boolean;
}

/** Largest |w| at the top of the codes, or some of it clipped: fractions of it that are tried. */
const CLIPPINGS = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3];

/** The best codes of `planes` planes for weights in v·C_out + c order. */
export function floatCodes(values: Float32Array, outChannels: number, planes: number): FloatCodes {
  const uniform = uniformCodes(values, outChannels, planes);
  const greedy = greedyCodes(values, outChannels, planes);
  return greedy.error < uniform.error ? greedy.codes : uniform.codes;
}

interface Coded {
  readonly codes: FloatCodes;
  /** Σ (w − coded w)². */
  readonly error: number;
}

function uniformCodes(values: Float32Array, outChannels: number, planes: number): Coded {
  const codes = Array.from({ length: planes }, () => new Uint8Array(values.length));
  const scales = new Float64Array(outChannels);
  const top = 2 ** planes - 1;
  const rows = values.length / outChannels;
  let error = 0;
  for (let c = 0; c < outChannels; c++) {
    const channel = Float32Array.from({ length: rows }, (_, v) => values[v * outChannels + c]!);
    const best = CLIPPINGS.map((clipping) => uniformChannel(channel, clipping, top)).reduce((a, b) =>
      b.error < a.error ? b : a,
    );
    error += best.error;
    scales[c] = best.scale;
    for (const [v, k] of best.integers.entries()) {
      const bits = (k + top) / 2;
      for (let i = 0; i < planes; i++) codes[i]![v * outChannels + c] = (bits >> i) & 1;
    }
  }
  return { codes: { codes, alphas: [scales], joined: true }, error };
}

/** Odd integers for one channel, and the scale that suits them best. */
function uniformChannel(channel: Float32Array, clipping: number, top: number) {
  const largest = channel.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const step = (largest * clipping) / top;
  const integers = Int32Array.from(channel, (w) =>
    step === 0 ? 1 : Math.max(-top, Math.min(top, 2 * Math.floor(w / step / 2) + 1)),
  );
  const [products, squares] = [sum(channel, (w, v) => w * integers[v]!), sum(integers, (k) => k * k)];
  const scale = step === 0 ? 0 : products / squares;
  return { integers, scale, error: sum(channel, (w, v) => (w - scale * integers[v]!) ** 2) };
}

function greedyCodes(values: Float32Array, outChannels: number, planes: number): Coded {
  const rest = Float64Array.from(values);
  const codes: Uint8Array[] = [];
  const alphas: Float64Array[] = [];
  for (let i = 0; i < planes; i++) {
    const bits = new Uint8Array(rest.length);
    const alpha = new Float64Array(outChannels);
    for (let f = 0; f < rest.length; f++) {
      bits[f] = rest[f]! < 0 ? 0 : 1;
      alpha[f % outChannels]! += Math.abs(rest[f]!);
    }
    for (let c = 0; c < outChannels; c++) alpha[c]! /= values.length / outChannels;
    for (let f = 0; f < rest.length; f++)
      rest[f]! -= bits[f] === 1 ? alpha[f % outChannels]! : -alpha[f % outChannels]!;
    codes.push(bits);
    alphas.push(alpha);
  }
  return { codes: { codes, alphas, joined: false }, error: sum(rest, (w) => w * w) };
}

function sum<T extends ArrayLike<number>>(values: T, term: (x: number, i: number) => number): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += term(values[i]!, i);
  return total;
}
