/**
 * Folds α, bias, batch norm and the scales of input, residual input and output into integer multipliers, beta and one
 * shift a layer.
 *
 * The float layer is y_c = g_c·(Σ_i α_{i,c}·s_in·acc_{i,c} + bias_c − mean_c) + bnBeta_c with g_c = gamma_c/√(variance_c + ε)
 * (1 without batch norm). In units of k⁻¹ (k integers a real unit) it is z_c = Σ_i m_{i,c}·acc_{i,c} + β_c with
 * m_{i,c} = round(g_c·α_{i,c}·s_in·k) and β_c = round((g_c·(bias_c − mean_c) + bnBeta_c)·k). A residual input of scale s_r
 * adds m_r·r with m_r = round(s_r·k). A layer with an output stage has k = 2^shift/s_out; the last one takes the largest k
 * that its multipliers allow.
 */
import { FlexorError } from '../base/errors.js';
import type { ChainStage } from '../model/chain.js';
import type { Interval } from './shapes.js';
import type { IntTensor, Requantiser } from './types.js';
import { EXACT_LIMIT, RESIDUAL_MULTIPLIER_BITS } from './widths.js';

/** More shift than this cannot change any output. */
const MAX_SHIFT = 48;

/** The affine map of a layer in real numbers: y_c = Σ_i gains[i][c]·(acc_{i,c}·s_in) + offsets[c], i over multipliers. */
export interface Affine {
  readonly gains: readonly Float64Array[];
  readonly offsets: Float64Array;
}

/** A stage of a chain as y = gain_c·x + offset_c, in doubles. */
export function affineOf(
  stage: Exclude<ChainStage, { kind: 'clamp' }>,
  outChannels: number,
): { readonly gain: Float64Array; readonly offset: Float64Array } {
  if (stage.kind === 'bias') {
    return { gain: new Float64Array(outChannels).fill(1), offset: Float64Array.from(stage.values) };
  }
  const { gamma, beta, mean, variance, epsilon } = stage.batchNorm;
  const gain = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c]! + epsilon));
  return { gain, offset: gain.map((g, c) => beta[c]! - g * mean[c]!) };
}

export interface OutputStage {
  readonly scale: number;
  readonly clamp: Interval;
}

/** What sets the size of the integers of a layer. */
export interface LayerScale {
  readonly name: string;
  readonly inputScale: number;
  /** Largest magnitude that any multiplier takes, for the bound on z. */
  readonly largestSum: number;
  /** All planes share one multiplier (fixed/types.ts). */
  readonly joined: boolean;
  /** What is added, where the layer has a residual input. */
  readonly residual: IntTensor | null;
  readonly multiplierBits: number;
  /** The shift that hardware has already; null: the best one. */
  readonly shift: number | null;
  /** Bits of the multipliers to leave free, so that those of another model fit at the same shift. */
  readonly headroomBits: number;
}

export interface HiddenRequantiser {
  readonly requantiser: Requantiser;
  /** m_r; 0 without a residual input. */
  readonly residualMultiplier: number;
}

/** Requantiser of a layer that feeds another: the largest shift whose multipliers fit and whose z stays exact. */
export function hiddenRequantiser(affine: Affine, layer: LayerScale, stage: OutputStage): HiddenRequantiser {
  for (let shift = layer.shift ?? MAX_SHIFT; shift >= (layer.shift ?? 0); shift--) {
    const integers = integersAt(affine, layer, 2 ** shift / stage.scale);
    const { low, high } = stage.clamp;
    if (fits(integers, layer, Math.max(2, layer.multiplierBits - layer.headroomBits))) {
      const { residualMultiplier } = integers;
      return { requantiser: requantiserOf(integers, layer, { shift, low, high }), residualMultiplier };
    }
  }
  if (layer.shift !== null) {
    throw new FlexorError(
      'width',
      `layer ${layer.name}: multipliers do not fit ${layer.multiplierBits} bits at the shift of ${layer.shift} that the ` +
        'hardware has; generate it for this model or with more multiplier bits',
    );
  }
  const { multipliers, residualMultiplier } = integersAt(affine, layer, 1 / stage.scale);
  if (!fitsBits(residualMultiplier, RESIDUAL_MULTIPLIER_BITS)) {
    throw new FlexorError(
      'width',
      `layer ${layer.name}: the range of its residual input is ${residualMultiplier} times that of its output and would ` +
        'saturate it; check the ranges in the model',
    );
  }
  const ratio = layer.inputScale / stage.scale;
  const ranges = `a unit of its input is ${ratio.toPrecision(3)} units of its output`;
  if (multipliers.every((row) => row.every((m) => fitsBits(m, layer.multiplierBits)))) {
    const offset = largestOf([affine.offsets]);
    throw new FlexorError(
      'width',
      `layer ${layer.name}: its bias or batch norm adds ${offset}, ${(offset / stage.scale).toPrecision(3)} units of its ` +
        `output, which leaves the sums that are exact; check the layer's bias and range in the model`,
    );
  }
  // The integer itself is saturated, so the real number is told.
  const largest = largestOf(affine.gains) * ratio;
  throw new FlexorError(
    'width',
    `layer ${layer.name}: multiplier ${largest.toPrecision(4)} does not fit ${layer.multiplierBits} signed bits even ` +
      `without a shift (${ranges}); use more multiplier bits or fewer activation bits, or check the ranges in the model`,
  );
}

/** Requantiser of the last layer, with the real value of one unit of its logits, common to all classes. */
export function logitRequantiser(affine: Affine, layer: LayerScale): { requantiser: Requantiser; scale: number } {
  const gain = largestOf(affine.gains) * layer.inputScale;
  const offset = largestOf([affine.offsets]);
  const largest = 2 ** (layer.multiplierBits - 1) - 1;
  // Without any weight only the offsets matter; their own size then sets the unit.
  let unitsPerOne = gain > 0 ? largest / gain : offset > 0 ? largest / offset : 1;
  let integers = integersAt(affine, layer, unitsPerOne);
  while (!fits(integers, layer, layer.multiplierBits)) {
    unitsPerOne /= 2;
    integers = integersAt(affine, layer, unitsPerOne);
  }
  return { requantiser: requantiserOf(integers, layer, null), scale: 1 / unitsPerOne };
}

function largestOf(rows: readonly (Int32Array | Float64Array)[]): number {
  let largest = 0;
  for (const row of rows) for (const x of row) largest = Math.max(largest, Math.abs(x));
  return largest;
}

function requantiserOf(integers: Integers, layer: LayerScale, output: Requantiser['output']): Requantiser {
  const { multipliers, beta } = integers;
  return { joined: layer.joined, multipliers, multiplierBits: layer.multiplierBits, beta, output };
}

interface Integers {
  readonly multipliers: Int32Array[];
  readonly beta: Float64Array;
  readonly residualMultiplier: number;
}

/** Multipliers that leave 32 bits come out saturated and then fail `fits`. */
function integersAt(affine: Affine, layer: LayerScale, unitsPerOne: number): Integers {
  const saturate = (x: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.round(x)));
  return {
    multipliers: affine.gains.map((row) => Int32Array.from(row, (g) => saturate(g * layer.inputScale * unitsPerOne))),
    beta: affine.offsets.map((o) => Math.round(o * unitsPerOne) + 0),
    residualMultiplier: layer.residual === null ? 0 : saturate(layer.residual.scale * unitsPerOne),
  };
}

function fitsBits(x: number, bits: number): boolean {
  const limit = Math.min(2 ** (bits - 1), 2 ** 31 - 1);
  return x >= -limit && x < limit;
}

/** Multipliers fit their bits, saturated ones never do; and |z| stays below 2^52, with room for the rounding term. */
function fits({ multipliers, beta, residualMultiplier }: Integers, layer: LayerScale, bits: number): boolean {
  if (!fitsBits(residualMultiplier, RESIDUAL_MULTIPLIER_BITS)) return false;
  const shortcut = layer.residual === null ? 0 : Math.abs(residualMultiplier) * 2 ** layer.residual.format.bits;
  return beta.every((b, c) => {
    let bound = Math.abs(b) + shortcut;
    for (const row of multipliers) {
      if (!fitsBits(row[c]!, bits)) return false;
      bound += Math.abs(row[c]!) * layer.largestSum;
    }
    return bound < EXACT_LIMIT / 2;
  });
}
