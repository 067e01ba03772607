import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateRtl, writeDesign } from '../../src/rtl/generate.js';
import { randomNetwork } from '../support/random-network.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flexor-write-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const design = (seed: number) =>
  generateRtl(randomNetwork(seed), { fold: null, activationBits: 8, multiplierBits: 16 });

test('replaces an earlier design and leaves no temporary folder', () => {
  const target = join(folder, 'design');
  writeDesign(design(1), target);
  writeFileSync(join(target, 'left-over.v'), '');
  const second = design(2);
  writeDesign(second, target);
  expect(existsSync(join(target, 'left-over.v'))).toBe(false);
  expect(readFileSync(join(target, 'manifest.json'), 'utf8')).toBe(second.files.get('manifest.json'));
  expect(readdirSync(folder)).toEqual(['design']);
});

test('does not replace a folder of other files, or a file', () => {
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'thesis.tex'), 'years of work');
  expect(() => writeDesign(design(1), other)).toThrow(/holds other files than a design/);
  expect(() => writeDesign(design(1), join(other, 'thesis.tex'))).toThrow(/is a file and would be replaced/);
  expect(readdirSync(other)).toEqual(['thesis.tex']);
});

test('names the folder that cannot be made', () => {
  expect(() => writeDesign(design(1), '/proc/nowhere/design')).toThrow(/cannot create \/proc\/nowhere\/design/);
});
