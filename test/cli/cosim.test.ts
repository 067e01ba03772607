import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { saveModel } from '../../src/model/write.js';
import type { CosimResult } from '../../src/cosim/types.js';
import { expectRefused, flexor } from '../support/cli.js';
import { digitModel } from '../support/digit-model.js';
import { reweighted } from '../support/reweighted.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-cosim-cli-'));
const path = join(folder, 'digits.flexor');

beforeAll(() => saveModel(path, digitModel(4)));
afterAll(() => rmSync(folder, { recursive: true }));

async function json(...args: string[]): Promise<CosimResult> {
  const { code, stdout, stderr } = await flexor('cosim', path, '--json', ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as CosimResult;
}

describe('flexor cosim', () => {
  it('runs images through the RTL, to the predicted cycle', async () => {
    const result = await json('--images', '4', '--layers');
    expect(result).toMatchObject({ passed: true, failure: null, images: 4, mismatches: 0, simulator: 'verilator' });
    expect(result.cyclesPerFrame).toBe(result.predictedCyclesPerFrame);
    expect(result.latencyCycles).toBe(result.predictedLatencyCycles);
    // Every element of every stream, the logits once more at the port, and the class.
    expect(result.valuesCompared).toBe(4 * (28 * 28 + 14 * 14 * 4 + 4 * 4 * 4 + 10 + 10 + 1));
  });

  it('gives the same results under stalls, in either simulator', async () => {
    const verilator = await json('--images', '3', '--stalls', '40', '--seed', '9');
    const icarus = await json('--images', '3', '--stalls', '40', '--seed', '9', '--simulator', 'icarus');
    expect(icarus.logits).toEqual(verilator.logits);
    expect(icarus.classes).toEqual(verilator.classes);
    expect(verilator.latencyCycles).toBeGreaterThan(verilator.predictedLatencyCycles);
  });

  it('prints what it found, writes a trace and keeps the design where asked', async () => {
    const [trace, design] = [join(folder, 'new/out.fst'), join(folder, 'design')];
    const { code, stdout } = await flexor('cosim', path, '--images', '2', '--trace', trace, '--keep', design);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^2 images in verilator, no stalls\n0 of 2 images differ from the simulator \(22 values compared\)$/m,
    );
    expect(stdout).toMatch(/^latency +([\d,]+) +\1$/m);
    expect(stdout).toMatch(/^per frame +([\d,]+) +\1$/m);
    expect(statSync(trace).size).toBeGreaterThan(1000);
    expect(existsSync(join(design, 'manifest.json'))).toBe(true);
    expect(readdirSync(design).filter((name) => name.startsWith('cosim-'))).toEqual([]);
  });

  it('counts one image as one', async () => {
    const { stdout } = await flexor('cosim', path, '--images', '1', '--simulator', 'icarus');
    expect(stdout).toMatch(/^1 image in icarus, no stalls\n0 of 1 image differs from the simulator /m);
  });

  it('a trace that cannot be written is one line and exit code 1, before anything is built', async () => {
    const { code, stdout, stderr } = await flexor('cosim', path, '--images', '1', '--trace', join(path, 'out.fst'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^flexor: cannot write .*out\.fst: .*digits\.flexor is a file, not a folder\n$/);
  });

  it('an interrupt ends the compiler and leaves no file behind', async () => {
    const cache = join(folder, 'interrupted');
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    const child = spawn(process.execPath, ['lib/flexor.js', 'cosim', path, '--cache', cache], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = once(child, 'close');
    // The shared run time is compiled first, which takes seconds.
    while (!existsSync(join(cache, 'runtime')) && child.exitCode === null) await sleep(20);
    child.kill('SIGINT');
    const [code] = (await ended) as [number];
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'flexor: interrupted\n' });
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(cache, { recursive: true }).sort()).toEqual(['runtime', 'simulator']);
  });

  it('a missing tool is one line and exit code 1', async () => {
    vi.stubEnv('FLEXOR_VERILATOR', join(folder, 'nothing'));
    try {
      const { code, stdout, stderr } = await flexor('cosim', path, '--images', '1');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^flexor: FLEXOR_VERILATOR names .*nothing, which is not an executable file\n$/);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('a wrong result is one line that names the layer, exit code 1, and the folder is kept', async () => {
    // A compiler that builds the design from a tampered copy of its Verilog: one constant of conv1 differs.
    const iverilog = join(folder, 'iverilog');
    const script = `#!/bin/sh
case " $* " in *flexor_icarus_tb*) sed -i '0,/\\.Shift([0-9]*)/s//.Shift(1)/' rtl/*conv1.v ;; esac
exec iverilog "$@"
`;
    writeFileSync(iverilog, script, { mode: 0o755 });
    vi.stubEnv('FLEXOR_IVERILOG', iverilog);
    try {
      const args = ['--images', '2', '--simulator', 'icarus', '--cache', join(folder, 'cache')];
      const { code, stdout, stderr } = await flexor('cosim', path, ...args);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^flexor: layer conv1 \(stream 1\): frame 0, pixel .*; files of the run: .*cosim-[0-9a-f]+-\d+-\w+\n$/,
      );
      expect(stdout).toMatch(/^2 of 2 images differ/m);
      const kept = /files of the run: (.*)\n$/.exec(stderr)![1]!;
      expect(existsSync(join(kept, 'icarus.log'))).toBe(true);
      rmSync(join(kept, '../..'), { recursive: true });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('says in one line what is no command line', () =>
    expectRefused([
      [['cosim', path, '--stalls', '96'], 2, /stalls/],
      [['cosim', path, '--simulator', 'modelsim'], 2, /verilator, icarus/],
      [['cosim', path, '--trace', 'x.fst', '--simulator', 'icarus'], 2, /--trace needs --simulator verilator/],
      [['cosim', path, '--images', '0'], 2, /images/],
    ]));
});

describe('flexor cosim --weights ram', () => {
  const other = join(folder, 'other.flexor');
  beforeAll(() => saveModel(other, reweighted(digitModel(4), 1)));

  it('loads another model while frames run', async () => {
    const result = await json('--images', '6', '--weights', 'ram', '--load-model', other, '--stalls', '20', '--layers');
    expect(result).toMatchObject({ passed: true, failure: null });
    expect(result.loadedFrom[0]).toBeGreaterThan(0);
    expect(result.loadedFrom[0]).toBeLessThan(6);
  });

  it('is as predicted without a load, in either simulator', async () => {
    for (const simulator of ['verilator', 'icarus']) {
      const result = await json('--images', '2', '--weights', 'ram', '--layers', '--simulator', simulator);
      expect(result).toMatchObject({ passed: true, loadedFrom: [] });
      expect(result.latencyCycles).toBe(result.predictedLatencyCycles);
    }
  });

  it('streams weights in, all or those of a layer, as predicted where they never wait', async () => {
    for (const [mode, simulator] of [
      ['stream', 'verilator'],
      ['stream:dense4', 'icarus'],
    ]) {
      const args = ['--images', '2', '--weights', mode!, '--layers', '--simulator', simulator!];
      const result = await json(...args);
      expect(result).toMatchObject({ passed: true, failure: null });
      expect(result.latencyCycles).toBe(result.predictedLatencyCycles);
      expect(await json(...args, '--stalls', '40')).toMatchObject({ passed: true });
    }
  });

  it('writes the packet that loads a model', async () => {
    const [hex, binary, design] = [join(folder, 'other.hex'), join(folder, 'other.bin'), join(folder, 'loadable')];
    const loadFile = (output: string, ...args: string[]) =>
      flexor('load-file', other, '--for', path, '-o', output, ...args);
    const { stdout } = await loadFile(hex, '--weights', 'ram', '--json');
    const { beats } = JSON.parse(stdout) as { beats: number };
    await loadFile(binary, '--weights', 'ram');
    await flexor('gen-rtl', path, '-o', design, '--weights', 'ram', '--vectors', '0');
    const lines = readFileSync(hex, 'utf8').trimEnd().split('\n');
    const own = readFileSync(join(design, 'mem/load.hex'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(beats);
    expect(own).toHaveLength(beats);
    expect(lines[0]).toBe('00000001');
    expect(lines).not.toEqual(own);
    const bytes = readFileSync(binary);
    expect(lines.map((line) => parseInt(line, 16))).toEqual(lines.map((_, i) => bytes.readUInt32LE(4 * i)));
    expect(bytes).toHaveLength(4 * beats);
  });

  it('says in one line what does not go together', () =>
    expectRefused([
      [['cosim', path, '--load-model', other], 2, /--load-model needs --weights ram or ram-single, got rom/],
      [
        ['cosim', path, '--weights', 'ram', '--load-model', other, '--simulator', 'icarus'],
        2,
        /needs --simulator verilator/,
      ],
      [['load-file', other, '--for', path, '-o', 'a.hex'], 2, /only with --weights ram or ram-single, got rom/],
      [['cosim', path, '--weights', 'ram:conv1'], 2, /Must be rom, ram, ram-single, stream or stream:LAYER/],
      [['cosim', path, '--weights', 'stream:fc9'], 2, /streamed weights name layer fc9; the weighted layers are /],
      [
        ['load-file', other, '--for', path, '-o', 'a.txt', '--weights', 'ram'],
        2,
        /must end in \.hex or \.bin, got a\.txt/,
      ],
    ]));
});
