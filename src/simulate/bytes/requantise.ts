/** The requantiser of a weighted layer after WebAssembly's sums, in JavaScript: z = β + m_r·r + Σ factor·sum, shift and clamp. */
import type { ByteTensor } from './tensor.js';
import { maskedStarts } from './wasm-weights.js';
import type { WeightedLayer } from './weighted.js';

type OutputStage = Pick<WeightedLayer, 'shift' | 'low' | 'high'>;

/** Writes `count` pixels from (y, 0) of an image, from the sums of pixel `pixel` on. */
export type RequantiseRow = (pixel: number, count: number, image: number, y: number) => void;

/** `sums` hold `rows` numbers a pixel and byte of the input. */
export function prepareRequantise(layer: WeightedLayer, sums: Int32Array, rows: number): RequantiseRow {
  const { input, output, residual, channels, digits, beta, factors } = layer;
  const used = digits * channels;
  const starts = maskedStarts(layer);
  const z = new Float64Array(channels);
  return (pixel, count, image, y) => {
    for (let x = 0; x < count; x++) {
      z.set(beta);
      if (residual !== null) addResidual(residual.tensor, residual.multiplier, z, image, y, x);
      for (let byte = 0; byte < input.place.bytes; byte++) {
        for (let digit = 0; digit < digits; digit++) {
          const from = ((pixel + x) * input.place.bytes + byte) * rows + digit * channels;
          const row = byte * used + digit * channels;
          for (let c = 0; c < channels; c++) z[c]! += factors[row + c]! * ((sums[from + c]! + starts[row + c]!) | 0);
        }
      }
      if (output instanceof Float64Array) output.set(z, image * channels);
      else writePixel(layer, output, z, image, y, x);
    }
  };
}

function at({ place }: ByteTensor, image: number, y: number, x: number): number {
  return place.origin + image * place.imagePitch + y * place.rowPitch + x * place.pixelPitch;
}

/** Adds m_r·r of a pixel. */
export function addResidual(
  tensor: ByteTensor,
  multiplier: number,
  z: Float64Array,
  image: number,
  y: number,
  x: number,
): void {
  const { place, data } = tensor;
  const from = at(tensor, image, y, x);
  for (let c = 0; c < z.length; c++) {
    const high = place.bytes === 1 ? 0 : data[from + c + place.planePitch]! << 8;
    z[c]! += multiplier * (high + data[from + c]! - place.zero);
  }
}

/**
 * Shifts and clamps z into a pixel. Every step is exact in a double: the sum stays below 2^53, and a power of two only moves
 * the binary point.
 */
export function writePixel(
  { shift, low, high }: OutputStage,
  output: ByteTensor,
  z: Float64Array,
  image: number,
  y: number,
  x: number,
): void {
  const { place, data } = output;
  const to = at(output, image, y, x);
  const rounding = shift === 0 ? 0 : 2 ** (shift - 1);
  const unit = 2 ** -shift;
  for (let c = 0; c < z.length; c++) {
    const whole = Math.floor((z[c]! + rounding) * unit);
    const value = (whole < low ? low : whole > high ? high : whole) + place.zero;
    data[to + c] = value;
    if (place.bytes === 2) data[to + c + place.planePitch] = value >> 8;
  }
}
