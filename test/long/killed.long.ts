/**
 * `kill -9` at 50 random moments of train, sweep, gen-rtl, area and report: what was there stays whole, and the next run
 * ends as if nothing had happened, with nothing of the killed one left.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
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
import { join, relative, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { saveModel } from '../../src/model/write.js';
import { digitModel, SMALLEST_DIGIT_NODES } from '../support/digit-model.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-killed-'));
afterAll(() => rmSync(folder, { recursive: true }));
/** Kills of each of the five commands. */
const KILLS = Number(process.env['FLEXOR_KILLS'] ?? 10);

const model = join(folder, 'model.flexor');
saveModel(model, digitModel(3, 'digits', SMALLEST_DIGIT_NODES));
const TRAIN = [
  '--dataset',
  'digits',
  '--limit',
  '200',
  '--batch',
  '20',
  '--epochs',
  '3',
  '--warmup',
  '5',
  '--seed',
  '1',
];

interface Case {
  readonly name: string;
  /** Words of the command in a folder; `again`: something of an earlier run is there. */
  words(place: string, again: boolean): string[];
  /** The files that count, within the folder. */
  readonly results: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: 'train',
    words: (place, again) => [
      ...['train', 'lenet5', ...TRAIN, '-o', join(place, 'm.flexor'), '--checkpoint', join(place, 'm.ckpt')],
      ...(again && existsSync(join(place, 'm.ckpt')) ? ['--resume'] : []),
    ],
    results: /^m\.flexor$/,
  },
  {
    name: 'sweep',
    words: (place) => ['sweep', recipe(), '-o', join(place, 'sweep'), '--seeds', '1'],
    results: /\.flexor$/,
  },
  {
    name: 'gen-rtl',
    words: (place) => ['gen-rtl', model, '-o', join(place, 'rtl')],
    results: /^rtl\//,
  },
  {
    name: 'area',
    words: (place) => ['area', model, '--target', 'gates', '--cache', join(place, 'cache'), '--json'],
    results: /^never$/,
  },
  {
    name: 'report',
    words: (place) => [
      ...['report', model, '-o', join(place, 'r.html'), '--images', '20', '--rtl-images', '1', '--stalls', '0'],
      ...['--no-area', '--cache', join(place, 'cache')],
    ],
    results: /^r\.html$/,
  },
];

function recipe(): string {
  const path = join(folder, 'recipe.json');
  const runs = ['a', 'b'].map((name) => ({ name, options: '', paper: null }));
  const options = `lenet5 ${TRAIN.slice(0, -2).join(' ')}`;
  const shipped = JSON.parse(readFileSync('recipes/fig4-short.json', 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...shipped, options, runs }));
  return path;
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  readonly stdout: string;
}

/** Runs the command with a TMPDIR of its own; kills it, and it alone, after `afterMs`. */
function run(words: readonly string[], temporary: string, afterMs = Infinity): Promise<Ended> {
  return new Promise((done) => {
    const env = { ...process.env, TMPDIR: temporary };
    const child = spawn(process.execPath, [resolve('lib/flexor.js'), ...words], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const timer = afterMs === Infinity ? null : setTimeout(() => child.kill('SIGKILL'), afterMs);
    child.on('close', (code, signal) => {
      if (timer !== null) clearTimeout(timer);
      done({ code, signal, stderr, stdout });
    });
  });
}

function filesBelow(place: string): string[] {
  return readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(place, name)).isFile(),
  );
}

/** Digests of the results, by their name. */
function results({ results: wanted }: Case, place: string): Record<string, string> {
  const found = filesBelow(place).filter((name) => wanted.test(relative('.', name)));
  return Object.fromEntries(
    found.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(place, name)))
        .digest('hex'),
    ]),
  );
}

describe.each(CASES)('$name', (each) => {
  it(`survives ${KILLS} kills`, async () => {
    const fresh = (name: string): { place: string; temporary: string } => {
      const place = join(folder, each.name, name);
      const temporary = join(folder, each.name, `${name}-tmp`);
      for (const path of [place, temporary]) mkdirSync(path, { recursive: true });
      return { place, temporary };
    };
    const whole = fresh('whole');
    const started = performance.now();
    const right = await run(each.words(whole.place, false), whole.temporary);
    const takesMs = performance.now() - started;
    expect(right).toMatchObject({ code: 0 });
    const expected = results(each, whole.place);
    const random = Random.derive(5, `kill ${each.name}`);
    let killed = 0;
    // A run that ends before its moment is none; how long runs take varies.
    for (let kill = 0; killed < KILLS && kill < 4 * KILLS; kill++) {
      const { place, temporary } = fresh(`kill-${kill}`);
      const first = await run(each.words(place, false), temporary, takesMs * random.float());
      if (first.signal === 'SIGKILL') killed++;
      // What is there under its own name is whole.
      for (const [name, digest] of Object.entries(results(each, place))) {
        if (!name.includes('manifest.json')) expect(digest, `${name} after kill ${kill}`).toBe(expected[name]);
      }
      const second = await run(each.words(place, true), temporary);
      expect({ code: second.code, signal: second.signal }, second.stderr).toEqual({ code: 0, signal: null });
      expect(results(each, place), `after kill ${kill}`).toEqual(expected);
      if (each.name === 'area') expect(second.stdout).toBe(right.stdout);
      expect(readdirSync(temporary), `left by kill ${kill}`).toEqual([]);
      expect(filesBelow(place).filter((name) => /\.tmp(\/|$)/.test(name))).toEqual([]);
      rmSync(place, { recursive: true });
    }
    expect(killed).toBe(KILLS);
  });
});
