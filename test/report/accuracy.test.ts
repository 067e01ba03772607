import { describe, expect, it } from 'vitest';
import type { CosimResult } from '../../src/cosim/types.js';
import { classify, evaluate, preprocess } from '../../src/model/evaluate.js';
import { accuracyOf, countCorrect, evaluateImages } from '../../src/report/accuracy.js';
import { compareEvaluations } from '../../src/report/comparison.js';
import { tinyModel, tinyPixels } from '../support/tiny-model.js';

/** A run of three images of which the second never came out. */
function cosimResult(change: Partial<CosimResult>): CosimResult {
  return {
    passed: true,
    status: 'passed',
    failure: null,
    simulator: 'verilator',
    images: 3,
    mismatches: 0,
    valuesCompared: 9,
    firstMismatch: null,
    timingMismatch: null,
    frames: [0, 1, 2],
    logits: [],
    classes: [1, 2, 0],
    droppedFrames: 0,
    loadedFrom: [],
    frameErrors: { early: 0, missing: 0, keep: 0 },
    latencyCycles: 120,
    predictedLatencyCycles: 120,
    cyclesPerFrame: 100,
    predictedCyclesPerFrame: 100,
    bottleneckUtilisation: 0.99,
    streams: [],
    output: [],
    simulatedCycles: 1000,
    cyclesPerSecond: null,
    buildCached: true,
    buildSeconds: null,
    runSeconds: null,
    keptFolder: null,
    repeatCommand: null,
    ...change,
  };
}

describe('float accuracy', () => {
  it('is the same for any number of threads', async () => {
    const model = tinyModel(5);
    const images = preprocess(model, tinyPixels(model, 70, 2));
    const logits = evaluate(model, images);
    const expected = Array.from(classify(logits, 3));
    expect(new Set(expected).size).toBeGreaterThan(1);
    for (const workers of [1, 3]) {
      let last = 0;
      const batch = await evaluateImages(model, images, { workers, onProgress: (done) => (last = done) });
      expect(Array.from(batch.classes)).toEqual(expected);
      expect(Array.from(batch.logits)).toEqual(Array.from(logits));
      expect(last).toBe(70);
    }
  });

  it('counts right answers', () => {
    expect(countCorrect([1, 2, 3, 4], [1, 2, 0, 4])).toBe(3);
    expect(accuracyOf([1, 2, 3, 4], [1, 0, 3, 0], 2)).toBe(0.5);
  });
});

describe('comparison', () => {
  const labels = [1, 2, 3, 4];

  it('compares the columns over the same images', () => {
    const stalled = { result: cosimResult({ cyclesPerFrame: 150 }), stalls: 30, seed: 7 };
    const runs = { free: cosimResult({}), stalled, busiest: { unit: 'conv1', cycles: 99 } };
    expect(compareEvaluations(labels, [1, 2, 3, 0], [1, 2, 0, 0], runs)).toMatchObject({
      images: 4,
      float: { accuracy: 0.75, accuracyOnRtlImages: 1 },
      fixed: { accuracy: 0.5, accuracyOnRtlImages: 2 / 3 },
      agreeing: 3,
      rtl: {
        images: 3,
        accuracy: 2 / 3,
        mismatches: 0,
        cyclesPerFrame: 100,
        predictedCyclesPerFrame: 100,
        latencyCycles: 120,
        predictedLatencyCycles: 120,
        bottleneckUtilisation: 0.99,
        stalled: { stalls: 30, seed: 7, cyclesPerFrame: 150, accuracy: 2 / 3 },
      },
    });
  });

  it('counts a frame that never came out as wrong', () => {
    const free = cosimResult({
      passed: false,
      failure: 'output: frame 1 never came out',
      frames: [0, 2],
      classes: [1, 3],
    });
    const { rtl } = compareEvaluations(labels, labels, labels, {
      free,
      stalled: null,
      busiest: { unit: 'a', cycles: 1 },
    });
    expect(rtl).toMatchObject({
      passed: false,
      accuracy: 2 / 3,
      stalled: null,
      failure: 'output: frame 1 never came out',
    });
  });
});
