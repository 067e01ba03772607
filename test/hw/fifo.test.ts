/** flexor_fifo against an ideal queue: order, capacity, throughput. */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { runBench, streamDevice, type BenchCase } from './support/bench.js';
import { expectOutputs, randomBits, randomStalls, withReset } from './support/check.js';

const SIZES = [1, 2, 3, 4, 5, 7, 8, 16].map((depth, i) => ({ depth, width: [1, 8, 33, 7][i % 4]! }));

function fifo(depth: number, width: number) {
  return streamDevice('flexor_fifo', { Width: width, Depth: depth }, width, width);
}

test('gives what it got, in order, under any stalls and after a reset', async () => {
  const random = new Random(1);
  const runs = SIZES.flatMap((size) => [size, size, size]).map(({ depth, width }, i) => {
    const frames = Array.from({ length: 3 }, () => Array.from({ length: 40 }, () => randomBits(random, width)));
    const stalls = randomStalls(random);
    const beats = withReset(frames, random);
    const title = `${i}: depth ${depth}, width ${width}, ${JSON.stringify(stalls)}`;
    const run: BenchCase = { title, device: fifo(depth, width), beats, stalls };
    return { run, expected: [frames.slice(0, 2).flat(), frames[2]!] };
  });
  const results = await runBench(
    ['flexor_fifo'],
    runs.map(({ run }) => run),
  );
  runs.forEach(({ run, expected }, i) => expectOutputs(run, results[i]!, expected));
});

test('holds Depth elements and passes one a cycle from depth 2 on', async () => {
  const beats = Array.from({ length: 60 }, (_, i) => BigInt(i));
  const runs = SIZES.flatMap(({ depth }) => [
    { title: `fill ${depth}`, device: fifo(depth, 8), beats, stalls: { source: 0, sink: 0, fillFirst: true } },
    { title: `flow ${depth}`, device: fifo(depth, 8), beats, stalls: { source: 0, sink: 0 } },
  ]);
  const results = await runBench(['flexor_fifo'], runs);
  SIZES.forEach(({ depth }, i) => {
    const [fill, flow] = [results[2 * i]!.segments[0]!, results[2 * i + 1]!.segments[0]!];
    expect(fill.held, `depth ${depth}`).toBe(depth);
    const cycles = flow.outputs.at(-1)!.cycle - flow.outputs[0]!.cycle;
    expect(cycles, `depth ${depth}`).toBe((beats.length - 1) * (depth === 1 ? 2 : 1));
  });
});
