/**
 * JSON output and its schemas. Every `--json` that any test runs is held against its schema (support/json-schema.ts); here are
 * the commands that no other test asks for JSON, and that the published schemas are those of the code.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/list.js';
import { jsonSchema, SCHEMAS } from '../../src/cli/schemas/index.js';
import { flexor } from '../support/cli.js';
import { onnxBytes, QONNX } from '../support/onnx-file.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-json-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('every command with --json has a schema, which names it and its version', async () => {
  for (const { name, load } of commands) {
    const command = new Command(name);
    (await load()).define(command);
    const printsJson = command.options.some(({ long }) => long === '--json');
    expect(name in SCHEMAS, name).toBe(printsJson);
    if (printsJson) expect(JSON.stringify(jsonSchema(name))).toMatch(new RegExp(`"const":"flexor\\.${name}/\\d+"`));
  }
});

test('docs/schemas holds the schemas (node scripts/schemas.js writes them)', () => {
  const names = Object.keys(SCHEMAS);
  expect(readdirSync('docs/schemas').sort()).toEqual(names.map((name) => `${name}.json`).sort());
  for (const name of names) {
    expect(JSON.parse(readFileSync(`docs/schemas/${name}.json`, 'utf8')), name).toEqual(jsonSchema(name));
  }
});

test('flexor schema prints one, and refuses what prints no JSON', async () => {
  const { code, stdout } = await flexor('schema', 'memory');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(jsonSchema('memory'));
  expect(await flexor('schema', 'completion')).toMatchObject({ code: 2, stdout: '' });
});

test('a missing, a further and a wrong field are told', async () => {
  const { stdout } = await flexor('inspect', 'models/lenet5-digits-0.6.flexor', '--json');
  const good = JSON.parse(stdout) as Record<string, unknown>;
  const inspect = SCHEMAS['inspect']!;
  expect(Object.keys(good)[0]).toBe('schema');
  expect(inspect.safeParse(good).success).toBe(true);
  for (const wrong of [
    { ...good, name: 1 },
    { ...good, further: 1 },
    { ...good, schema: 'flexor.inspect/2' },
  ]) {
    expect(inspect.safeParse(wrong).success).toBe(false);
  }
  expect(inspect.safeParse({ ...good, totals: undefined }).success).toBe(false);
});

test('compact and build-native', async () => {
  const small = join(folder, 'small.flexor');
  const compacted = await flexor('compact', 'models/lenet5-digits-0.6.flexor', '-o', small, '--json');
  expect(JSON.parse(compacted.stdout)).toMatchObject({ schema: 'flexor.compact/1', file: small });
  const built = await flexor('build-native', '--json');
  expect(JSON.parse(built.stdout)).toMatchObject({ builds: [{ name: 'train' }, { name: 'simulate' }] });
});

test('import', async () => {
  const graph = join(folder, 'graph.onnx');
  const values = Array.from({ length: 12 }, (_, i) => (i % 3) - 1);
  const nodes = [
    { operator: 'Flatten', inputs: ['x'], outputs: ['f'] },
    { operator: 'BipolarQuant', domain: QONNX, inputs: ['w', 's'], outputs: ['q'] },
    { operator: 'MatMul', inputs: ['f', 'q'], outputs: ['y'] },
  ];
  const initialisers = [
    { name: 'w', dims: [4, 3], values },
    { name: 's', dims: [], values: [0.5] },
  ];
  const ports = { inputs: [{ name: 'x', dims: [1, 1, 2, 2] }], outputs: [{ name: 'y', dims: null }] };
  writeFileSync(graph, onnxBytes({ nodes, initialisers, ...ports }));
  const run = await flexor('import', graph, '-o', join(folder, 'graph.flexor'), '--json');
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toMatchObject({ schema: 'flexor.import/2', model: 'graph' });
});
