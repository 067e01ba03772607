/** Figures of a report from small results that can be checked by hand. */
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { formatEnergy, formatShort } from '../../src/base/format.js';
import { sha256 } from '../../src/base/files.js';
import { encodePng } from '../../src/base/png.js';
import { lower } from '../../src/fixed/lower.js';
import type { CodePlane, FlexorModel, ModelNode } from '../../src/model/types.js';
import { weightedNodes } from '../../src/rtl/lanes.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { compareEvaluations } from '../../src/report/comparison.js';
import { accuracyFigures, exampleFigures } from '../../src/report/figures/accuracy.js';
import type { ImageEvaluations } from '../../src/report/figures/accuracy.js';
import { pipelineFigures } from '../../src/report/figures/pipeline.js';
import { matrixFigures, planeFigures } from '../../src/report/figures/weights.js';
import { proportion } from '../../src/report/figures/wilson.js';
import { computesMatrix } from '../../src/xor/circuit.js';
import { DEFAULT_CIRCUIT } from '../../src/xor/hardware-circuit.js';
import { matrixFromRows } from '../../src/xor/matrix-file.js';
import { decrypt } from '../../src/xor/matrix.js';
import { codePlanes, tinyModel } from '../support/tiny-model.js';

const DIGEST = sha256('a model');

describe('Wilson interval', () => {
  it('is the one of the literature', () => {
    // Newcombe, Statistics in Medicine 17 (1998), Table I, method 3: 81/263, 15/148, 0/20, 1/29.
    const cases = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const;
    for (const [correct, images, low, high] of cases) {
      const found = proportion(correct, images);
      expect(found.share).toBe(correct / images);
      expect(found.low).toBeCloseTo(low, 4);
      expect(found.high).toBeCloseTo(high, 4);
    }
  });

  it('stays within 0 and 1 and mirrors', () => {
    expect(proportion(50, 50).high).toBe(1);
    expect(proportion(50, 50).low).toBeCloseTo(1 - proportion(0, 50).high, 12);
    expect(() => proportion(0, 0)).toThrow('internal: 0 of 0');
  });
});

describe('accuracy figures', () => {
  // Four images of two pixels, three classes; float and integer differ on image 2.
  const evaluations: ImageEvaluations = {
    dataset: 'four',
    labels: [0, 1, 2, 2],
    pixels: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7),
    float: { logits: Float32Array.of(5, 1, 0, 0, 4, 2, 1, 0, 1.5, 0, 3, 1), classes: Uint32Array.of(0, 1, 2, 1) },
    integer: { logits: Float64Array.of(50, 9, 0, 1, 40, 19, 16, 0, 14, 0, 30, 5), classes: Int32Array.of(0, 1, 0, 1) },
    logitScale: 0.1,
  };
  const comparison = compareEvaluations(
    evaluations.labels,
    evaluations.float.classes,
    evaluations.integer.classes,
    null,
  );

  it('count right answers and confusion', () => {
    const { float, integer, rtl, agreeing, confusion } = accuracyFigures(evaluations, comparison);
    expect([float.correct, integer.correct, rtl, agreeing]).toEqual([3, 2, null, 3]);
    expect(confusion.integer).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [1, 1, 0],
    ]);
    expect(confusion.float[2]).toEqual([0, 1, 1]);
  });

  it('show where float and integer differ, and the closest decisions where they do not', () => {
    const { disagreeing, closest } = exampleFigures(evaluations);
    expect(disagreeing).toHaveLength(1);
    const [example] = disagreeing;
    expect(example).toMatchObject({ image: 2, label: 2, float: { class: 2, margin: 0.5 }, integer: { class: 0 } });
    // 16 − 14 units of 0.1.
    expect(example!.integer.margin).toBeCloseTo(0.2, 12);
    expect([...Buffer.from(example!.pixels, 'base64')]).toEqual([4, 5]);
    expect(closest.map(({ image }) => image)).toEqual([1, 3, 0]);
  });
});

/** The same model with one M⊕ for both planes of conv3. */
function withSharedMatrix(model: FlexorModel): FlexorModel {
  const nodes = model.nodes.map((node): ModelNode => {
    if (node.kind !== 'conv' || codePlanes(node).length < 2) return node;
    const [{ matrix }] = codePlanes(node) as [CodePlane];
    return { ...node, weights: { encoding: 'xor', planes: codePlanes(node).map((plane) => ({ ...plane, matrix })) } };
  });
  return { ...model, nodes };
}

describe('figures of weights', () => {
  const model = tinyModel(2);
  const network = lower(model, DIGEST);

  it('name every M⊕ once, with gates that compute it', () => {
    const planes = (count: number) => Array.from({ length: count }, (_, i) => `conv3, plane ${i}`);
    const matrices = matrixFigures(model, network, DEFAULT_CIRCUIT);
    expect(matrices.map((each) => each.planes)).toEqual([['conv1'], ...planes(2).map((name) => [name]), ['dense5']]);
    const shared = matrixFigures(withSharedMatrix(model), network, DEFAULT_CIRCUIT);
    expect(shared.map((each) => each.planes)).toEqual([['conv1'], planes(2), ['dense5']]);
    for (const { nIn, gates, outputs, rows, depth } of matrices) {
      expect(computesMatrix({ nIn, gates, outputs }, matrixFromRows(rows))).toBe(true);
      expect(depth).toBeGreaterThan(0);
    }
  });

  it('count bits', () => {
    const planes = planeFigures(model, network);
    expect(planes).toHaveLength(4);
    for (const { encryptedBits, encryptedOnes, onesPerSlice, fairOnesPerSlice } of planes) {
      const nIn = onesPerSlice.length - 1;
      const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
      expect(sum(onesPerSlice)).toBe(encryptedBits / nIn);
      expect(sum(onesPerSlice.map((slices, ones) => slices * ones))).toBe(encryptedOnes);
      expect(sum(fairOnesPerSlice)).toBeCloseTo(encryptedBits / nIn, 6);
      expect(fairOnesPerSlice[1]! / fairOnesPerSlice[0]!).toBeCloseTo(nIn, 9);
    }
    const { matrix } = codePlanes(model.nodes[0])[0]!;
    const bits = weightedNodes(network)[0]!.planes[0]!.encrypted;
    const codes = decrypt(Uint8Array.from(bits), matrix, planes[0]!.weightBits);
    expect(planes[0]!.weightOnes).toBe(codes.filter((bit) => bit === 1).length);
  });
});

describe('pipeline figures', () => {
  it('repeat the manifest', () => {
    const network = lower(tinyModel(2), DIGEST);
    const { manifest } = generateRtl(makeDesign(network));
    const { prediction } = manifest;
    const figures = pipelineFigures(manifest, null, 50);
    expect(figures.units.map(({ name }) => name)).toEqual(manifest.layers.map(({ name }) => name));
    expect(figures.units.some(({ busiest }) => busiest)).toBe(true);
    for (const [i, unit] of figures.units.entries()) {
      expect(unit.utilisation).toBe(unit.cyclesPerFrame / prediction.cyclesPerFrame);
      expect(unit.predicted).toEqual(prediction.streams[i + 1]![0]);
      expect(unit.measured).toBeNull();
    }
    expect(figures.framesPerSecond).toBeCloseTo(50e6 / prediction.cyclesPerFrame, 6);
    expect(figures.latencyMicroseconds).toBeCloseTo(prediction.latencyCycles / 50, 9);
  });
});

describe('numbers as text', () => {
  it('have three digits and the unit that suits', () => {
    expect([0, 0.004567, 1.5, 12345].map(formatShort)).toEqual(['0', '0.00457', '1.5', '12,300']);
    expect([0, 12.345, 999, 1000, 1.789e6, 2.5e13].map(formatEnergy)).toEqual([
      ...['0 pJ', '12.3 pJ', '999 pJ', '1 nJ', '1.79 µJ', '25 J'],
    ]);
  });
});

describe('PNG', () => {
  it.each([1, 3])('of %d channels holds the pixels', (channels) => {
    const pixels = Uint8Array.from({ length: 3 * 2 * channels }, (_, i) => 40 * i);
    const png = Buffer.from(encodePng(pixels, 3, 2, channels));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[25]]).toEqual([3, 2, channels === 1 ? 0 : 2]);
    const length = png.readUInt32BE(33);
    const rows = inflateSync(png.subarray(41, 41 + length));
    const stride = 3 * channels;
    expect([...rows.subarray(1, stride + 1), ...rows.subarray(stride + 2)]).toEqual([...pixels]);
  });

  it('refuses other channels', () => {
    expect(() => encodePng(new Uint8Array(2), 1, 1, 2)).toThrow('internal: a PNG of 2 channels');
  });
});
