/** Everything that reads files from outside, in-process. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readFold } from '../../src/app/fold-file.js';
import { readRecipe } from '../../src/app/training/recipe-file.js';
import { FlexorError } from '../../src/base/errors.js';
import { parseJson } from '../../src/base/json.js';
import type { Random } from '../../src/base/random.js';
import { parseYaml } from '../../src/base/yaml.js';
import { readIdx } from '../../src/data/idx.js';
import { encodeNpy } from '../../src/data/own/npy.js';
import { loadOwn } from '../../src/data/own/open.js';
import { tarMembers } from '../../src/data/tar.js';
import { lowerWithPlaces } from '../../src/fixed/lower.js';
import { inventory } from '../../src/model/inventory.js';
import { rangeWarnings } from '../../src/model/reach.js';
import { readModel } from '../../src/model/read.js';
import { importOnnx } from '../../src/onnx/import/import.js';
import { readOnnx } from '../../src/onnx/read.js';
import { parseLiberty } from '../../src/report/area/liberty/parse.js';
import { makeDesign } from '../../src/rtl/design.js';
import { describedNetwork } from '../../src/train/networks/described.js';
import { readNetwork } from '../../src/train/networks/description.js';
import { readMatrixFile } from '../../src/xor/matrix-file.js';
import { onnxBytes, QONNX } from '../support/onnx-file.js';
import { tarOf, zipOf } from './archives.js';
import { dataTargets } from './data-targets.js';
import { mutateBytes, mutateJson, mutateText, pick } from './mutate.js';
import type { Target } from './types.js';

const DIGEST = '0'.repeat(64);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const bytesOf = (content: string): Uint8Array => Uint8Array.from(Buffer.from(content));

/** Valid model files of both versions, written without our own writer. */
function models(folder: string): Uint8Array[] {
  return [1, 2].flatMap((version) =>
    [1, 2].map((seed) => {
      const path = join(folder, 'seed.flexor');
      execFileSync('python3', ['examples/write_flexor.py', path, String(seed), String(version)]);
      const bytes = readFileSync(path);
      rmSync(path);
      return Uint8Array.from(bytes);
    }),
  );
}

const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

/** A model file with a changed document and, at times, changed tensors, whose digests are right again. */
function changedModel(random: Random, bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes);
  const length = Number(buffer.readBigUInt64LE(0));
  const header = JSON.parse(buffer.toString('utf8', 8, 8 + length)) as Record<string, Record<string, string>>;
  const payload = buffer.subarray(8 + length);
  if (random.below(3) === 0) {
    // Values of float tensors, at the ends of the format and beyond.
    const at = 4 * random.below(Math.floor(payload.length / 4));
    payload.writeUInt32LE(pick(random, [0x7f800000, 0x7fc00000, 0x7f7fffff, 1, 0x80000000, random.uint32()]), at);
  }
  const metadata = header['__metadata__']!;
  const document = JSON.parse(metadata['flexor']!) as object;
  const changed = { ...(mutateJson(random, document) as object), digest: sha256(payload) };
  const json = JSON.stringify(changed);
  const rest = random.below(4) === 0 ? (mutateJson(random, header) as typeof header) : header;
  const head = { ...rest, __metadata__: { ...metadata, flexor: json, 'flexor.sha256': sha256(json) } };
  const headText = Buffer.from(JSON.stringify(head));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(headText.length));
  return Uint8Array.from(Buffer.concat([size, headText, payload]));
}

function model(folder: string): Target {
  const seeds = models(folder);
  return {
    ...{ name: 'model', ending: '.flexor', seeds },
    mutate: (random, seed) => (random.below(5) === 0 ? mutateBytes(random, seed, seeds) : changedModel(random, seed)),
    run: (bytes) => {
      const { model: read, digest } = readModel(bytes, 'x.flexor');
      rangeWarnings(read);
      inventory(read, digest);
      // A megabyte of products is enough to lower in a moment.
      const { network } = lowerWithPlaces(read, digest, {});
      return network.nodes.length;
    },
  };
}

const problem = (rule: string): FlexorError => new FlexorError('data', rule);

/** JSON files: values changed, or the text. */
function jsonTarget(
  name: string,
  seeds: readonly Uint8Array[],
  run: (path: string) => unknown,
  ending = '.json',
): Target {
  const mutate = (random: Random, seed: Uint8Array): Uint8Array => {
    const content = text(seed);
    if (random.below(4) === 0) return mutateBytes(random, seed, seeds);
    // JSON is YAML, too.
    if (ending === '.yaml' && random.below(2) === 0) {
      return bytesOf(JSON.stringify(mutateJson(random, parseYaml(content, problem))));
    }
    if (ending !== '.json' || random.below(4) === 0) return bytesOf(mutateText(random, content));
    return bytesOf(JSON.stringify(mutateJson(random, JSON.parse(content))));
  };
  return { name, ending, seeds, mutate, run: (_, path) => run(path) };
}

function bytesTarget(name: string, ending: string, seeds: readonly Uint8Array[], run: Target['run']): Target {
  return { name, ending, seeds, mutate: (random, seed) => mutateBytes(random, seed, seeds), run };
}

function filesOf(folder: string, ending: string): Uint8Array[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => Uint8Array.from(readFileSync(join(folder, name))));
}

function networkFile(path: string): unknown {
  const description = readNetwork(path);
  return describedNetwork(description, { height: 32, width: 32, channels: 3 }, 10).layers.length;
}

function fold(seedModel: Uint8Array): Target {
  const { model: read, digest } = readModel(seedModel, 'x.flexor');
  const { network } = lowerWithPlaces(read, digest, {});
  const seeds = [
    { conv1: { pe: 2, simd: 3 }, fc1: { pe: 5, simd: 1 } },
    { conv1: { pe: 4, simd: 9, rowsPerWord: 1, width: 2 }, fc1: { pe: 1, simd: 4, weights: 'stream' } },
  ].map((each) => bytesOf(JSON.stringify(each)));
  return jsonTarget('fold', seeds, (path) => makeDesign(network, { fold: readFold(path) }).fold);
}

function onnx(): Target {
  const values = (count: number, scale = 1): number[] =>
    Array.from({ length: count }, (_, i) => (((i * 7) % 5) - 2) * scale);
  const port = (name: string, dims: readonly number[]) => ({ name, dims });
  const plain = onnxBytes({
    inputs: [port('x', [1, 1, 4, 4])],
    outputs: [port('y', [1, 3])],
    initialisers: [
      { name: 'w', dims: [2, 1, 3, 3], values: values(18) },
      { name: 'v', dims: [3, 8], values: values(24) },
      { name: 'b', dims: [3], values: values(3) },
    ],
    nodes: [
      { operator: 'Conv', inputs: ['x', 'w'], outputs: ['c'], attributes: { kernel_shape: [3, 3] } },
      { operator: 'Relu', inputs: ['c'], outputs: ['r'] },
      { operator: 'Flatten', inputs: ['r'], outputs: ['f'] },
      { operator: 'Gemm', inputs: ['f', 'v', 'b'], outputs: ['y'], attributes: { transB: 1 } },
    ],
  });
  const quantised = onnxBytes({
    inputs: [port('x', [1, 4])],
    outputs: [port('y', [1, 3])],
    initialisers: [
      { name: 's', dims: [], values: [0.25] },
      { name: 'z', dims: [], values: [0] },
      { name: 'n', dims: [], values: [4] },
      { name: 'w', dims: [4, 3], values: values(12) },
    ],
    nodes: [
      {
        ...{ operator: 'Quant', domain: QONNX, inputs: ['x', 's', 'z', 'n'], outputs: ['q'] },
        attributes: { signed: 1, narrow: 0, rounding_mode: 'ROUND' },
      },
      { operator: 'MatMul', inputs: ['q', 'w'], outputs: ['y'] },
    ],
  });
  return bytesTarget('onnx', '.onnx', [plain, quantised], (bytes) => {
    const graph = readOnnx(bytes, 'x.onnx');
    const provenance = { recipe: '', seed: null, dataset: '', testAccuracy: null, testImages: null, notes: '' };
    const options = { name: 'x', pixels: { mean: [0], std: [1] }, classes: undefined, provenance, samples: [] };
    const imported = importOnnx(graph, 'x.onnx', options as unknown as Parameters<typeof importOnnx>[2]);
    return lowerWithPlaces(imported.model, DIGEST, {}).network.nodes.length;
  });
}

/** Byte changes, with the checksum of the first header right again every second time. */
function tar(): Target {
  const seeds = [
    tarOf([
      ['n01440764/a.JPEG', 'image', '0'],
      ['long', 'b.JPEG'.padStart(150, 'd/'), 'L'],
      ['b', 'more', '0'],
    ]),
    tarOf([
      ['x', '27 path=a/longer/name.JPEG\n', 'x'],
      ['y', 'image', '0'],
      ['z/', '', '5'],
    ]),
  ];
  return {
    ...bytesTarget('tar', '.tar', seeds, (_, path) => tarMembers(path).length),
    mutate: (random, seed) => {
      const changed = Buffer.from(mutateBytes(random, seed, seeds));
      for (let at = 0; random.below(2) === 0 && at + 512 <= changed.length; at += 512) {
        changed.fill(' ', at + 148, at + 156);
        const sum = changed.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
        changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148);
      }
      return Uint8Array.from(changed);
    },
  };
}

function idx(): Target {
  const images = Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]), Buffer.alloc(24, 7)]);
  const seeds = [images, gzipSync(images)].map((each) => Uint8Array.from(each));
  return bytesTarget('idx', '', seeds, (_, path) => readIdx(path, 3).data.length);
}

const images = encodeNpy(
  [12, 4, 4, 1],
  Uint8Array.from({ length: 192 }, (_, i) => i),
);
const labels = encodeNpy(
  [12],
  Int32Array.from({ length: 12 }, (_, i) => i % 3),
);

/** A folder of arrays, one of which is the input. */
function npy(folder: string): Target {
  const floats = encodeNpy(
    [12, 16],
    Float32Array.from({ length: 192 }, (_, i) => i / 7),
  );
  const place = join(folder, 'arrays');
  return bytesTarget('npy', '.npy', [images, floats], async (bytes) => {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'images.npy'), bytes);
    writeFileSync(join(place, 'labels.npy'), labels);
    return (await loadOwn(place, {})).train.count;
  });
}

function npz(): Target {
  const whole = zipOf([
    ['x_train.npy', images],
    ['y_train.npy', labels],
    ['x_test.npy', images],
    ['y_test.npy', labels],
  ]);
  return bytesTarget('npz', '.npz', [whole], async (_, path) => (await loadOwn(path, {})).train.count);
}

function csv(): Target {
  const rows = Array.from({ length: 30 }, (_, i) => `${i},${i * 0.5},"${-i}",${['a', 'b', 'c'][i % 3]}`);
  const seeds = [`x,y,z,label\n${rows.join('\n')}\n`, `${rows.join('\r\n')}`].map(bytesOf);
  return {
    ...bytesTarget('csv', '.csv', seeds, async (_, path) => (await loadOwn(path, {})).train.count),
    mutate: (random, seed) =>
      random.below(2) === 0 ? mutateBytes(random, seed, seeds) : bytesOf(mutateText(random, text(seed))),
  };
}

const LIBERTY = `library (tiny) { /* a comment */ time_unit : "1ns";
  cell (AND2) { area : 2.5; pin (A) { direction : input; capacitance : 0.1; }
    pin (Y) { direction : output; function : "A*B"; timing () { related_pin : "A"; cell_rise (t) { values ("0.1, 0.2"); } } } } }
`;

/** All targets; `folder` is for what they need besides their input. */
export async function targetsIn(folder: string): Promise<readonly Target[]> {
  const modelTarget = model(folder);
  const matrix = { format: 'flexor-xor', nIn: 4, nOut: 5, rows: ['1100', '0110', '0011', '1010', '0101'] };
  return [
    modelTarget,
    jsonTarget('network', filesOf('networks', '.json'), networkFile),
    jsonTarget('network-yaml', filesOf('networks', '.yaml'), networkFile, '.yaml'),
    fold(modelTarget.seeds[0]!),
    jsonTarget('recipe', filesOf('recipes', '.json'), readRecipe),
    jsonTarget('matrix', [bytesOf(JSON.stringify(matrix))], (path) => readMatrixFile(path).nIn),
    onnx(),
    tar(),
    idx(),
    npy(folder),
    npz(),
    csv(),
    jsonTarget('json', filesOf('recipes', '.json').slice(0, 4), (path) =>
      parseJson(readFileSync(path, 'utf8'), problem),
    ),
    jsonTarget('yaml', filesOf('networks', '.yaml'), (path) => parseYaml(readFileSync(path, 'utf8'), problem), '.yaml'),
    bytesTarget('liberty', '.lib', [bytesOf(LIBERTY)], (bytes) => parseLiberty(text(bytes), 'x.lib').name),
    ...(await dataTargets(folder)),
  ];
}
