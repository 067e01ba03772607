/**
 * The folders of ../shared/data/failing: inputs that went wrong on this project, and what their READMEs want. Where the
 * folder is not there the same inputs are made here. What needs more than a call is tested elsewhere: 10 (base/files),
 * 15 (data/layouts), 19 (cosim/load-reset).
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { prepareOutput } from '../src/base/output.js';
import { loadMnistTest } from '../src/data/mnist.js';
import { tarMembers } from '../src/data/tar.js';
import { findImages } from '../src/data/image-index.js';
import { lower } from '../src/fixed/lower.js';
import { rangeWarnings } from '../src/model/reach.js';
import { readModel } from '../src/model/read.js';
import { writeModel } from '../src/model/write.js';
import { makeDesign } from '../src/rtl/design.js';
import { generateRtl } from '../src/rtl/generate.js';
import { writeDesign } from '../src/rtl/write-design.js';
import { editDocument } from './support/edit-document.js';
import { tinyModel, type TinyNode } from './support/tiny-model.js';

const FAILING = '../shared/data/failing';
const folder = mkdtempSync(join(tmpdir(), 'flexor-failing-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of the shared folder, or what `make` gives. */
function shared(path: string, make: () => Uint8Array): Uint8Array {
  const file = join(FAILING, path);
  return existsSync(file) ? readFileSync(file) : make();
}

const DENSE: TinyNode = { kind: 'dense', channels: 3, weights: { relu: false } };
const BIASED: TinyNode = { kind: 'conv', channels: 4, padding: [1, 1, 1, 1], weights: { bias: true } };

/** A model whose document states other ranges. */
function withRanges(input: readonly number[] | null, node: readonly number[] | null, bias = 0): Uint8Array {
  const model = tinyModel(1, [BIASED, DENSE]);
  const biased = model.nodes.map((each) =>
    'bias' in each && each.bias ? { ...each, bias: each.bias.map(() => bias) } : each,
  );
  return editDocument(writeModel({ ...model, nodes: biased }), (document) => {
    if (input !== null) (document['input'] as Record<string, unknown>)['range'] = input;
    const nodes = document['nodes'] as Record<string, unknown>[];
    if (node !== null) nodes[0]!['range'] = node;
  });
}

describe('outputs', () => {
  const design = generateRtl(makeDesign(lower(tinyModel(1), '0'.repeat(64))));

  it('01: a folder with any manifest.json is not ours, and keeps its files', () => {
    const app = join(folder, 'app');
    mkdirSync(app);
    writeFileSync(join(app, 'manifest.json'), '{"name":"my app"}');
    writeFileSync(join(app, 'thesis.txt'), 'precious');
    expect(() => writeDesign(design, app)).toThrow(/only a design of this tool is replaced/);
    expect(readdirSync(app)).toEqual(['manifest.json', 'thesis.txt']);
  });

  it('02: a model that cannot be written is refused before the training', () => {
    for (const path of ['nodir/', '.', '', `${'n'.repeat(300)}.flexor`]) {
      expect(() => prepareOutput(path === '' ? path : join(folder, path) + (path.endsWith('/') ? '/' : ''))).toThrow();
    }
    expect(prepareOutput(join(folder, 'n'.repeat(245)))).toBe(join(folder, 'n'.repeat(245)));
    expect(readdirSync(folder).filter((name) => name.startsWith('n'))).toEqual([]);
  });

  it('03: a slash behind a new folder changes nothing', () => {
    writeDesign(design, `${join(folder, 'new')}/`);
    expect(existsSync(join(folder, 'new', 'manifest.json'))).toBe(true);
  });
});

it('05: SIGINT ends a generation within a second, with 130 and nothing written', async () => {
  const path = join(folder, 'slow.flexor');
  const slow: TinyNode = { kind: 'dense', channels: 13, weights: { nIn: 11, nOut: 509, taps: 3, relu: false } };
  const model = tinyModel(1, [slow], { height: 5, width: 7, channels: 1 });
  writeFileSync(
    path,
    shared('05-ctrl-c-ignored/slow.flexor', () => writeModel(model)),
  );
  const out = join(folder, 'interrupted');
  const child = spawn(process.execPath, [
    resolve('lib/flexor.js'),
    'gen-rtl',
    path,
    '-o',
    out,
    '--xor-iterations',
    '10000000',
  ]);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // The search for a small XOR circuit runs by then, and for minutes.
  await new Promise((done) => setTimeout(done, 6000));
  child.kill('SIGINT');
  const code = await new Promise((done) => child.on('close', done));
  expect({ code, stderr, written: existsSync(out) }).toEqual({
    code: 130,
    stderr: 'flexor: interrupted\n',
    written: false,
  });
});

describe('data', () => {
  it('06: a pax record of length 1e-300 is an error that names the archive', () => {
    const made = (): Uint8Array => {
      const header = Buffer.alloc(512);
      header.write('x', 0);
      header.write('0000644\0', 100);
      header.write(`${(14).toString(8).padStart(11, '0')}\0`, 124);
      header.write('        ', 148);
      header.write('x', 156);
      const sum = header.reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      return Buffer.concat([header, Buffer.from('1e-300 path=x\n'), Buffer.alloc(498 + 1024)]);
    };
    const path = join(folder, 'n01440764.tar');
    writeFileSync(path, shared('06-pax-record-length/train/n01440764.tar', made));
    expect(() => tarMembers(path)).toThrow(/n01440764\.tar: at byte \d+: a pax record states a wrong length/);
  });

  it('08: gzip unpacks no further than its header states', () => {
    const mnist = join(folder, 'mnist');
    mkdirSync(mnist);
    // 64 MB of zeros behind the header of ten images: the sizes differ, and that is told before they are unpacked.
    const head = Buffer.from([0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 28, 0, 0, 0, 28]);
    writeFileSync(
      join(mnist, 't10k-images-idx3-ubyte.gz'),
      gzipSync(Buffer.concat([head, Buffer.alloc(2 ** 26)]), { level: 1 }),
    );
    writeFileSync(
      join(mnist, 't10k-labels-idx1-ubyte.gz'),
      gzipSync(Buffer.concat([Buffer.from([0, 0, 8, 1, 0, 0, 0, 10]), Buffer.alloc(10)])),
    );
    const before = process.memoryUsage().arrayBuffers;
    expect(() => loadMnistTest(mnist)).toThrow(/t10k-images-idx3-ubyte\.gz/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 25);
  });

  it('11: what macOS writes beside files is no image', () => {
    const given = join(FAILING, '11-appledouble', 'train');
    const place = existsSync(given) ? given : join(folder, 'apple');
    if (place !== given) {
      for (const synset of ['n01440764', 'n01443537']) {
        mkdirSync(join(place, synset), { recursive: true });
        for (const name of [`${synset}_0.JPEG`, `._${synset}_0.JPEG`]) writeFileSync(join(place, synset, name), '');
      }
    }
    const images = findImages(place, new Map() as Parameters<typeof findImages>[1]);
    expect(images.length).toBeGreaterThan(1);
    expect(JSON.stringify(images)).not.toContain('._n0');
  });
});

it('layers may have the names that every object inherits', () => {
  const names: Readonly<Record<string, string>> = { conv1: 'constructor', pool2: 'valueOf', dense3: 'toString' };
  const named = (name: string): string => names[name] ?? name;
  const model = tinyModel(1, [BIASED, { kind: 'pool' }, DENSE]);
  const nodes = model.nodes.map((node) =>
    'input' in node ? { ...node, name: named(node.name), input: named(node.input) } : node,
  );
  const network = lower({ ...model, nodes, output: 'toString' }, '0'.repeat(64));
  const fold = { constructor: { pe: 2, simd: 3 }, toString: { pe: 3, simd: 1 } };
  for (const request of [{}, { fold }]) {
    expect(generateRtl(makeDesign(network, request)).manifest.layers.map(({ name }) => name)).toEqual(
      Object.values(names),
    );
  }
});

it('concatenated layers may have such names, too', () => {
  const convs: TinyNode[] = [BIASED, { ...BIASED, padding: [1, 1, 1, 1] }];
  const model = tinyModel(1, [...convs, { kind: 'concat', with: ['conv1'] }, DENSE]);
  const named = (name: string): string => (name === 'conv1' ? 'constructor' : name);
  const nodes = model.nodes.map((node) => ({
    ...{ ...node, name: named(node.name) },
    ...('input' in node ? { input: named(node.input) } : { inputs: node.inputs.map(named) as [string, string] }),
  }));
  const formats = lower({ ...model, nodes }, '0'.repeat(64)).nodes.map((node) => node.outputTensor.format.bits);
  expect(formats.slice(0, 3)).toEqual([8, 8, 8]);
});

describe('ranges', () => {
  const HUGE = 3e38;
  it.each<[string, RegExp, () => Uint8Array]>([
    ['hang', /input: range: must be 0 or reach a magnitude from 1e-30 to 1e\+30/, () => withRanges([0, 1e-262], null)],
    ['internal', /input: range: must be 0 or reach/, () => withRanges([0, 5e-324], null)],
    ['zeros', /input: range: must be 0 or reach/, () => withRanges([0, 1.7e308], null)],
    ['reason', /^layer conv1: its bias or batch norm adds 3\.0\d*e\+38/, () => withRanges(null, [0, 2], HUGE)],
  ])('09: %s.flexor is one line that names the layer and the range', (name, line, make) => {
    const bytes = shared(`09-scales-out-of-range/${name}.flexor`, make);
    expect(() => {
      const { model, digest } = readModel(bytes, 'm.flexor');
      lower(model, digest);
    }).toThrow(line);
  });

  it('17: a range of 0 to 0 of a layer that gives more is told', () => {
    const bytes = shared('17-ranges-that-lie/m.flexor', () => withRanges(null, [0, 0]));
    const [line] = rangeWarnings(readModel(bytes, 'm.flexor').model);
    expect(line).toMatch(/^layer conv1 states the range 0 to 0, so nothing but 0, but its weights can give 0 to /);
  });

  it('18: a global average over 32×32 at 8 bits becomes hardware', () => {
    const nodes: readonly TinyNode[] = [
      { kind: 'conv', channels: 4, kernel: [1, 1] },
      { kind: 'average', kernel: [32, 32], stride: [32, 32] },
      DENSE,
    ];
    const make = (): Uint8Array => writeModel(tinyModel(1, nodes, { height: 32, width: 32, channels: 1 }));
    const { model, digest } = readModel(shared('18-global-average-of-32x32/m.flexor', make), 'm.flexor');
    const network = lower(model, digest);
    expect(network.nodes[1]!.outputTensor.format).toEqual({ bits: 18, signed: false });
    expect(generateRtl(makeDesign(network)).files.size).toBeGreaterThan(5);
  });
});
