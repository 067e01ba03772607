/** The smallest design of all, for a proof about a whole one: a dense layer from two binary inputs to two logits. */
import type { IntNetwork } from '../../fixed/types.js';
import { verifyNetwork } from '../../fixed/verify.js';
import { deriveWidths } from '../../fixed/widths.js';
import { makeDesign } from '../../rtl/design.js';
import { generateRtl, type GeneratedDesign } from '../../rtl/generate.js';
import { decrypt, xorMatrix } from '../../xor/matrix.js';

/** One lane and one channel at a time; four weights behind an M⊕ of 2 to 3 bits, so two slices, of which one is cut. */
export function tinyDesign(): GeneratedDesign {
  const fold = { dense: { pe: 1, simd: 1 } };
  return generateRtl(makeDesign(tinyNetwork(), { fold }));
}

function tinyNetwork(): IntNetwork {
  const inputTensor = {
    shape: { height: 1, width: 1, channels: 2 },
    format: { bits: 1, signed: false },
    scale: 1,
  };
  const matrix = xorMatrix(2, 3, Uint8Array.of(1, 0, 0, 1, 1, 1));
  const encrypted = Uint8Array.of(1, 1, 0, 1);
  const plane = { nIn: 2, nOut: 3, matrix: matrix.bits, encrypted, codes: decrypt(encrypted, matrix, 4) };
  const arithmetic = {
    ...{ windowSize: 2, outChannels: 2, planes: [plane], residual: null },
    requantiser: {
      ...{ joined: false, multipliers: [Int32Array.of(3, -2)], multiplierBits: 4, beta: Float64Array.of(-1, 2) },
      output: null,
    },
  };
  const widths = deriveWidths({ name: 'dense', inputFormat: inputTensor.format, ...arithmetic });
  const outputTensor = { ...inputTensor, format: widths.scaled };
  return verifyNetwork({
    ...{ name: 'proof', modelDigest: '0'.repeat(64), bits: null, loadable: false, input: inputTensor },
    nodes: [{ kind: 'dense', name: 'dense', input: 'input', inputTensor, ...arithmetic, widths, outputTensor }],
    classes: ['0', '1'],
  });
}
