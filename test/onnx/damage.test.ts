/** Files that are wrong: one clear line each, and nothing is allocated by a number that a file merely states. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { FlexorError } from '../../src/base/errors.js';
import { loadOnnx, readOnnx } from '../../src/onnx/read.js';
import { executeGraph } from '../../src/onnx/execute/run.js';
import { integer, joined, message, onnxBytes, QONNX, tensorBytes, text } from '../support/onnx-file.js';
import type { WrittenModel, WrittenNode } from '../support/onnx-file.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

const relu: WrittenNode = { operator: 'Relu', inputs: ['x'], outputs: ['y'], name: 'act' };
const base: WrittenModel = {
  nodes: [relu],
  inputs: [{ name: 'x', dims: [1, 4] }],
  outputs: [{ name: 'y', dims: null }],
};

function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(FlexorError);
    const { message: line } = error as FlexorError;
    expect(line).not.toContain('\n');
    return line;
  }
  throw new Error('no error');
}

const read = (model: WrittenModel): string => errorOf(() => readOnnx(onnxBytes(model), 'm.onnx'));
const run = (model: WrittenModel): string =>
  errorOf(() => executeGraph(readOnnx(onnxBytes(model), 'm.onnx'), new Map([['x', new Float64Array(4)]]), 'm.onnx'));

describe('protobuf', () => {
  test('a file that is cut off anywhere is an error or a shorter graph, never a crash', () => {
    const bytes = onnxBytes({ ...base, initialisers: [{ name: 'w', dims: [2], values: [1, 2] }] });
    let errors = 0;
    for (let length = 0; length < bytes.length; length++) {
      try {
        readOnnx(bytes.subarray(0, length), 'm.onnx');
      } catch (error) {
        expect(error).toBeInstanceOf(FlexorError);
        errors++;
      }
    }
    expect(errors).toBeGreaterThan(bytes.length / 2);
    expect(errorOf(() => readOnnx(bytes.subarray(0, 60), 'm.onnx'))).toMatch(
      /^m\.onnx: model: must hold the \d+ bytes that field 7 declares, got \d+ \(truncated, or no ONNX file\)$/,
    );
  });

  test('bytes that are flipped or random never crash the reader', () => {
    const bytes = onnxBytes({ ...base, initialisers: [{ name: 'w', dims: [2], values: [1, 2] }] });
    const random = new Random(5);
    for (let round = 0; round < 2000; round++) {
      const damaged = Uint8Array.from(bytes);
      for (let k = 0; k < 3; k++) damaged[random.below(bytes.length)] = random.below(256);
      try {
        executeGraph(readOnnx(damaged, 'm.onnx'), new Map([['x', new Float64Array(4)]]), 'm.onnx');
      } catch (error) {
        expect(error, String((error as Error).stack)).toBeInstanceOf(FlexorError);
      }
    }
  });

  test('text, and nothing', () => {
    expect(errorOf(() => readOnnx(Buffer.from('<html>'), 'm.onnx'))).toMatch(/^m\.onnx: model: must be a protobuf/);
    expect(errorOf(() => readOnnx(new Uint8Array(0), 'm.onnx'))).toMatch(/must have a graph/);
  });
});

describe('graph', () => {
  test('a cycle', () => {
    const nodes = [
      { operator: 'Add', inputs: ['x', 'b'], outputs: ['a'], name: 'first' },
      { operator: 'Relu', inputs: ['a'], outputs: ['b'], name: 'second' },
    ];
    expect(read({ ...base, nodes, outputs: [{ name: 'b', dims: null }] })).toBe(
      'm.onnx: node second (Relu): reads the output of node first (Add), which depends on it (a cycle)',
    );
  });

  test('a tensor from nowhere', () => {
    expect(read({ ...base, nodes: [{ ...relu, inputs: ['lost'] }] })).toBe(
      "m.onnx: node act (Relu): reads tensor 'lost', which is no input, no initialiser and no node's output",
    );
    expect(read({ ...base, outputs: [{ name: 'z', dims: null }] })).toMatch(/output 'z'.*no node gives it/);
  });

  test('a tensor from two places', () => {
    expect(read({ ...base, nodes: [relu, relu] })).toMatch(/gives tensor 'y', which has another source/);
  });

  test('domains that are not known are all named', () => {
    const nodes = [
      { ...relu, domain: 'com.vendor' },
      { operator: 'Foo', inputs: ['y'], outputs: ['z'], domain: 'other' },
    ];
    expect(read({ ...base, nodes })).toBe(
      "m.onnx: node act (Relu): operators must be the standard's or of qonnx.custom_op.general, " +
        "finn.custom_op.general, onnx.brevitas; 2 are of 'com.vendor', 'other'",
    );
  });

  test('nodes out of order are sorted', () => {
    const nodes = [relu, { operator: 'Neg', inputs: ['x'], outputs: ['n'] }];
    const model = readOnnx(onnxBytes({ ...base, nodes: [{ ...relu, inputs: ['n'] }, nodes[1]!] }), 'm.onnx');
    expect(model.nodes.map(({ operator }) => operator)).toEqual(['Neg', 'Relu']);
  });
});

describe('tensors', () => {
  const tensor = (bytes: Uint8Array): WrittenModel => ({ ...base, rawInitialisers: [bytes] });

  test('2 GB in a small file', () => {
    const bytes = joined([
      integer(1, 2 ** 14),
      integer(1, 2 ** 14),
      integer(2, 1),
      text(8, 'w'),
      message(9, new Uint8Array(8)),
    ]);
    expect(read(tensor(bytes))).toBe(
      "m.onnx: tensor 'w': must have the 1073741824 bytes of its 268435456 float32 elements, got 8",
    );
    const more = joined([integer(1, 2 ** 40), integer(2, 1), text(8, 'w')]);
    expect(read(tensor(more))).toMatch(/must have at most 268435456 elements, got \[1099511627776\]/);
    const shape = { operator: 'ConstantOfShape', inputs: ['n'], outputs: ['y'] };
    const n = { name: 'n', dims: [2], values: [2 ** 20, 2 ** 20], type: 'int64' as const };
    expect(run({ ...base, nodes: [shape], initialisers: [n] })).toMatch(/its output would be a tensor/);
  });

  test('NaN and infinity', () => {
    expect(read({ ...base, initialisers: [{ name: 'w', dims: [2], values: [1, NaN] }] })).toBe(
      "m.onnx: tensor 'w': must be finite numbers, got NaN at element 1",
    );
    expect(read({ ...base, initialisers: [{ name: 'w', dims: [1], values: [Infinity] }] })).toMatch(/got Infinity/);
  });

  test('negative dimensions, unknown types', () => {
    expect(read(tensor(joined([integer(1, -1), integer(2, 1), text(8, 'w')])))).toMatch(/must not be negative/);
    expect(read(tensor(joined([integer(1, 1), integer(2, 8), text(8, 'w')])))).toMatch(/got data type 8/);
  });

  test('external data: read inside the folder, refused outside of it', () => {
    const external = (location: string, length?: number): Uint8Array =>
      joined([
        ...[integer(1, 2), integer(2, 1), text(8, 'w'), integer(14, 1)],
        message(13, joined([text(1, 'location'), text(2, location)])),
        ...(length === undefined ? [] : [message(13, joined([text(1, 'length'), text(2, String(length))]))]),
      ]);
    mkdirSync(join(folder, 'model'));
    const path = join(folder, 'model', 'm.onnx');
    const load = (location: string, length?: number) => {
      writeFileSync(path, onnxBytes(tensor(external(location, length))));
      return loadOnnx(path);
    };
    writeFileSync(join(folder, 'model', 'w.bin'), Buffer.from(Float32Array.of(1.5, -2).buffer));
    writeFileSync(join(folder, 'secret'), Buffer.alloc(8));
    symlinkSync(join(folder, 'secret'), join(folder, 'model', 'link'));
    expect([...load('w.bin').initialisers.get('w')!.values]).toEqual([1.5, -2]);
    for (const location of ['../secret', 'link', join(folder, 'secret'), '', '.', 'a/../../secret']) {
      expect(errorOf(() => load(location))).toMatch(/must be a file in the model's folder/);
    }
    expect(errorOf(() => load('none.bin'))).toMatch(/no such file/);
    expect(errorOf(() => load('w.bin', 2 ** 31))).toMatch(/must be the 8 bytes of its shape, got 2147483648/);
    writeFileSync(join(folder, 'model', 'short.bin'), Buffer.alloc(4));
    expect(errorOf(() => load('short.bin'))).toMatch(/must lie within short.bin \(4 bytes\), got 0 to 8/);
  });
});

describe('numbers of operators', () => {
  const scalars = (s: number, z = 0, b = 4) =>
    Object.entries({ s, z, b }).map(([name, value]) => ({ name, dims: [], values: [value] }));
  const quant = { operator: 'Quant', domain: QONNX, inputs: ['x', 's', 'z', 'b'], outputs: ['y'], name: 'q' };
  test.each([
    ['a zero scale', scalars(0), {}, 'node q (Quant): its scale must be positive, got 0'],
    ['a negative scale', scalars(-1), {}, 'node q (Quant): its scale must be positive, got -1'],
    ['2.5 bits', scalars(1, 0, 2.5), {}, 'node q (Quant): its bit width must be an integer from 1 to 32, got 2.5'],
    ['a rounding mode', scalars(1), { rounding_mode: 'DITHER' }, /rounding_mode must be one of ROUND.*got DITHER/],
  ])('%s', (_, initialisers, attributes, expected) => {
    const line = run({ ...base, nodes: [{ ...quant, attributes }], initialisers });
    expect(line).toMatch(typeof expected === 'string' ? `m.onnx: ${expected}` : expected);
  });

  test('operators that are not supported, and shapes that do not fit', () => {
    expect(run({ ...base, nodes: [{ ...relu, operator: 'LSTM' }] })).toBe(
      'm.onnx: node act (LSTM): is no operator that is supported',
    );
    const w = tensorBytes({ name: 'w', dims: [3, 2], values: [1, 2, 3, 4, 5, 6] });
    const matMul = { operator: 'MatMul', inputs: ['x', 'w'], outputs: ['y'], name: 'fc' };
    expect(run({ ...base, nodes: [matMul], rawInitialisers: [w] })).toBe(
      'm.onnx: node fc (MatMul): inputs [1, 4] and [3, 2] do not multiply',
    );
    const div = { operator: 'Div', inputs: ['x', 'w'], outputs: ['y'], name: 'd' };
    expect(run({ ...base, nodes: [div], initialisers: [{ name: 'w', dims: [1], values: [0] }] })).toMatch(
      /divides by 0/,
    );
  });
});
