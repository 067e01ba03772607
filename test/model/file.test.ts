import fc from 'fast-check';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unpackBits } from '../../src/base/bits.js';
import { FlexorError } from '../../src/base/errors.js';
import { sha256 } from '../../src/base/files.js';
import { parseContainer } from '../../src/model/container.js';
import { encryptedHistogram } from '../../src/model/histogram.js';
import { inventory } from '../../src/model/inventory.js';
import { evaluate, preprocess } from '../../src/model/evaluate.js';
import { loadModel, readModel } from '../../src/model/read.js';
import { saveModel, writeModel } from '../../src/model/write.js';
import type { CodePlane, FlexorModel, ModelNode } from '../../src/model/types.js';
import { codePlanes, RESIDUAL_NODES, SPREAD_NODES, tinyModel, tinyPixels, TINY_NODES } from '../support/tiny-model.js';
import type { TinyNode } from '../support/tiny-model.js';

const node: fc.Arbitrary<TinyNode> = fc.oneof(
  fc.record({
    kind: fc.constant('conv' as const),
    channels: fc.integer({ min: 1, max: 6 }),
    kernel: fc.constantFrom([1, 1] as const, [3, 3] as const, [1, 3] as const),
    padding: fc.constantFrom([0, 0, 0, 0] as const),
    weights: fc.record({
      q: fc.integer({ min: 1, max: 3 }),
      nIn: fc.integer({ min: 2, max: 9 }),
      nOut: fc.integer({ min: 1, max: 12 }),
      taps: fc.constantFrom(2, null),
      bias: fc.boolean(),
      batchNorm: fc.boolean(),
      relu: fc.boolean(),
    }),
  }),
  fc.constant({ kind: 'pool' as const, kernel: [2, 2] as const, stride: [1, 1] as const }),
);

/** The model with a histogram in every plane, of weights that have the signs of its encrypted bits. */
function withHistograms(model: FlexorModel): FlexorModel {
  const nodes = model.nodes.map((node): ModelNode => {
    if (node.kind !== 'conv' && node.kind !== 'dense') return node;
    const { weighted } = inventory(model, '').layers.find(({ name }) => name === node.name)!;
    const planes = codePlanes(node).map((plane, _, all): CodePlane => {
      const bits = unpackBits(plane.encrypted, weighted!.encryptedBits / all.length);
      const x = Float32Array.from(bits, (bit, i) => (bit === 1 ? 0.001 : -0.001) * (i + 1));
      return { ...plane, encryptedHistogram: encryptedHistogram(x) };
    });
    return { ...node, weights: { encoding: 'xor', planes } };
  });
  return { ...model, nodes };
}

/** The model with the logits that it gives for one image. */
function withReference(model: FlexorModel): FlexorModel {
  const inputs = preprocess(model, tinyPixels(model, 2, 1));
  return { ...model, reference: { inputs, logits: evaluate(model, inputs) } };
}

describe('the model file', () => {
  it('keeps reference logits, and refuses a model that does not give them', () => {
    const model = withReference(tinyModel(1));
    const { model: read } = readModel(writeModel(model), 'file');
    expect(read).toEqual(model);
    const { inputs, logits } = model.reference!;
    const other = { ...model, reference: { inputs, logits: logits.map((value) => -value) } };
    expect(() => readModel(writeModel(other), 'file')).toThrow(
      /^file: reference\.logits: must be what the model gives, within 5 % \(root mean square\), got .* \(image [01], logit \d\)/,
    );
    const fewer = { ...model, reference: { inputs: inputs.slice(0, inputs.length / 2), logits } };
    expect(() => writeModel(fewer)).toThrow('tiny-1: reference: must have 1 to 64 images, and 3 logits for each');
  });

  it.each([
    ['a chain', TINY_NODES],
    ['residual blocks', RESIDUAL_NODES],
    ['groups, dilation and a concatenation', SPREAD_NODES],
  ])('gives back what was written, and writing again gives the same bytes: %s', (_, nodes) => {
    const model = tinyModel(1, nodes);
    const bytes = writeModel(model);
    const { model: read, digest } = readModel(bytes, 'file');
    expect(read).toEqual(model);
    expect(writeModel(read)).toEqual(bytes);
    expect(writeModel(tinyModel(1, nodes))).toEqual(bytes);
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerBytes % 8).toBe(0);
    expect(digest).toBe(sha256(bytes.subarray(8 + headerBytes)));
  });

  it('has the lowest version that has everything', () => {
    const versionOf = (nodes: readonly TinyNode[]): unknown => {
      const json = parseContainer(writeModel(tinyModel(1, nodes)), 'file').metadata.get('flexor')!;
      return (JSON.parse(json) as { formatVersion: unknown }).formatVersion;
    };
    expect(versionOf(TINY_NODES)).toBe(1);
    expect(versionOf(RESIDUAL_NODES)).toBe(1);
    expect(versionOf(SPREAD_NODES)).toBe(2);
  });

  it('does so for random networks', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(node, { maxLength: 3 }), (seed, nodes) => {
        const model = tinyModel(seed, [...nodes, { kind: 'dense', channels: 4 }]);
        const bytes = writeModel(model);
        const { model: read } = readModel(bytes, 'file');
        expect(read).toEqual(model);
        expect(writeModel(read)).toEqual(bytes);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('reads tensors that stand at any alignment', () => {
    const bytes = writeModel(tinyModel(2));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(readModel(shifted.subarray(3), 'file')).toEqual(readModel(bytes, 'file'));
  });

  it('stores an M⊕ that layers share once', () => {
    const model = tinyModel(3, [
      { kind: 'conv', channels: 2, weights: { nIn: 4, nOut: 4, taps: 4 } },
      { kind: 'dense', channels: 2, weights: { nIn: 4, nOut: 4, taps: 4 } },
    ]);
    const { model: read } = readModel(writeModel(model), 'file');
    const matrices = read.nodes.map((read) => codePlanes(read)[0]!.matrix);
    expect(matrices[0]).toBe(matrices[1]);
    expect(read).toEqual(model);
  });

  it('keeps the histogram of encrypted weights, and has no field for one that there is not', () => {
    const model = withHistograms(tinyModel(6));
    const bytes = writeModel(model);
    const { model: read, digest } = readModel(bytes, 'file');
    expect(read).toEqual(model);
    expect(writeModel(read)).toEqual(bytes);
    const without = writeModel(tinyModel(6));
    expect(new TextDecoder().decode(without)).not.toContain('encryptedHistogram');
    expect(readModel(without, 'file').digest).toBe(digest);
  });

  it('saves and loads, and leaves nothing else in the folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flexor-test-'));
    try {
      const model = tinyModel(4);
      saveModel(join(folder, 'a.flexor'), model);
      expect(loadModel(join(folder, 'a.flexor')).model).toEqual(model);
      expect(readdirSync(folder)).toEqual(['a.flexor']);
      expect(() => loadModel(join(folder, 'b.flexor'))).toThrow(/^cannot read .*b\.flexor: no such file or directory$/);
      expect(() => saveModel(join(folder, 'a.flexor', 'c.flexor'), model)).toThrow(/cannot write .*c\.flexor: /);
      expect(readdirSync(folder)).toEqual(['a.flexor']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses to write a model that it would not read', () => {
    const model = tinyModel(5);
    const broken = { ...model, input: { ...model.input, range: { min: 0, max: Infinity } } };
    expect(() => writeModel(broken)).toThrow(FlexorError);
    expect(() => writeModel({ ...model, name: 'a\nb' })).toThrow(/name: /);
  });
});
