/** Constants that are added to, multiplied with or compared with a tensor: one number a channel of the model. */
import { broadcastDims, broadcastIndices, sameNumbers } from '../execute/indices.js';
import { Refusal } from './builder.js';
import type { Builder, Source } from './builder.js';

/** The constant's value for each channel of the source's tensor; refuses where a channel has several. */
export function channelConstant(builder: Builder, name: string, source: Source): Float32Array {
  const constant = builder.graph.constants.get(name)!;
  return channelValues(constant.dims, constant.values, source, 'its constant');
}

/** The same for numbers that broadcast to the source's dims. */
export function channelValues(
  dims: readonly number[],
  values: ArrayLike<number>,
  source: Source,
  what: string,
): Float32Array {
  const target = broadcastDims([dims, source.dims]);
  if (target === null || !sameNumbers(target, source.dims)) {
    throw new Refusal(`${what} [${dims.join(', ')}] changes the shape of its input`, 'use one number a channel');
  }
  const at = broadcastIndices(dims, source.dims);
  const { channels } = source.shape;
  const result = new Float32Array(channels);
  const known = new Uint8Array(channels);
  source.places.forEach((place, i) => {
    const c = place % channels;
    const value = values[at[i]!]!;
    if (known[c] === 1 && result[c] !== Math.fround(value)) {
      throw new Refusal(`${what} differs within a channel`, 'use one number a channel');
    }
    result[c] = value;
    known[c] = 1;
  });
  return result;
}

/** The one value of a constant, null where it has several. */
export function singleValue(builder: Builder, name: string): number | null {
  const { values } = builder.graph.constants.get(name)!;
  return values.length > 0 && values.every((value) => value === values[0]) ? values[0]! : null;
}
