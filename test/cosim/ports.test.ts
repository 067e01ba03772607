/** Ports of several elements and logits a beat, the last beat partly filled: values, cycles, and a source that misbehaves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DEFAULT_BITS, lower } from '../../src/fixed/lower.js';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import { cosimulateIcarus } from '../../src/cosim/icarus.js';
import type { FrameEvent } from '../../src/cosim/types.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import type { Fold } from '../../src/rtl/types.js';
import { randomImages } from '../support/random-network.js';
import { tinyModel, type TinyNode } from '../support/tiny-model.js';

const FRAMES = 8;
const root = mkdtempSync(join(tmpdir(), 'flexor-ports-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Case {
  readonly title: string;
  readonly side: number;
  readonly channels: number;
  readonly inputBits: number;
  readonly nodes: readonly TinyNode[];
  readonly fold: Fold;
  /** Beats of a frame at either port. */
  readonly beats: readonly [input: number, output: number];
}

const dense = (channels: number, relu: boolean): TinyNode => ({
  kind: 'dense',
  channels,
  weights: { nIn: 10, nOut: 16, bias: true, relu },
});

const CASES: readonly Case[] = [
  {
    title: 'beats shorter than a lane',
    ...{ side: 5, channels: 3, inputBits: 8, nodes: [dense(12, true), dense(10, false)], beats: [10, 3] },
    fold: { dense1: { pe: 4, simd: 10, inputWidth: 8, width: 4 }, dense2: { pe: 10, simd: 3, width: 4 } },
  },
  {
    title: 'beats of several lanes',
    ...{ side: 7, channels: 1, inputBits: 12, nodes: [dense(8, true), dense(7, false)], beats: [4, 3] },
    fold: { dense1: { pe: 8, simd: 13, inputWidth: 16, width: 8 }, dense2: { pe: 7, simd: 4, width: 3 } },
  },
  {
    title: 'a lane that takes elements one by one, a frame in one beat',
    ...{ side: 3, channels: 1, inputBits: 4, nodes: [dense(4, true), dense(6, false)], beats: [1, 2] },
    fold: { dense1: { pe: 4, simd: 1, inputWidth: 16 }, dense2: { pe: 3, simd: 2, width: 3 } },
  },
];

describe.each(CASES)('$title', ({ title, side, channels, inputBits, nodes, fold, beats }) => {
  const model = tinyModel(3, nodes, { height: side, width: side, channels });
  const network = lower(model, '5'.repeat(64), { ...DEFAULT_BITS, inputBits });
  const design = makeDesign(network, { fold, axiLite: title.includes('one by one') });
  const folder = join(root, title.replaceAll(/\W+/g, '-'));
  writeDesign(generateRtl(design), folder);
  const images = randomImages(network, FRAMES, 4);
  const options = { folder, design, images, seed: 11, layers: true, optimise: 'build-time' } as const;

  test('every value and every cycle is as computed, in Verilator and in Icarus', async () => {
    const [first] = design.prediction.streams;
    expect(first![0]!.last - first![0]!.first + 1).toBeGreaterThanOrEqual(beats[0]);
    const free = await cosimulate({ ...options, stalls: 0 });
    expect(free).toMatchObject({ failure: null, passed: true, frameErrors: { early: 0, missing: 0, keep: 0 } });
    expect(free.cyclesPerFrame).toBe(design.prediction.cyclesPerFrame);
    expect(free.output.at(-1)!.last - free.output.at(-1)!.first + 1).toBeGreaterThanOrEqual(beats[1]);
    expect(await cosimulate({ ...options, stalls: 40 })).toMatchObject({ failure: null, passed: true });
    expect(await cosimulateIcarus({ ...options, stalls: 40 })).toMatchObject({ failure: null, passed: true });
  });

  test.each([0, 30])('wrong tlast and tkeep are flagged and change no other frame, %i % stalls', async (stalls) => {
    const last = beats[0] - 1;
    const events: FrameEvent[] = [
      { frame: 0, kind: 'wrong-keep', beat: last },
      { frame: 3, kind: 'late-last', beat: 2 },
      { frame: 5, kind: 'wrong-keep', beat: 0 },
    ];
    // A frame of one beat cannot end early.
    const early: FrameEvent[] = [
      { frame: 2, kind: 'early-last', beat: last - 1 },
      { frame: 6, kind: 'early-last', beat: 0 },
    ];
    if (last > 0) events.push(...early);
    const result = await cosimulate({ ...options, stalls, events });
    const frameErrors = { early: last > 0 ? 2 : 0, missing: 1, keep: 2 };
    expect(result).toMatchObject({ failure: null, passed: true, mismatches: 0, frameErrors });
    expect(result.frames).toHaveLength(FRAMES);
  });
});
