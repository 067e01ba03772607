/** `flexor import` from the outside: the model, the JSON, the table of what cannot be taken, and one line for a bad file. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/model/read.js';
import { flexor } from '../support/cli.js';
import { integer, message, onnxBytes, QONNX, text, type WrittenModel } from '../support/onnx-file.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-import-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

function write(name: string, model: WrittenModel | Uint8Array): string {
  writeFileSync(at(name), model instanceof Uint8Array ? model : onnxBytes(model));
  return at(name);
}

const scalar = (name: string, value: number) => ({ name, dims: [], values: [value] });
const GOOD: WrittenModel = {
  nodes: [
    { operator: 'Quant', domain: QONNX, inputs: ['x', 's', 'z', 'b'], outputs: ['q'], attributes: { signed: 0 } },
    { operator: 'MatMul', inputs: ['q', 'w'], outputs: ['m'] },
    { operator: 'BipolarQuant', domain: QONNX, inputs: ['m', 's'], outputs: ['h'] },
    { operator: 'MatMul', inputs: ['h', 'v'], outputs: ['y'] },
  ],
  initialisers: [
    ...[scalar('s', 0.25), scalar('z', 0), scalar('b', 4)],
    { name: 'w', dims: [4, 3], values: [1, -1, 1, 1, 1, -1, -1, 1, 1, -1, -1, 1] },
    { name: 'v', dims: [3, 2], values: [1, -1, -1, 1, 1, 1] },
  ],
  inputs: [{ name: 'x', dims: [1, 4] }],
  outputs: [{ name: 'y', dims: null }],
};

describe('flexor import', () => {
  it('writes a model that other commands read, and says what was compared', async () => {
    const file = write('good.onnx', GOOD);
    const words = ['import', file, '-o', at('good.flexor'), '--classes', 'yes,no', '--verify', '6', '--json'];
    const { code, stdout, stderr } = await flexor(...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'flexor.import/2' });
    expect(loadModel(at('good.flexor')).model).toMatchObject({
      ...{ name: 'good', classes: ['yes', 'no'] },
      nodes: [{ quantiser: { kind: 'bipolar' } }, { kind: 'dense' }],
    });
    expect(await flexor('inspect', at('good.flexor'))).toMatchObject({ code: 0 });
  });

  it('names every node that it cannot take, with a remedy each, and writes nothing', async () => {
    const nodes = [
      { operator: 'LSTM', inputs: ['x'], outputs: ['a'], name: 'memory' },
      { operator: 'Attention', inputs: ['a'], outputs: ['y'], name: 'heads' },
    ];
    const file = write('bad.onnx', { ...GOOD, nodes });
    const { code, stdout, stderr } = await flexor('import', file, '-o', at('bad.flexor'));
    expect(code).toBe(1);
    const said = stdout + stderr;
    for (const word of ['memory', 'LSTM', 'heads', 'Attention', 'docs/onnx.md', '2 of 2 nodes']) {
      expect(said).toContain(word);
    }
    expect(existsSync(at('bad.flexor'))).toBe(false);
  });

  /** A product whose quantiser counts six sums a step, halves to the even integer: no hardware gives its steps. */
  const byTheSign = (input: string, output: string, scale: string) => [
    { operator: 'MatMul', inputs: [input, 'w1'], outputs: [`${output}m`], name: `${output}m` },
    {
      ...{ operator: 'Quant', domain: QONNX, inputs: [`${output}m`, scale, 'z', 'b'], outputs: [output], name: output },
      attributes: { signed: 1, rounding_mode: 'DOWN' },
    },
  ];
  const square = { dims: [4, 4], values: [3, -1, 2, -1, -1, 3, 1, 2, 2, -1, 3, 1, -1, 2, 1, 3] };

  it('names every node that cannot be lowered, at once', async () => {
    const file = write('sign.onnx', {
      ...GOOD,
      nodes: [
        GOOD.nodes[0]!,
        ...byTheSign('q', 'first', 's1'),
        ...byTheSign('first', 'second', 's2'),
        {
          ...{ operator: 'MatMul', inputs: ['second', 'w1'], outputs: ['y'] },
        },
      ],
      initialisers: [...GOOD.initialisers!, scalar('s1', 1.5), scalar('s2', 9), { name: 'w1', ...square }],
    });
    const { code, stdout, stderr } = await flexor('import', file, '-o', at('sign.flexor'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^node +first\noperator +Quant\nreason +no multiplier/m);
    expect(stdout).toMatch(/^node +second\noperator +Quant\nreason +no multiplier/m);
    expect(stderr).toMatch(/2 of 6 nodes cannot be imported\n$/);
    expect(existsSync(at('sign.flexor'))).toBe(false);
  });

  const [quant, product, ...others] = GOOD.nodes;
  const withScale = (value: number): WrittenModel => ({
    ...GOOD,
    initialisers: GOOD.initialisers!.map((tensor) => (tensor.name === 's' ? scalar('s', value) : tensor)),
  });
  const external = new Uint8Array(
    Buffer.concat([
      integer(1, 4),
      integer(2, 1),
      text(8, 'w'),
      message(13, Buffer.concat([text(1, 'location'), text(2, '../w')])),
      integer(14, 1),
    ]),
  );
  const huge = new Uint8Array(Buffer.concat([integer(1, 2 ** 29), integer(2, 1), text(8, 'w')]));
  const without = (name: string): WrittenModel['initialisers'] =>
    GOOD.initialisers!.filter((tensor) => tensor.name !== name);

  it.each<[string, WrittenModel | Uint8Array]>([
    ['truncated protobuf', onnxBytes(GOOD).subarray(0, 100)],
    ['a cycle', { ...GOOD, nodes: [quant!, { ...product!, inputs: ['y', 'w'] }, ...others] }],
    ['a missing initialiser', { ...GOOD, initialisers: without('w')! }],
    ['external data outside the folder', { ...GOOD, initialisers: without('w')!, rawInitialisers: [external] }],
    ['2 GB in a small file', { ...GOOD, initialisers: without('w')!, rawInitialisers: [huge] }],
    ['an unknown domain', { ...GOOD, nodes: [{ ...quant!, domain: 'com.example' }, product!, ...others] }],
    ['a scale of 0', withScale(0)],
    ['a scale that is NaN', withScale(NaN)],
  ])('says in one line what is wrong: %s', async (name, model) => {
    const file = write(`${name.replaceAll(' ', '-')}.onnx`, model);
    const { code, stdout, stderr } = await flexor('import', file, '-o', at('none.flexor'));
    expect(code).toBe(1);
    expect(stderr.split('\n').filter((line) => line.startsWith('flexor: '))).toHaveLength(1);
    // What cannot be taken comes as a table; everything else is the line alone.
    if (name !== 'an unknown domain') expect([stdout, stderr.trim().split('\n').length]).toEqual(['', 1]);
    expect(stderr).not.toContain('internal');
    expect(existsSync(at('none.flexor'))).toBe(false);
  });
});
