/** The requantiser of a weighted node over a whole output: z = Σ m·acc + m_r·r + β, rounding shift and clamp. */
import type { IntConvNode, IntDenseNode } from '../fixed/types.js';

/** Activations fit 32-bit integers; logits may need 53 bits. */
export type Stream = Int32Array | Float64Array;

/** Turns accumulators (outputs × planes × channels) and the residual input into the node's output stream. */
export type Requantise = (acc: Float64Array, residual: Int32Array | undefined) => Stream;

export function prepareRequantise(node: IntConvNode | IntDenseNode, outputs: number): Requantise {
  const { outChannels: channels, planes, requantiser } = node;
  const factors = planeFactors(node);
  const shortcut = node.residual?.multiplier ?? 0;
  const { beta, output } = requantiser;
  const z = new Float64Array(channels);
  return (acc, residual) => {
    const result = output === null ? new Float64Array(outputs * channels) : new Int32Array(outputs * channels);
    for (let p = 0; p < outputs; p++) {
      z.set(beta);
      for (let i = 0; i < planes.length; i++) {
        const m = factors[i]!;
        const from = (p * planes.length + i) * channels;
        for (let c = 0; c < channels; c++) z[c]! += m[c]! * acc[from + c]!;
      }
      if (residual !== undefined) for (let c = 0; c < channels; c++) z[c]! += shortcut * residual[p * channels + c]!;
      if (output === null) result.set(z, p * channels);
      else roundAndClamp(z, output, result, p * channels);
    }
    return result;
  };
}

/** What acc of each plane counts in z: its multipliers; those of joined planes are 2^i times the one row. */
function planeFactors({ planes, requantiser }: IntConvNode | IntDenseNode): readonly Float64Array[] {
  const { joined, multipliers } = requantiser;
  return planes.map((_, i) => Float64Array.from(multipliers[joined ? 0 : i]!, (m) => (joined ? m * 2 ** i : m)));
}

function roundAndClamp(
  z: Float64Array,
  { shift, low, high }: { shift: number; low: number; high: number },
  result: Stream,
  at: number,
): void {
  const rounding = shift === 0 ? 0 : 2 ** (shift - 1);
  const unit = 2 ** -shift;
  for (let c = 0; c < z.length; c++) {
    const y = Math.floor((z[c]! + rounding) * unit);
    result[at + c] = y < low ? low : y > high ? high : y;
  }
}
