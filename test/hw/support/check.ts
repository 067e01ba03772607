/** What every bench run must fulfil, and random beats and stalls to run it with. */
import { expect } from 'vitest';
import type { Random } from '../../../src/base/random.js';
import { runBench, type Beat, type BenchCase, type BenchResult, type Stalls } from './bench.js';

export interface Run {
  readonly run: BenchCase;
  /** Outputs by segment: behind each reset, and before the first one. */
  readonly expected: readonly (readonly bigint[])[];
}

/** Random stalls, among them none at all, a sink that waits for valid, and one that lets everything fill up first. */
export function randomStalls(random: Random): Stalls {
  const percent = () => random.pick([0, 0, 20, 40, 60]);
  const stalls = { source: percent(), sink: percent() };
  switch (random.below(4)) {
    case 0:
      return { ...stalls, sinkWaits: true };
    case 1:
      return { ...stalls, fillFirst: true };
    default:
      return stalls;
  }
}

/** A number of `bits` bits. */
export function randomBits(random: Random, bits: number): bigint {
  let value = 0n;
  for (let i = 0; i < bits; i += 32) value = (value << 32n) | BigInt(random.uint32());
  return BigInt.asUintN(bits, value);
}

/** Joins fields, the first one lowest. */
export function pack(fields: readonly (readonly [value: number | bigint, bits: number])[]): bigint {
  let word = 0n;
  let at = 0n;
  for (const [value, bits] of fields) {
    word |= BigInt.asUintN(bits, BigInt(value)) << at;
    at += BigInt(bits);
  }
  return word;
}

/** Elements of `bits` bits, `width` of them a beat, the first one lowest. */
export function beatsOf(elements: readonly (number | bigint)[], width: number, bits: number): bigint[] {
  return Array.from({ length: elements.length / width }, (_, i) =>
    pack(elements.slice(i * width, (i + 1) * width).map((element) => [element, bits] as const)),
  );
}

/** Frames back to back, of which the second one may be cut short by a reset. */
export function withReset(frames: readonly (readonly bigint[])[], random: Random): Beat[] {
  return frames.flatMap((frame, i): Beat[] =>
    i === 1 ? [...frame.slice(0, random.below(frame.length)), 'reset'] : [...frame],
  );
}

/**
 * Frames of random elements, the second one cut by a reset, and the elements that `model` makes of each; so many of them are
 * a beat at the input and at the output.
 */
export function framesRun(
  random: Random,
  title: string,
  device: BenchCase['device'],
  [inWidth, outWidth]: readonly [number, number],
  frames: readonly (readonly bigint[])[],
  model: (frame: readonly bigint[]) => readonly bigint[],
): Run {
  const stalls = randomStalls(random);
  const beats = frames.map((frame) => beatsOf(frame, inWidth, device.inBits / inWidth));
  const run = { title: `${title}, ${JSON.stringify(stalls)}`, device, beats: withReset(beats, random), stalls };
  const outputs = frames.map((frame) => beatsOf(model(frame), outWidth, device.outBits / outWidth));
  return { run, expected: [outputs.slice(0, 2).flat(), outputs.slice(2).flat()] };
}

/** All beats taken, no law broken, and behind each reset what `expected` says; before one, the beginning of it. */
export function expectOutputs(
  { title }: Pick<BenchCase, 'title'>,
  result: BenchResult,
  expected: readonly (readonly bigint[])[],
): void {
  expect(result.violations, title).toEqual([]);
  expect(result.finished, `${title}: all beats taken`).toBe(true);
  expect(result.segments.length, title).toBe(expected.length);
  result.segments.forEach(({ outputs }, i) => {
    const values = outputs.map(({ value }) => value);
    const last = i === expected.length - 1;
    expect(values, `${title}, segment ${i}`).toEqual(last ? expected[i] : expected[i]!.slice(0, values.length));
  });
}

/** Simulates all runs at once. */
export async function check(runs: readonly Run[]): Promise<void> {
  const results = await runBench(runs.map(({ run }) => run));
  runs.forEach(({ run, expected }, i) => expectOutputs(run, results[i]!, expected));
}
