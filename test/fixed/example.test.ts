/** The worked example of docs/numbers.md, number by number. */
import { expect, it } from 'vitest';
import { packBits } from '../../src/base/bits.js';
import { layerIntervals } from '../../src/fixed/widths.js';
import { lower } from '../../src/fixed/lower.js';
import type { CodePlane, FlexorModel, WeightedNode } from '../../src/model/types.js';
import { createSimulator } from '../../src/simulate/simulate.js';
import { identityMatrix, xorMatrix } from '../../src/xor/matrix.js';
import type { XorMatrix } from '../../src/xor/types.js';

const MATRIX = xorMatrix(3, 4, Uint8Array.from([1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1]));
const LINK = { batchNorm: null, relu: false, bias: null, range: { min: 0, max: 2 } };

function plane(matrix: XorMatrix, bits: readonly number[], alpha: readonly number[]): CodePlane {
  return { matrix, encrypted: packBits(bits), alpha: Float32Array.from(alpha), encryptedHistogram: null };
}

const EXAMPLE: FlexorModel = {
  name: 'example',
  input: {
    shape: { height: 1, width: 1, channels: 4 },
    preprocessing: { mean: [0, 0, 0, 0], std: [1, 1, 1, 1] },
    range: { min: 0, max: 1 },
  },
  nodes: [
    {
      ...LINK,
      kind: 'dense',
      name: 'fc1',
      input: 'input',
      outChannels: 2,
      weights: {
        encoding: 'xor',
        planes: [plane(MATRIX, [1, 0, 1, 1, 1, 0], [0.5, 0.25])],
      },
      bias: Float32Array.of(0.75, 0),
      relu: true,
    },
    {
      ...LINK,
      kind: 'dense',
      name: 'fc2',
      input: 'fc1',
      outChannels: 2,
      weights: {
        encoding: 'xor',
        planes: [plane(identityMatrix(4), [1, 0, 0, 1], [1, 1])],
      },
    } satisfies WeightedNode & { kind: 'dense' },
  ],
  output: 'fc2',
  classes: ['a', 'b'],
  provenance: { recipe: 'by hand', seed: null, dataset: 'none', testAccuracy: null, testImages: null, notes: '' },
};

it('gives the numbers that docs/numbers.md shows', () => {
  const network = lower(EXAMPLE, '0'.repeat(64), { multiplierBits: 8 });
  const [node] = network.nodes;
  if (node?.kind !== 'dense') throw new Error('fc1 is dense');
  expect(Array.from(node.planes[0]!.codes)).toEqual([1, 1, 0, 1, 0, 1, 1, 0]);
  expect(Array.from(node.requantiser.multipliers[0]!)).toEqual([64, 32]);
  expect(Array.from(node.requantiser.beta)).toEqual([24480, 0]);
  expect(node.requantiser.output).toEqual({ shift: 8, low: 0, high: 255 });
  expect(layerIntervals({ ...node, inputFormat: node.inputTensor.format })).toEqual({
    selected: { low: 0, high: 765 },
    sum: { low: 0, high: 1020 },
    dot: { low: -510, high: 765 },
    multiplicand: { low: -510, high: 765 },
    scaled: { low: -8032, high: 57248 },
  });
  expect(node.widths).toEqual({
    selected: { bits: 10, signed: false },
    sum: { bits: 10, signed: false },
    dot: { bits: 11, signed: true },
    multiplicand: { bits: 11, signed: true },
    scaled: { bits: 17, signed: true },
  });
  const [, hidden, logits] = createSimulator(network).trace(Int32Array.of(12, 200, 0, 31));
  expect(Array.from(hidden!)).toEqual([56, 23]);
  const last = network.nodes[1]!;
  if (last.kind !== 'dense') throw new Error('fc2 is dense');
  expect(Array.from(last.requantiser.multipliers[0]!)).toEqual([127, 127]);
  expect(Array.from(logits!)).toEqual([127 * (56 - 23), 127 * (23 - 56)]);
});
