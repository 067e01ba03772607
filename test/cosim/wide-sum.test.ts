/** A global average over 32×32 at 8 bits: its exact sum of 18 bits goes through simulator and RTL as it is. */
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { Random } from '../../src/base/random.js';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import { lower } from '../../src/fixed/lower.js';
import { formatRange } from '../../src/fixed/shapes.js';
import { elementCount } from '../../src/graph/shapes.js';
import { referenceTrace } from '../../src/simulate/reference.js';
import { createSimulator } from '../../src/simulate/simulate.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { tinyModel } from '../support/tiny-model.js';

const folder = temporaryFolder('flexor-wide-sum');
afterAll(folder.remove);

const model = tinyModel(
  3,
  [
    { kind: 'conv', channels: 4, padding: [1, 1, 1, 1], weights: { batchNorm: true } },
    { kind: 'average', kernel: [32, 32], stride: [1, 1] },
    { kind: 'dense', channels: 4, weights: { bias: true, relu: false } },
  ],
  { height: 32, width: 32, channels: 1 },
);
const network = lower(model, '0'.repeat(64));
const { low, high } = formatRange(network.input.format);
const random = Random.derive(1, 'wide-sum');
const images = Array.from({ length: 3 }, () =>
  Int32Array.from({ length: elementCount(network.input.shape) }, () => random.between(low, high)),
);

describe('a sum of 18 bits', () => {
  test('is what the simulator computes fast and in plain loops', () => {
    expect(network.nodes[1]!.outputTensor.format).toEqual({ bits: 18, signed: false });
    const simulator = createSimulator(network);
    for (const image of images) {
      expect([...simulator.run(image).logits]).toEqual([...referenceTrace(network, image).at(-1)!]);
    }
  });

  test('is what the RTL computes', async () => {
    const design = makeDesign(network);
    writeDesign(generateRtl(design), folder.path);
    const options = { folder: folder.path, design, images, stalls: 20, seed: 1, layers: true };
    expect(await cosimulate(options)).toMatchObject({ passed: true, mismatches: 0 });
  });
});
