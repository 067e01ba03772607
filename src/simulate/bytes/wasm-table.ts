/** Prepares a layer for wasm-finish.ts where its tensors are of the kind that it takes. */
import type { RequantiseRow } from './requantise.js';
import { CONSTANTS, type FinishRow, TABLE_HEAD, tableBytes } from './wasm-finish.js';
import { maskedStarts } from './wasm-weights.js';
import type { WeightedLayer } from './weighted.js';

/** The requantiser in WebAssembly; null where a tensor has two bytes an element, channels are no multiple of 4, or z itself is wanted. */
export function finishInWasm(
  layer: WeightedLayer,
  finishRow: FinishRow,
  allocate: (bytes: number) => Uint8Array,
  sums: Uint8Array,
  sumPitch: number,
): RequantiseRow | null {
  const { input, output, residual, channels, digits } = layer;
  if (output instanceof Float64Array || channels % 4 !== 0) return null;
  if ([input, output, residual?.tensor].some((tensor) => tensor?.place.bytes === 2)) return null;
  const table = tableOf(layer, allocate);
  const added = residual?.tensor ?? null;
  return (pixel, count, image, y) => {
    const place = output.place;
    const from = added && added.place.origin + image * added.place.imagePitch + y * added.place.rowPitch;
    finishRow(
      sums.byteOffset + pixel * sumPitch,
      sumPitch,
      count,
      output.data.byteOffset + place.origin + image * place.imagePitch + y * place.rowPitch,
      place.pixelPitch,
      added === null ? 0 : added.data.byteOffset + from!,
      added?.place.pixelPitch ?? 0,
      channels,
      digits,
      table,
    );
  };
}

function tableOf(layer: WeightedLayer, allocate: (bytes: number) => Uint8Array): number {
  const { channels, digits, shift, factors } = layer;
  const bytes = allocate(tableBytes(channels, digits));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const doubles = (at: number, values: Iterable<number>): void => {
    for (const [i, value] of [...values].entries()) view.setFloat64(at + 8 * i, value, true);
  };
  const integers = (at: number, values: Iterable<number>): void => {
    for (const [i, value] of [...values].entries()) view.setInt32(at + 4 * i, value, true);
  };
  const twice = (at: number, value: number): void => doubles(at, [value, value]);
  twice(CONSTANTS.rounding, shift === 0 ? 0 : 2 ** (shift - 1));
  twice(CONSTANTS.unit, 2 ** -shift);
  twice(CONSTANTS.low, layer.low);
  twice(CONSTANTS.high, layer.high);
  twice(CONSTANTS.multiplier, layer.residual?.multiplier ?? 0);
  const zero = layer.output instanceof Float64Array ? 0 : layer.output.place.zero;
  integers(CONSTANTS.zero, new Array<number>(4).fill(zero));
  integers(CONSTANTS.residualZero, new Array<number>(4).fill(layer.residual?.tensor.place.zero ?? 0));
  doubles(TABLE_HEAD, layer.beta);
  const starts = maskedStarts(layer);
  for (let term = 0; term < digits; term++) {
    const at = TABLE_HEAD + channels * (8 + 12 * term);
    integers(at, starts.subarray(term * channels, (term + 1) * channels));
    doubles(at + 4 * channels, factors.subarray(term * channels, (term + 1) * channels));
  }
  return bytes.byteOffset;
}
