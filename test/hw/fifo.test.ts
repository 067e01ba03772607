/** flexor_fifo, flexor_fifo_ram and flexor_fork against an ideal queue: order, capacity, throughput. */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { instance, runBench, streamDevice, type BenchCase } from './support/bench.js';
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
  const results = await runBench(runs.map(({ run }) => run));
  runs.forEach(({ run, expected }, i) => expectOutputs(run, results[i]!, expected));
});

test('holds Depth elements and passes one a cycle from depth 2 on', async () => {
  const beats = Array.from({ length: 60 }, (_, i) => BigInt(i));
  const runs = SIZES.flatMap(({ depth }) => [
    { title: `fill ${depth}`, device: fifo(depth, 8), beats, stalls: { source: 0, sink: 0, fillFirst: true } },
    { title: `flow ${depth}`, device: fifo(depth, 8), beats, stalls: { source: 0, sink: 0 } },
  ]);
  const results = await runBench(runs);
  SIZES.forEach(({ depth }, i) => {
    const [fill, flow] = [results[2 * i]!.segments[0]!, results[2 * i + 1]!.segments[0]!];
    expect(fill.held, `depth ${depth}`).toBe(depth);
    const cycles = flow.outputs.at(-1)!.cycle - flow.outputs[0]!.cycle;
    expect(cycles, `depth ${depth}`).toBe((beats.length - 1) * (depth === 1 ? 2 : 1));
  });
});

test.each([3, 4, 9, 66])(
  'the memory FIFO of depth %i keeps order, holds Depth and passes one a cycle',
  async (depth) => {
    const random = new Random(depth);
    const device = streamDevice('flexor_fifo_ram', { Width: 9, Depth: depth }, 9, 9);
    const frames = Array.from({ length: 3 }, () => Array.from({ length: 90 }, () => randomBits(random, 9)));
    const stalls = randomStalls(random);
    const mixed: BenchCase = { title: `mixed ${depth}`, device, beats: withReset(frames, random), stalls };
    const beats = Array.from({ length: 200 }, (_, i) => BigInt(i));
    const fill = { title: 'fill', device, beats, stalls: { source: 0, sink: 0, fillFirst: true } };
    const flow = { title: 'flow', device, beats, stalls: { source: 0, sink: 0 } };
    const results = await runBench([mixed, fill, flow]);
    expectOutputs(mixed, results[0]!, [frames.slice(0, 2).flat(), frames[2]!]);
    expectOutputs(fill, results[1]!, [beats]);
    expectOutputs(flow, results[2]!, [beats]);
    expect(results[1]!.segments[0]!.held).toBe(depth);
    const { outputs } = results[2]!.segments[0]!;
    expect(outputs.at(-1)!.cycle - outputs[0]!.cycle).toBe(beats.length - 1);
  },
);

/** Both branches of a fork joined again element by element: what comes out is every element twice. */
function forkAndJoin(depths: readonly [number, number]): BenchCase['device'] {
  const ports = ['in_valid_i(in_valid)', 'in_ready_o(in_ready)', 'in_data_i(in_data)'];
  ports.push('out_valid_o(both)', 'out_ready_i({2{out_valid && out_ready}})', 'out_data_o(out_data)');
  const parameters = { Width: 7, Branches: 2, Depths: `{32'd${depths[1]}, 32'd${depths[0]}}`, RegisterDepth: 8 };
  return {
    body: `wire [1:0] both;\nassign out_valid = &both;\n${instance('flexor_fork', parameters, ports)}`,
    inBits: 7,
    outBits: 14,
  };
}

test('a fork gives every branch every element', async () => {
  const random = new Random(3);
  const pairs = [
    [1, 1],
    [2, 2],
    [2, 9],
    [20, 3],
  ] as const;
  const runs = pairs.map((depths) => {
    const beats = Array.from({ length: 80 }, () => randomBits(random, 7));
    return { title: depths.join(), device: forkAndJoin(depths), beats, stalls: randomStalls(random) };
  });
  const results = await runBench(runs);
  runs.forEach((run, i) => expectOutputs(run, results[i]!, [run.beats.map((beat) => (beat << 7n) | beat)]));
});
