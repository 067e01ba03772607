/** Weights loaded while frames run: every frame is computed by one model at all layers, and what was loaded is read back. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import type { CosimOptions, WeightLoad } from '../../src/cosim/types.js';
import { lower, type LowerOptions } from '../../src/fixed/lower.js';
import { checkSameHardware, shiftsOf } from '../../src/fixed/same-hardware.js';
import { elementCount } from '../../src/graph/shapes.js';
import type { FlexorModel } from '../../src/model/types.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { loadPacket } from '../../src/rtl/load.js';
import { weightSources } from '../../src/rtl/weight-sources.js';
import type { Fold, WeightSource } from '../../src/rtl/types.js';
import { randomImages } from '../support/random-network.js';
import { reweighted } from '../support/reweighted.js';
import { RESIDUAL_NODES, TINY_NODES, tinyModel } from '../support/tiny-model.js';

const folder = temporaryFolder('flexor-load');
afterAll(() => folder.remove());

const IMAGES = 9;
const DIGEST = 'a'.repeat(64);

/** A design of the model, and loads of two others after a third and two thirds of the images. */
function prepare(model: FlexorModel, fold: Fold | null, options: LowerOptions = {}, source: WeightSource = 'ram') {
  const network = lower(model, DIGEST, { ...options, loadable: true });
  const design = makeDesign(network, { fold, weights: weightSources(network, { source }) });
  const generated = generateRtl(design);
  rmSync(folder.path, { recursive: true, force: true });
  writeDesign(generated, folder.path);
  const size = elementCount(network.input.shape);
  const loads = [1, 2].map((k): WeightLoad => {
    const other = lower(reweighted(model, k), DIGEST, { ...options, loadable: true, shifts: shiftsOf(network) });
    const packet = loadPacket(design.plan, other);
    return { network: other, packet, afterBeats: Math.floor((k * IMAGES * size) / 3 - size / 2) };
  });
  const images = randomImages(network, IMAGES, 1);
  const common = {
    folder: folder.path,
    design,
    images,
    seed: 1,
    layers: true,
    optimise: 'build-time' as const,
    jobs: 1,
  };
  return {
    design: generated,
    network,
    loads,
    run: (stalls: number, change: Partial<CosimOptions> = {}) => cosimulate({ ...common, stalls, loads, ...change }),
  };
}

describe('atomic between frames', () => {
  test.each<[string, FlexorModel, Fold | null, LowerOptions, WeightSource?]>([
    [
      'a chain with lanes that start inside slices',
      tinyModel(1, TINY_NODES),
      { conv1: { pe: 2, simd: 2 }, conv3: { pe: 2, simd: 9 }, dense5: { pe: 1, simd: 5 } },
      {},
    ],
    ['residual blocks', tinyModel(1, RESIDUAL_NODES), null, { floatBits: 4 }],
    ['one bank, residual blocks', tinyModel(1, RESIDUAL_NODES), null, { floatBits: 4 }, 'ram-single'],
    [
      'one bank, lanes that start inside slices',
      tinyModel(1, TINY_NODES),
      { conv1: { pe: 2, simd: 2 }, conv3: { pe: 2, simd: 9 }, dense5: { pe: 1, simd: 5 } },
      {},
      'ram-single',
    ],
    [
      'one dense layer, frames of four elements',
      tinyModel(2, [{ kind: 'flatten' }, { kind: 'dense', channels: 3, weights: { nIn: 4, nOut: 5, relu: false } }], {
        height: 2,
        width: 2,
        channels: 1,
      }),
      null,
      {},
    ],
  ])('%s', async (_, model, fold, options, source) => {
    const { run } = prepare(model, fold, options, source);
    for (const stalls of [0, 50]) {
      const result = await run(stalls);
      expect(result.failure).toBeNull();
      const [first, second] = result.loadedFrom as [number, number];
      expect(first).toBeGreaterThan(0);
      expect(second).toBeGreaterThan(first);
    }
  });
});

describe('the comparison sees', () => {
  const model = tinyModel(1, TINY_NODES);

  /** Runs with a change of a generated file; the second packet comes right behind the first one. */
  async function runWith(path: string, from: string, to: string): Promise<string | null> {
    const { design, loads, run } = prepare(model, null);
    const file = join(folder.path, path.replace('TOP', design.manifest.topModule));
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
    const together = loads.map((load) => ({ ...load, afterBeats: 100 }));
    const result = await run(0, { loads: together });
    if (result.keptFolder !== null) rmSync(result.keptFolder, { recursive: true });
    return result.failure;
  }

  test('nothing where nothing is wrong', async () => {
    expect(await runWith('rtl/flexor_bank.v', 'wire frame_end =', 'wire  frame_end =')).toBeNull();
  });

  test.each([
    ['a switch that does not wait for its frame', 'rtl/flexor_bank.v', 'frame_q == switch_i[FrameBits-1:0]', "1'b1"],
    [
      'layers that switch at different frames',
      'rtl/flexor_bank.v',
      'frame_q == switch_i[FrameBits-1:0]',
      "pixel_q == {PixelBits{1'b0}}",
    ],
    ['a bank that is overwritten while it is read', 'rtl/TOP.v', '.settled_i(&load_settled)', ".settled_i(1'b1)"],
    [
      'a beat that goes to another word',
      'rtl/flexor_store.v',
      'if (word_end) addr_q <= addr_q',
      'if (!word_end) addr_q <= addr_q',
    ],
    [
      'boundary slices that stay',
      'rtl/flexor_weight_ram_phase.v',
      '.bank_i(bank),\n    .addr_i(1',
      ".bank_i(1'b0),\n    .addr_i(1",
    ],
  ])('%s', async (_, path, from, to) => {
    expect(await runWith(path, from, to)).toMatch(/^(layer|loader)/);
  });

  test('a bit that is not what the simulator was told', async () => {
    const { loads, run } = prepare(model, null);
    const packet = loads[0]!.packet.slice();
    packet[1]! ^= 1;
    const result = await run(0, { loads: [{ ...loads[0]!, packet }] });
    expect(result.failure).toMatch(/^layer conv1/);
  });
});

describe('refuses', () => {
  const model = tinyModel(1, TINY_NODES);
  const options = { loadable: true };
  const network = lower(model, DIGEST, options);
  const shifts = shiftsOf(network);

  test('another M⊕, another shape, another layer', () => {
    const names = /tiny-\d cannot be loaded into hardware of tiny-1: /.source;
    const check = (other: FlexorModel) => () =>
      checkSameHardware(network, lower(other, DIGEST, { ...options, shifts }));
    expect(check(tinyModel(2, TINY_NODES))).toThrow(new RegExp(`${names}layer conv1: M⊕ differs`));
    expect(check(tinyModel(1, TINY_NODES, { height: 8, width: 9, channels: 1 }))).toThrow(`input: its tensor differs`);
    expect(check(tinyModel(1, TINY_NODES.with(1, { kind: 'pool', stride: [1, 1], kernel: [1, 1] })))).toThrow(
      'layer pool2: output differs',
    );
    expect(check(model)).not.toThrow();
  });

  test('hardware whose weights are fixed', () => {
    expect(() => checkSameHardware(network, lower(model, DIGEST, { shifts }))).toThrow(
      'network: whether weights can be loaded differs',
    );
  });

  test('multipliers that do not fit at the shift that the hardware has', () => {
    const [first, ...rest] = reweighted(model, 1).nodes as [FlexorModel['nodes'][number], ...FlexorModel['nodes']];
    const small = { ...first, range: { min: 0, max: 1e-3 } } as typeof first;
    expect(() => lower({ ...model, nodes: [small, ...rest] }, DIGEST, { ...options, shifts })).toThrow(
      /layer conv1: multipliers do not fit 16 bits at the shift of \d+ that the hardware has/,
    );
  });
});
