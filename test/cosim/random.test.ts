/**
 * Random networks, folds and stalls: RTL and simulator agree on every stream, measured cycles are the predicted ones. The
 * long test (test/long/random-cosim.long.ts) runs the same on many more seeds.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inputTensorsOf } from '../../src/fixed/shapes.js';
import { isWeighted } from '../../src/graph/order.js';
import { elementCount } from '../../src/graph/shapes.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { weightMemory } from '../../src/rtl/weight-memory.js';
import { streamReaders } from '../../src/rtl/graph.js';
import { layerWidths, streamWidths } from '../../src/rtl/stream-widths.js';
import { describeCase, feedName, randomCase, runCase, type RandomCase } from '../support/random-case.js';
import { checkCase, shrink } from '../support/shrink-case.js';

/** Of each way in which weights come (constant, loaded, streamed) some; the long test has hundreds. */
const SEEDS = Array.from({ length: 10 }, (_, i) => 1_000 + i);
/** Cases that Icarus runs as well, as a second opinion that propagates X: of those with few lanes. */
const ICARUS_SEEDS = new Set([1_000, 1_002, 1_003]);

describe('random cases', () => {
  test.concurrent.each(SEEDS)('seed %i', async (seed) => {
    expect(await checkCase(seed, { icarus: ICARUS_SEEDS.has(seed) })).toBeNull();
  });
});

/** Forks, what is added, and layers that differ in their bits. */
function graphFeatures(network: IntNetwork): string[] {
  const found: string[] = [];
  if (streamReaders(network).some((readers) => readers.length > 1)) found.push('fork');
  const nodes = new Map(network.nodes.map((node) => [node.name, node]));
  const bits = new Set(network.nodes.slice(0, -1).map(({ outputTensor }) => outputTensor.format.bits));
  if (bits.size > 1) found.push('bits by layer');
  for (const node of network.nodes) {
    if (node.kind === 'avgPool') found.push('average pool');
    if (!isWeighted(node)) continue;
    if (node.requantiser.joined) found.push('full-precision layer');
    if (node.residual === null) continue;
    const added = nodes.get(node.residual.input);
    const projection = added?.kind === 'conv' && added.kernel.every((k) => k === 1);
    found.push('add', projection ? 'projection' : added?.kind === 'subsample' ? 'option A' : 'identity');
  }
  return found;
}

/** What a case exercises, in words. */
function features({ network, fold, frames, runs, other }: RandomCase): string[] {
  const found = [`layers ${network.nodes.length}`, `frames ${frames}`, ...graphFeatures(network)];
  if (other !== null) found.push('loaded weights');
  found.push(...runs.flatMap(({ stalls, events }) => [`stalls ${stalls}`, ...events.map(({ kind }) => kind)]));
  const streams = streamWidths(network, fold);
  if (streams[0]! > 1) found.push('wide input');
  if (elementCount(network.input.shape) % streams[0]! !== 0) found.push('partly filled input');
  if (streams.at(-1)! > 1) found.push('several logits');
  if (elementCount(network.nodes.at(-1)!.outputTensor.shape) % streams.at(-1)! !== 0)
    found.push('partly filled output');
  const widths = layerWidths(network, streams);
  for (const [i, node] of network.nodes.entries()) {
    const { format, shape } = inputTensorsOf(node)[0]!;
    const { input, residual, output } = widths[i]!;
    if (input > 1) found.push(isWeighted(node) ? `wide ${feedName(node, fold[node.name]!)}` : `wide ${node.kind}`);
    if (output > 1) found.push(`width ${output}`);
    if (residual > output) found.push('residual in parts');
    if (residual > 1) found.push('wide residual');
    found.push(format.signed ? 'signed' : 'unsigned', `bits ${format.bits}`, `channels ${shape.channels}`);
    if (node.kind === 'subsample') found.push('subsample', `stride ${Math.max(...node.stride)}`);
    else if ('kernel' in node) {
      const [h, w] = node.kernel;
      found.push(h === w ? `${node.kind} kernel ${h}` : 'non-square kernel', `stride ${Math.max(...node.stride)}`);
      if (node.padding[0] !== node.padding[2]) found.push('asymmetric padding');
      if (shape.height < h || shape.width < w) found.push('image smaller than the kernel');
    }
    if (!isWeighted(node)) continue;
    const layer = fold[node.name]!;
    const memory = weightMemory(node, layer);
    found.push(feedName(node, layer), layer.pe === node.outChannels ? 'one group' : 'groups');
    found.push(`planes ${node.planes.length}`);
    if (memory.phases.some((phase) => phase !== 0)) found.push('phase');
    if (node.windowSize % layer.simd !== 0) found.push('short last lane');
    if (memory.wordCycles > 1) found.push('word lasts cycles');
    if (memory.slices > 1) found.push('word of slices');
    const { nIn, nOut } = node.planes[0]!;
    found.push(`N_in ${nIn}`, `N_out ${nOut}`, nIn < nOut ? 'below one bit' : 'one bit or more');
  }
  return found;
}

test('200 seeds cover what hardware must handle', () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 200; seed++) {
    for (const name of new Set(features(randomCase(seed)))) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const common = [
    ...['direct', 'vector', 'serial', 'serial lanes', 'banked rows', 'banked taps', 'banked blocks'],
    ...['one group', 'groups', 'phase', 'short last lane', 'word lasts cycles', 'word of slices'],
    ...['planes 1', 'planes 2', 'planes 3', 'signed', 'unsigned', 'below one bit', 'one bit or more'],
    ...['conv kernel 1', 'conv kernel 3', 'conv kernel 5', 'maxPool kernel 2', 'maxPool kernel 3', 'non-square kernel'],
    ...['stride 1', 'stride 2', 'asymmetric padding', 'image smaller than the kernel'],
    ...[1, 2, 3, 4, 5].map((n) => `layers ${n}`),
    ...[10, 30, 50, 70, 90].map((n) => `stalls ${n}`),
    ...[3, 4, 5, 6].map((n) => `frames ${n}`),
    ...['early-last', 'late-last', 'wrong-keep', 'reset', 'several logits'],
    ...['fork', 'add', 'identity', 'projection', 'option A', 'subsample', 'average pool', 'full-precision layer'],
    ...['bits by layer', 'loaded weights', 'wide residual', 'residual in parts', 'width 2', 'width 4'],
    ...['wide direct', 'wide vector', 'wide serial', 'wide serial lanes', 'wide banked blocks', 'wide maxPool'],
  ];
  const missing = common.filter((name) => (counts.get(name) ?? 0) < 8);
  expect(missing, JSON.stringify([...counts])).toEqual([]);
  const every = [
    ...['width 8', 'width 16', 'wide banked rows', 'wide banked taps', 'wide avgPool', 'wide subsample', 'wide input'],
    ...['partly filled input', 'partly filled output'],
    ...Array.from({ length: 12 }, (_, i) => `bits ${i + 1}`),
    ...Array.from({ length: 24 }, (_, i) => `channels ${i + 1}`),
    ...Array.from({ length: 24 }, (_, i) => `N_in ${i + 1}`),
    ...Array.from({ length: 32 }, (_, i) => `N_out ${i + 1}`),
  ];
  expect(every.filter((name) => !counts.has(name))).toEqual([]);
});

test('a fault is found, and the case shrinks to the smallest network that has it', async () => {
  const seed = 1_001;
  const fault = (path: string, text: string): string =>
    path === 'rtl/flexor_scaler.v' ? text.replace(/assign out_data_o = (.*);/g, 'assign out_data_o = ~($1);') : text;
  const failure = await runCase(randomCase(seed), { fault });
  expect(failure).toMatch(/stream .*design kept in /s);
  const { which, failure: smallest } = await shrink(seed, failure!, { fault });
  expect(randomCase(seed).network.nodes.length).toBeGreaterThan(3);
  expect(which.network.nodes.length).toBe(1);
  expect(smallest).toContain(describeCase(which));
  const kept = [failure!, smallest].map((text) => text.slice(text.indexOf('design kept in ') + 15));
  for (const folder of kept) {
    expect(existsSync(join(folder, 'manifest.json')), folder).toBe(true);
    rmSync(folder, { recursive: true });
  }
});
