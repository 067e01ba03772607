/** flexor_window_serial and flexor_window_banked against a plain window function, several frames, with a reset in one. */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { runBench, streamDevice, type BenchCase, type Stalls } from './support/bench.js';
import { expectOutputs, pack, randomBits, randomStalls, withReset } from './support/check.js';
import type { Parameters } from './support/header.js';
import {
  bankedBlocks,
  bankedParameters,
  serialLanes,
  serialParameters,
  windowVectors,
  WINDOWS,
  type WindowCase,
} from './support/windows.js';

interface WindowRun {
  readonly run: BenchCase;
  readonly expected: readonly (readonly bigint[])[];
}

/** Frames of random elements through a window unit. */
function windowRun(
  random: Random,
  module: string,
  window: WindowCase,
  parameters: Parameters,
  padValue: number,
): WindowRun {
  const { bits, height, width, channels } = window;
  const simd = Number(parameters['Simd']);
  const frames = Array.from({ length: 4 }, () =>
    Array.from({ length: height * width * channels }, () => Number(randomBits(random, bits))),
  );
  const vectors = frames.map((frame) =>
    windowVectors(window, simd, frame, padValue).map((vector) => pack(vector.map((element) => [element, bits]))),
  );
  const stalls = randomStalls(random);
  const run = {
    title: `${JSON.stringify(window)}, Simd ${simd}, ${JSON.stringify(stalls)}`,
    device: streamDevice(module, parameters, bits, simd * bits),
    beats: withReset(
      frames.map((frame) => frame.map(BigInt)),
      random,
    ),
    stalls,
  };
  return { run, expected: [vectors.slice(0, 2).flat(), vectors.slice(2).flat()] };
}

async function check(modules: readonly string[], runs: readonly WindowRun[]): Promise<void> {
  const results = await runBench(
    modules,
    runs.map(({ run }) => run),
  );
  runs.forEach(({ run, expected }, i) => expectOutputs(run, results[i]!, expected));
}

const SERIAL = ['flexor_ram', 'flexor_window_sequencer', 'flexor_window_serial'];
const BANKED = ['flexor_ram', 'flexor_window_sequencer', 'flexor_window_banked'];

test('the serial unit fills its lanes in turn', async () => {
  const random = new Random(1);
  const runs = WINDOWS.flatMap((window) =>
    serialLanes(window).map((simd) => {
      const padValue = random.pick([0, 2 ** window.bits - 1, random.below(2 ** window.bits)]);
      return windowRun(random, 'flexor_window_serial', window, serialParameters(window, simd, padValue), padValue);
    }),
  );
  expect(runs.length).toBeGreaterThan(70);
  await check(SERIAL, runs);
});

test('the banked unit fills all lanes at once', async () => {
  const random = new Random(2);
  const runs = WINDOWS.flatMap((window) =>
    bankedBlocks(window).map((blocks) =>
      windowRun(random, 'flexor_window_banked', window, bankedParameters(window, blocks), 0),
    ),
  );
  expect(runs.length).toBeGreaterThan(50);
  await check(BANKED, runs);
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
    const shape = { height, width, channels: random.between(1, 6) };
    const window = { bits: random.between(1, 12), ...shape, kernel, stride: pair(3), padding };
    return random.below(2) === 0
      ? windowRun(random, 'flexor_window_serial', window, serialParameters(window, random.pick(serialLanes(window))), 0)
      : windowRun(
          random,
          'flexor_window_banked',
          window,
          bankedParameters(window, random.pick(bankedBlocks(window))),
          0,
        );
  });
  await check([...BANKED, 'flexor_window_serial'], runs);
});

test('both deliver a vector a cycle once rows are there, and frames overlap without a gap', async () => {
  const window: WindowCase = {
    ...{ bits: 4, height: 6, width: 6, channels: 2 },
    ...{ kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
  };
  const frames = 5;
  const beats = Array.from({ length: frames * 72 }, (_, i) => BigInt(i % 16));
  const stalls: Stalls = { source: 0, sink: 0 };
  const serial = streamDevice('flexor_window_serial', serialParameters(window, 1), 4, 4);
  const banked = streamDevice('flexor_window_banked', bankedParameters(window, 1), 4, 36);
  const results = await runBench(
    [...BANKED, 'flexor_window_serial'],
    [serial, banked].map((device, i) => ({ title: String(i), device, beats, stalls })),
  );
  const interval = (i: number, vectors: number) => {
    const { outputs } = results[i]!.segments[0]!;
    expect(outputs.length).toBe(frames * vectors);
    return outputs.at(-1)!.cycle - outputs.at(-1 - vectors)!.cycle;
  };
  // 36 windows of 18 elements, one a cycle; 36 windows of two vectors, as many as elements come in.
  expect(interval(0, 648)).toBe(648);
  expect(interval(1, 72)).toBe(72);
});
