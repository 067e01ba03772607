/** Generated designs as a whole: deterministic, complete, stable names, clean under every tool. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { lower } from '../../src/fixed/lower.js';
import { isWeighted } from '../../src/graph/order.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { makeDesign } from '../../src/rtl/design.js';
import { weightSources } from '../../src/rtl/weight-sources.js';
import { generateRtl, type GeneratedDesign } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import type { RtlFiles } from '../../src/rtl/types.js';
import { checkWithIcarus } from '../../src/toolchain/icarus.js';
import { lintVerilog } from '../../src/toolchain/lint.js';
import { runYosys } from '../../src/toolchain/yosys.js';
import { caseDesign, randomCase } from '../support/random-case.js';
import { randomNetwork } from '../support/random-network.js';
import { RESIDUAL_NODES, TINY_NODES, tinyModel, type TinyNode } from '../support/tiny-model.js';

const folder = temporaryFolder('flexor-generate');
afterAll(() => folder.remove());

function tinyNetwork(nodes: readonly TinyNode[]): IntNetwork {
  return lower(tinyModel(5, nodes), 'f'.repeat(64), { activationBits: 8, multiplierBits: 16, inputBits: 8 });
}

const generated = new Map<number, GeneratedDesign>();

/** The design of a random case; tests that look at the same one share it. */
function designOf(seed: number): GeneratedDesign {
  const design = generated.get(seed) ?? caseDesign(randomCase(seed));
  generated.set(seed, design);
  return design;
}

/** Everything in a design but the library, as one text. */
function generatedText({ files, manifest }: RtlFiles): string {
  const library = manifest.verilog.filter((path) => /rtl\/flexor_\w+\.v/.test(path));
  return [...files]
    .filter(([path]) => !library.includes(path))
    .flat()
    .join('\n');
}

function sourcesOf({ manifest }: RtlFiles): string[] {
  return [...manifest.verilog, ...manifest.simTop.sources, manifest.simTop.file];
}

describe('the output is a function of its input', () => {
  test('two generations are byte-equal', () => {
    for (let seed = 0; seed < 15; seed++) {
      const which = randomCase(seed);
      // A copy of the network, so that nothing that is remembered of the first one's layers helps.
      const [a, b] = [designOf(seed), caseDesign({ ...which, network: structuredClone(which.network) })];
      expect([...a.files]).toEqual([...b.files]);
      expect(a.files.get('manifest.json')).toBe(`${JSON.stringify(a.manifest, null, 2)}\n`);
    }
  });

  test('no date, host, user or path', () => {
    for (let seed = 0; seed < 10; seed++) {
      const text = generatedText(designOf(seed));
      for (const word of [hostname(), process.cwd(), folder.path, String(new Date().getFullYear()) + '-']) {
        expect(text).not.toContain(word);
      }
      // A user called root or node would be found in identifiers; a home folder would not.
      expect(text).not.toContain(userInfo().homedir);
      expect(text).not.toMatch(/(^|[\s"'(])\/[a-z]+\//m);
    }
  });

  test('written files are those in memory, and a second design replaces the first as a whole', () => {
    const target = join(folder.path, 'written');
    writeDesign(designOf(1), target);
    const design = designOf(2);
    writeDesign(design, target);
    for (const [path, text] of design.files) {
      const written = readFileSync(join(target, path), 'utf8');
      // The manifest on disk also lists the files.
      if (path === 'manifest.json') expect(JSON.parse(written)).toMatchObject(JSON.parse(text) as object);
      else expect(written).toBe(text);
    }
    expect(() => readFileSync(join(target, `rtl/${designOf(1).manifest.topModule}.v`))).toThrow(/ENOENT/);
    rmSync(target, { recursive: true });
  });
});

describe('what the manifest says is there', () => {
  test.each([0, 3, 7, 11])('files, names and streams of random network %i', (seed) => {
    const { files, manifest, design } = designOf(seed);
    const packet = manifest.load === undefined ? [] : [manifest.load.file];
    const listed = [
      ...manifest.verilog,
      ...manifest.memories,
      ...packet,
      manifest.simTop.file,
      'files.f',
      'manifest.json',
    ];
    expect([...files.keys()].sort()).toEqual([...listed].sort());
    expect(files.get('files.f')).toBe(manifest.verilog.map((path) => `${path}\n`).join(''));
    expect(manifest.verilog.at(-1)).toBe(`rtl/${manifest.topModule}.v`);
    for (const path of manifest.verilog) {
      const module = /rtl\/(\w+)\.v/.exec(path)![1]!;
      expect(files.get(path)).toMatch(new RegExp(`^module ${module}\\b`, 'm'));
    }
    const top = files.get(`rtl/${manifest.topModule}.v`)!;
    for (const { name, module } of manifest.layers) expect(top).toContain(`${module} u_${name} (`);
    expect(top).toContain(design.network.modelDigest);
    expect(manifest.streams.map(({ node }) => node)).toEqual([
      'input',
      ...design.network.nodes.map(({ name }) => name),
    ]);
    expect(manifest.options.fold).toEqual(randomCase(seed).fold);
  });

  test('every module that is instantiated is listed, and every one listed is instantiated', () => {
    for (let seed = 0; seed < 30; seed++) {
      const { files, manifest } = designOf(seed);
      const text = manifest.verilog.map((path) => files.get(path)!.replace(/\/\/.*$/gm, '')).join('\n');
      const used = new Set(
        [...text.matchAll(/^\s+(\w+) (?:#\(|u_\w+ (?:\[[^\]]*\] )?\()/gm)].map((match) => match[1]!),
      );
      const modules = manifest.verilog.map((path) => /rtl\/(\w+)\.v/.exec(path)![1]!);
      expect([...used, manifest.topModule].sort()).toEqual([...modules].sort());
    }
  });

  test('memory files have a row per line and bank, as wide as the module reads them', () => {
    for (let seed = 0; seed < 15; seed++) {
      const { files, manifest } = designOf(seed);
      const banks = manifest.load?.banks ?? 1;
      for (const layer of manifest.layers) {
        if (layer.weighted === null) continue;
        const text = files.get(`rtl/${layer.module}.v`)!;
        const valueIn = (instance: string, name: string) => {
          const found = new RegExp(` {2}\\w+ #\\(\n([^;]*?)\n {2}\\) ${instance} \\(`).exec(text)![1]!;
          return Number(new RegExp(`\\.${name}\\((\\d+)\\)`).exec(found)![1]);
        };
        const value = (name: string) => valueIn('u_weights', name);
        const stream = manifest.weightStreams?.find((each) => each.layer === layer.name);
        const weights = files
          .get(stream?.file ?? `mem/${layer.name}_weights.mem`)!
          .trimEnd()
          .split('\n');
        const { nIn, nOut } = layer.weighted.planes[0]!;
        const lanes = valueIn('u_engine', 'Planes') * valueIn('u_engine', 'Simd');
        const laneBits = valueIn('u_engine', 'WordCycles') * valueIn('u_engine', 'Pe');
        const bits = (lanes * laneBits * nIn) / nOut;
        expect(value('WordBits')).toBe(bits);
        expect(value('RowsPerWord') * value('RowBits')).toBeGreaterThanOrEqual(bits);
        expect(value('RowsPerWord') * (value('RowBits') - 1)).toBeLessThan(bits);
        expect(weights.length).toBe(banks * value('Rows'));
        for (const row of weights) expect(row).toMatch(new RegExp(`^[0-9a-f]{${Math.ceil(value('RowBits') / 4)}}$`));
        const scales = files.get(`mem/${layer.name}_scales.mem`)!.trimEnd().split('\n');
        const { width } = layer.weighted;
        expect(scales.length).toBe(banks * Math.ceil(layer.outputShape.channels / width));
        const scale = (name: string) => valueIn('u_requantiser', name);
        const loaded = manifest.load !== undefined;
        const residualBits = loaded && text.includes('flexor_requantiser_residual') ? scale('ResMulBits') : 0;
        const scaleBits = text.includes('u_thresholds')
          ? width * valueIn('u_thresholds', 'ParamBits')
          : width * (scale('ScaledBits') + (scale('Joined') ? 1 : scale('Planes')) * scale('MulBits')) + residualBits;
        expect(valueIn('u_scales', 'Width')).toBe(scaleBits);
        for (const word of scales) expect(word).toMatch(new RegExp(`^[0-9a-f]{${Math.ceil(scaleBits / 4)}}$`));
      }
    }
  });
});

test('appending a layer renames nothing and changes no file of the layers before it', () => {
  const [head, tail] = [TINY_NODES.slice(0, 3), TINY_NODES.slice(3)];
  const conv: TinyNode = { kind: 'conv', channels: 6, kernel: [1, 1], weights: { nIn: 3, nOut: 4 } };
  const fold = { conv1: { pe: 2, simd: 3 }, conv3: { pe: 3, simd: 2 } };
  const build = (nodes: readonly TinyNode[]) => generateRtl(makeDesign(tinyNetwork(nodes), { fold }));
  const [before, after] = [build([...head, ...tail]), build([...head, conv, ...tail])];
  for (const layer of ['conv1', 'pool2', 'conv3']) {
    const module = `tiny_5_${layer}`;
    expect(after.files.get(`rtl/${module}.v`)).toBe(before.files.get(`rtl/${module}.v`)!);
    expect(after.manifest.layers.map((each) => each.module)).toContain(module);
  }
  for (const path of before.manifest.memories.filter((each) => each.includes('conv'))) {
    expect(after.files.get(path)).toBe(before.files.get(path)!);
  }
});

/** Residual blocks, joined planes and lanes that start inside slices, all weights from one source. */
function designWith(source: 'ram' | 'stream', axiLite: boolean): RtlFiles {
  const network = lower(tinyModel(1, RESIDUAL_NODES), 'f'.repeat(64), { floatBits: 4, loadable: source === 'ram' });
  return generateRtl(makeDesign(network, { axiLite, weights: weightSources(network, { source }) }));
}

describe('tools accept what is generated', () => {
  const seeds = Array.from({ length: 8 }, (_, i) => 20 + i);

  test.each(seeds)('random network %i: no warning of Verilator -Wall or Icarus -Wall', async (seed) => {
    const design = designOf(seed);
    const target = join(folder.path, `lint-${seed}`);
    writeDesign(design, target);
    const { topModule, verilog } = design.manifest;
    expect((await lintVerilog(target, verilog, topModule)).findings).toEqual([]);
    expect((await lintVerilog(target, sourcesOf(design), 'flexor_sim_top')).findings).toEqual([]);
    expect(await checkWithIcarus(target, sourcesOf(design), 'flexor_sim_top')).toBe('');
  });

  test.each([
    ['ram', false],
    ['ram', true],
    ['stream', false],
    ['stream', true],
  ] as const)('weights from %s, AXI4-Lite %s: no warning of Verilator or Icarus', async (weights, axiLite) => {
    const design = designWith(weights, axiLite);
    const target = join(folder.path, `${weights}-${axiLite}`);
    writeDesign(design, target);
    const { topModule, verilog } = design.manifest;
    expect((await lintVerilog(target, verilog, topModule)).findings).toEqual([]);
    expect((await lintVerilog(target, sourcesOf(design), 'flexor_sim_top')).findings).toEqual([]);
    expect(await checkWithIcarus(target, sourcesOf(design), 'flexor_sim_top')).toBe('');
  });

  test('Yosys reads random networks, memories and all, and finds nothing wrong', async () => {
    const designs = [...[21, 24, 28].map(designOf), designWith('ram', true), designWith('stream', true)];
    const files = new Map(
      designs.flatMap((design, i) =>
        [...design.files].map(([path, text]) => [`d${i}/${path}`, text.replaceAll('"mem/', `"d${i}/mem/`)]),
      ),
    );
    const script = designs
      .map(({ manifest }, i) => {
        const sources = manifest.verilog.map((path) => `d${i}/${path}`).join(' ');
        return `design -reset; read_verilog ${sources}; hierarchy -check -top ${manifest.topModule}; proc; check -assert`;
      })
      .join('; ');
    const { stdout } = await runYosys({ script, files, outputs: [] });
    expect(stdout.match(/Found and reported 0 problems/g)?.length).toBe(designs.length);
    expect(stdout.split('\n').filter((line) => /^Warning/.test(line))).toEqual([]);
  });
});

test('every memory word of a network depends on the encrypted bits alone', () => {
  const network = randomNetwork(6);
  // The generator must not look at the decrypted codes: co-simulation would prove nothing.
  const blind = {
    ...network,
    nodes: network.nodes.map((node) =>
      isWeighted(node)
        ? { ...node, planes: node.planes.map((plane) => ({ ...plane, codes: new Uint8Array(0) })) }
        : node,
    ),
  };
  const hash = (design: RtlFiles) =>
    createHash('sha256')
      .update([...design.files].flat().join())
      .digest('hex');
  expect(hash(generateRtl(makeDesign(blind)))).toBe(hash(generateRtl(makeDesign(network))));
});
