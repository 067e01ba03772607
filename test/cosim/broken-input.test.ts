/** A generated design whose source misbehaves: wrong tlast and resets in mid-frame leave the next frames right. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import type { CosimResult, FrameEvent } from '../../src/cosim/types.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { randomImages } from '../support/random-network.js';
import { network } from './fixture/network.js';

const FRAMES = 8;
const images = randomImages(network, FRAMES, 2);
const design = makeDesign(network);
let folder = '';

beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'flexor-broken-input-')), 'design');
  writeDesign(generateRtl(design), folder);
});
afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

function run(events: readonly FrameEvent[], stalls: number): Promise<CosimResult> {
  return cosimulate({ folder, design, images, stalls, seed: 5, layers: true, optimise: 'build-time', events });
}

describe.each([0, 25, 75])('with %i percent stalls', (stalls) => {
  test('tlast that comes early and late in turns', async () => {
    const events: FrameEvent[] = [
      { frame: 0, kind: 'early-last', beat: 0 },
      { frame: 2, kind: 'late-last', beat: 1 },
      { frame: 3, kind: 'early-last', beat: 62 },
      { frame: 4, kind: 'early-last', beat: 20 },
      { frame: 6, kind: 'late-last', beat: 100 },
    ];
    const result = await run(events, stalls);
    expect(result).toMatchObject({ failure: null, passed: true, mismatches: 0, frameErrors: { early: 3, missing: 2 } });
    expect(result.frames).toHaveLength(FRAMES);
  });

  // Beat 0 resets between two frames, while others are still on their way through the layers.
  test.each([0, 1, 33, 63])('a reset before beat %i', async (beat) => {
    const events: FrameEvent[] = [
      { frame: 2, kind: 'reset', beat },
      { frame: 5, kind: 'reset', beat },
    ];
    const result = await run(events, stalls);
    expect(result).toMatchObject({ failure: null, passed: true, mismatches: 0 });
    expect(result.frames).toEqual(expect.arrayContaining([6, 7]));
    expect(result.frames).not.toContain(2);
    expect(result.frames).not.toContain(5);
    expect(result.frames.length + result.droppedFrames).toBe(FRAMES);
  });
});
