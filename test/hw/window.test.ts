/** flexor_window_serial and flexor_window_banked against a plain window function, several frames, with a reset in one. */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { runBench, streamDevice, type Stalls } from './support/bench.js';
import { beatsOf, check, pack, randomBits, randomStalls, withReset, type Run } from './support/check.js';
import type { Parameters } from './support/header.js';
import {
  bankedBlocks,
  bankedParameters,
  bankedWidths,
  serialLanes,
  serialParameters,
  serialWidths,
  windowVectors,
  WINDOWS,
  type WindowCase,
} from './support/windows.js';

/** Frames of random elements through a window unit. */
function windowRun(random: Random, module: string, window: WindowCase, parameters: Parameters, padValue: number): Run {
  const { bits, height, width, channels } = window;
  const [simd, inWidth] = [Number(parameters['Simd']), Number(parameters['InWidth'])];
  const frames = Array.from({ length: 4 }, () =>
    Array.from({ length: height * width * channels }, () => Number(randomBits(random, bits))),
  );
  const vectors = frames.map((frame) =>
    windowVectors(window, simd, frame, padValue).map((vector) => pack(vector.map((element) => [element, bits]))),
  );
  const stalls = randomStalls(random);
  const address = random.below(2);
  const run = {
    title: `${JSON.stringify(window)}, ${module}, Simd ${simd}, InWidth ${inWidth}, register ${address}, ${JSON.stringify(stalls)}`,
    device: streamDevice(module, { ...parameters, AddressRegister: address }, inWidth * bits, simd * bits),
    beats: withReset(
      frames.map((frame) => beatsOf(frame, inWidth, bits)),
      random,
    ),
    stalls,
  };
  return { run, expected: [vectors.slice(0, 2).flat(), vectors.slice(2).flat()] };
}

function serialRun(random: Random, window: WindowCase, simd: number, inWidth: number, padValue: number): Run {
  const parameters = serialParameters(window, simd, inWidth, padValue);
  return windowRun(random, 'flexor_window_serial', window, parameters, padValue);
}

function bankedRun(random: Random, window: WindowCase, blocks: number, inWidth: number): Run {
  return windowRun(random, 'flexor_window_banked', window, bankedParameters(window, blocks, inWidth), 0);
}

test('the serial unit fills its lanes in turn', async () => {
  const random = new Random(1);
  const runs = WINDOWS.flatMap((window) =>
    serialLanes(window).flatMap((simd) =>
      [...new Set([1, random.pick(serialWidths(window))])].map((inWidth) => {
        const padValue = random.pick([0, 2 ** window.bits - 1, random.below(2 ** window.bits)]);
        return serialRun(random, window, simd, inWidth, padValue);
      }),
    ),
  );
  expect(runs.length).toBeGreaterThan(100);
  await check(runs);
});

test('the banked unit fills all lanes at once', async () => {
  const random = new Random(2);
  const relations = new Set<string>();
  const runs = WINDOWS.flatMap((window) =>
    bankedBlocks(window).flatMap((blocks) => {
      const inWidth = random.pick(bankedWidths(window, blocks));
      const block = window.channels / Math.max(1, blocks);
      if (inWidth > 1) relations.add(inWidth < block ? 'below' : inWidth > block ? 'above' : 'equal');
      return [...new Set([1, inWidth])].map((each) => bankedRun(random, window, blocks, each));
    }),
  );
  expect(runs.length).toBeGreaterThan(90);
  expect(relations).toEqual(new Set(['below', 'equal', 'above']));
  await check(runs);
});

test('random windows', async () => {
  const random = new Random(3);
  const pair = (most: number): [number, number] => [random.between(1, most), random.between(1, most)];
  const runs = Array.from({ length: 80 }, () => {
    const kernel = pair(random.pick([3, 5, 7]));
    const [height, width] = pair(9);
    const pad = (axis: 0 | 1, size: number) =>
      Math.max(random.below(kernel[axis]), Math.ceil((kernel[axis] - size) / 2));
    const padding = [pad(0, height), pad(1, width), pad(0, height), pad(1, width)] as const;
    const shape = { height, width, channels: random.pick([1, 2, 3, 4, 5, 6, 8]) };
    const window = { bits: random.between(1, 12), ...shape, kernel, stride: pair(3), padding };
    if (random.below(2) === 0) {
      return serialRun(random, window, random.pick(serialLanes(window)), random.pick(serialWidths(window)), 0);
    }
    const blocks = random.pick(bankedBlocks(window));
    return bankedRun(random, window, blocks, random.pick(bankedWidths(window, blocks)));
  });
  await check(runs);
});

test('both deliver a vector a cycle once rows are there, and frames overlap without a gap', async () => {
  const window: WindowCase = {
    ...{ bits: 4, height: 6, width: 6, channels: 2 },
    ...{ kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
  };
  const frames = 5;
  const elements = Array.from({ length: frames * 72 }, (_, i) => i % 16);
  const stalls: Stalls = { source: 0, sink: 0 };
  const devices = [
    { inWidth: 1, device: streamDevice('flexor_window_serial', serialParameters(window, 1, 1), 4, 4) },
    { inWidth: 1, device: streamDevice('flexor_window_banked', bankedParameters(window, 1, 1), 4, 36) },
    { inWidth: 2, device: streamDevice('flexor_window_banked', bankedParameters(window, 2, 2), 8, 72) },
  ];
  const results = await runBench(
    devices.map(({ inWidth, device }, i) => ({
      title: String(i),
      device,
      beats: beatsOf(elements, inWidth, 4),
      stalls,
    })),
  );
  const interval = (i: number, vectors: number) => {
    const { outputs } = results[i]!.segments[0]!;
    expect(outputs.length).toBe(frames * vectors);
    return outputs.at(-1)!.cycle - outputs.at(-1 - vectors)!.cycle;
  };
  // 36 windows of 18 elements, one a cycle; 36 windows of two vectors, as many as elements come in, or of one, as many as
  // beats of two elements.
  expect(interval(0, 648)).toBe(648);
  expect(interval(1, 72)).toBe(72);
  expect(interval(2, 36)).toBe(36);
});
