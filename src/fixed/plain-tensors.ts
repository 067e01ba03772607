/** Tensors behind nodes without weights: which may be concatenated, and what the sum of an average pool needs. */
import { FlexorError } from '../base/errors.js';
import { sumFormat } from './shapes.js';
import type { IntShape, IntTensor } from './types.js';
import { MAX_SUM_BITS } from './verify.js';

/** What the model's quantisers say of the inputs of a concatenation must be one thing (shared-formats.ts sees to ranges). */
export function checkAlike(name: string, inputs: readonly string[], tensors: readonly IntTensor[]): void {
  const described = tensors.map(({ format, scale, zero = 0 }) => {
    const kind = zero !== 0 ? 'bipolar' : format.signed ? 'signed' : 'unsigned';
    return `${format.bits} bits ${kind} of scale ${scale}`;
  });
  const other = described.findIndex((text) => text !== described[0]);
  if (other < 0) return;
  throw new FlexorError(
    'unsupported',
    `layer ${name}: what is concatenated must have one format and scale, got ${described[0]} (${inputs[0]}) and ` +
      `${described[other]} (${inputs[other]}); give both the same quantiser`,
  );
}

/** The exact sum over `taps` elements; its scale makes it the mean. */
export function averageTensor(name: string, input: IntTensor, taps: number, shape: IntShape): IntTensor {
  const format = sumFormat(input.format, taps);
  if (format.bits > MAX_SUM_BITS) {
    throw new FlexorError(
      'width',
      `layer ${name}: the exact sum of ${taps} activations of ${input.format.bits} bits needs ${format.bits} bits, the most ` +
        `are ${MAX_SUM_BITS}; use fewer activation bits before it`,
    );
  }
  const zero = input.zero === undefined ? {} : { zero: taps * input.zero };
  return { shape, format, scale: input.scale / taps, ...zero };
}
