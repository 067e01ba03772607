/**
 * The package as users get it: packed, installed into an empty folder without the optional packages and without the
 * registry, and used there. The examples of docs/library.md run as they stand, types included.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'flexor-installed-'));
afterAll(() => rmSync(folder, { recursive: true }));
let packed: readonly string[] = [];

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd = folder): Promise<Run> {
  const env = { ...process.env, FLEXOR_DATA: '', FLEXOR_CACHE: '', npm_config_cache: join(folder, 'npm') };
  return new Promise((done) => {
    execFile(command, args, { cwd, env, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

const flexor = (...args: string[]): Promise<Run> => run(join(folder, 'node_modules', '.bin', 'flexor'), args);

beforeAll(async () => {
  const pack = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], resolve('.'));
  expect(pack.code, pack.stderr).toBe(0);
  const [{ filename, files }] = JSON.parse(pack.stdout) as [{ filename: string; files: { path: string }[] }];
  packed = files.map(({ path }) => path);
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  const install = ['install', '--offline', '--omit=optional', '--no-audit', '--no-fund', `./${filename}`];
  const { code, stderr } = await run('npm', install);
  expect(code, stderr).toBe(0);
});

describe('the package', () => {
  test('holds what users need and nothing else', () => {
    const folders = new Set(packed.map((path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : path)));
    expect([...folders].sort()).toEqual([
      ...['LICENSE', 'README.md', 'docs', 'examples', 'hw', 'lib', 'models', 'native', 'networks'],
      ...['package.json', 'python', 'recipes', 'sim', 'templates'],
    ]);
    expect(
      packed.filter((path) => /\.(test|long)\.|^lib\/.*\.ts$|node_modules/.test(path) && !path.endsWith('.d.ts')),
    ).toEqual([]);
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['flexor']);
  });

  test('runs its commands in a folder that is not its own', async () => {
    expect((await flexor('--help')).stdout).toMatch(/^Usage: flexor .* inspect /s);
    expect((await flexor('inspect', 'models/lenet5-digits-0.6.flexor')).stdout).toMatch(/^model +lenet5/);
    const simulated = await flexor('simulate', 'models/lenet5-digits-0.6.flexor', '--images', '40');
    expect(simulated).toMatchObject({ code: 0, stdout: expect.stringMatching(/^accuracy +\d/m) });
    const rtl = await flexor('gen-rtl', 'models/lenet5-digits-0.6.flexor', '-o', 'rtl', '--xor-iterations', '1000');
    expect(rtl).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(join(folder, 'rtl'))).toContain('manifest.json');
  });

  test.each([
    ['@yowasp/yosys', ['area', 'models/lenet5-digits-0.6.flexor']],
    ['echarts', ['fold', 'models/lenet5-digits-0.6.flexor', '--pareto', 'pareto.svg']],
    [
      '@tensorflow/tfjs',
      ['train', 'lenet5', '--dataset', 'digits', '--limit', '10', '--epochs', '1', '-o', 'm.flexor'],
    ],
  ])('without %s a command that needs it names it and how to install it, in one line', async (name, args) => {
    const { code, stderr, stdout } = await flexor(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^flexor: .+\n$/);
    expect(stderr).toMatch(new RegExp(`${name}.* not installed: npm install ${name}@`));
  });
});

describe('docs/library.md', () => {
  const text = readFileSync('docs/library.md', 'utf8');
  const blocks = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, block]) => block!);

  test('its examples run', async () => {
    const said: string[] = [];
    for (const [i, block] of blocks.entries()) {
      writeFileSync(join(folder, `example${i}.mjs`), block);
      const { code, stdout, stderr } = await run(process.execPath, [`example${i}.mjs`]);
      expect(code, `${block}\n${stderr}`).toBe(0);
      said.push(stdout);
    }
    const [stroke, built, proven, commands] = said;
    expect(stroke).toBe('class of the stroke: 1\nlogits: 20 elements of conv1: 25088\n');
    expect(built).toMatch(/^strokes [0-9a-f]{12}\n$/);
    expect(proven).toMatch(/^cycles a frame: (\d+)\n\d+ values equal, \1 cycles a frame\n$/);
    expect(commands).toMatch(/0\.\d{3} bits a weight\nfile-system .*nothing\.flexor/);
  });

  test('its examples have the types that the package declares', async () => {
    mkdirSync(join(folder, 'types'));
    for (const [i, block] of blocks.entries()) writeFileSync(join(folder, 'types', `example${i}.mts`), block);
    symlinkSync(resolve('node_modules/@types'), join(folder, 'node_modules', '@types'));
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    const files = blocks.map((_, i) => join('types', `example${i}.mts`));
    const { code, stdout } = await run(resolve('node_modules/.bin/tsc'), [...options, ...files]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });
});
