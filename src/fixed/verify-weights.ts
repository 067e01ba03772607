/** The part of verification that concerns one layer's stored bits and its requantiser (see verify.ts). */
import { FlexorError, invariant } from '../base/errors.js';
import { decrypt, sliceCount, xorMatrix } from '../xor/matrix.js';
import { sameShape } from '../graph/shapes.js';
import type { IntPlane, IntWeightedNode } from './types.js';

/** Multipliers, m_r too, are kept in 32 signed bits. */
export const MAX_MULTIPLIER_BITS = 32;

/** Lengths agree, everything is a bit, and the encrypted bits decrypt to the codes. */
export function verifyPlane(plane: IntPlane, weights: number, where: string): void {
  const matrix = xorMatrix(plane.nIn, plane.nOut, plane.matrix, where);
  const stored = sliceCount(weights, matrix) * plane.nIn;
  invariant(
    plane.encrypted.length === stored,
    `${where}: ${stored} encrypted bits needed, got ${plane.encrypted.length}`,
  );
  invariant(plane.codes.length === weights, `${where}: ${weights} codes needed, got ${plane.codes.length}`);
  invariant(
    plane.encrypted.every((bit) => bit <= 1),
    `${where}: every encrypted bit is 0 or 1`,
  );
  const expected = decrypt(plane.encrypted, matrix, weights);
  const wrong = expected.findIndex((bit, f) => bit !== plane.codes[f]);
  invariant(wrong < 0, `${where}: code ${wrong} is not what its encrypted bits give`);
}

/** Sizes, integers and ranges of multipliers, beta, shift and clamp. */
export function verifyRequantiser(node: IntWeightedNode): void {
  const { name, planes, outChannels } = node;
  const { joined, multipliers, multiplierBits, beta, output } = node.requantiser;
  if (!Number.isInteger(multiplierBits) || multiplierBits < 2 || multiplierBits > MAX_MULTIPLIER_BITS) {
    throw new FlexorError(
      'width',
      `layer ${name}: multipliers must have 2 to ${MAX_MULTIPLIER_BITS} bits, got ${multiplierBits}`,
    );
  }
  const rows = joined ? 1 : planes.length;
  invariant(multipliers.length === rows, `node ${name}: needs multipliers in ${rows} rows, got ${multipliers.length}`);
  const limit = 2 ** (multiplierBits - 1);
  for (const row of multipliers) {
    invariant(row.length === outChannels, `node ${name}: needs ${outChannels} multipliers a row, got ${row.length}`);
    for (const m of row) {
      if (m < -limit || m >= limit) {
        throw new FlexorError('width', `layer ${name}: multiplier ${m} does not fit ${multiplierBits} signed bits`);
      }
    }
  }
  invariant(beta.length === outChannels, `node ${name}: needs ${outChannels} beta, got ${beta.length}`);
  for (const b of beta) invariant(Number.isSafeInteger(b), `node ${name}: beta ${b} is not an integer`);
  verifyResidual(node);
  if (output === null) return;
  const { shift, low, high } = output;
  invariant(Number.isInteger(shift) && shift >= 0 && shift <= 52, `node ${name}: bad shift ${shift}`);
  invariant(
    Number.isInteger(low) && Number.isInteger(high) && low <= high,
    `node ${name}: bad clamp [${low}, ${high}]`,
  );
}

function verifyResidual({ name, residual, outputTensor }: IntWeightedNode): void {
  if (residual === null) return;
  const { multiplier, tensor } = residual;
  const limit = 2 ** (MAX_MULTIPLIER_BITS - 1);
  invariant(
    Number.isInteger(multiplier) && multiplier >= -limit && multiplier < limit,
    `node ${name}: residual multiplier ${multiplier} is not an integer of ${MAX_MULTIPLIER_BITS} bits`,
  );
  invariant(
    sameShape(tensor.shape, outputTensor.shape),
    `node ${name}: residual input has another shape than its output`,
  );
}
