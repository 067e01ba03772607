/** Quantisers as files spell them, model files and network files alike, and back. */
import type { QuantiserDocument } from './schema.js';
import type { Quantiser } from './types.js';

/** The field as it was read, where it is there. */
export function quantiserOf(document: QuantiserDocument | undefined): { quantiser?: Quantiser } {
  if (document === undefined) return {};
  if ('bipolar' in document) return { quantiser: { kind: 'bipolar', scale: document.scale } };
  return { quantiser: { kind: 'uniform', ...document } };
}

/** The field to write, where there is a quantiser. */
export function quantiserDocument(quantiser: Quantiser | undefined): { quantiser?: QuantiserDocument } {
  if (quantiser === undefined) return {};
  if (quantiser.kind === 'bipolar') return { quantiser: { bipolar: true, scale: quantiser.scale } };
  const { bits, signed, narrow, scale, rounding } = quantiser;
  return { quantiser: { bits, signed, narrow, scale, rounding } };
}
