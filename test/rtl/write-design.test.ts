import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readManifest } from '../../src/cosim/design.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import type { Manifest } from '../../src/rtl/types.js';
import { prepareDesignFolder, writeDesign } from '../../src/rtl/write-design.js';
import { randomNetwork } from '../support/random-network.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flexor-write-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const design = (seed: number) => generateRtl(makeDesign(randomNetwork(seed)));

const read = (path: string): string => readFileSync(path, 'utf8');
const manifestOf = (folder: string) => JSON.parse(read(join(folder, 'manifest.json'))) as Manifest;

/** Every file below a folder, by its path in it. */
function tree(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

describe('a design that is written', () => {
  test('lists its files, and the next one replaces these and no others', () => {
    const target = join(folder, 'design');
    writeDesign(design(1), target);
    expect(manifestOf(target).files).toEqual(tree(target).filter((name) => name !== 'manifest.json'));
    for (const name of ['notes.txt', 'rtl/mine.v']) writeFileSync(join(target, name), 'work of the user');
    const second = design(2);
    writeDesign(second, `${target}/`);
    expect(tree(target)).toEqual([...second.files.keys(), 'notes.txt', 'rtl/mine.v'].sort());
    expect(read(join(target, 'notes.txt'))).toBe('work of the user');
    for (const [name, text] of second.files) {
      if (name === 'manifest.json') expect(manifestOf(target)).toMatchObject(JSON.parse(text) as object);
      else expect(read(join(target, name)), name).toBe(text);
    }
    expect(readdirSync(folder)).toEqual(['design']);
  });

  test('goes into an empty folder, the current one, a new one with a slash, and through a link', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    writeDesign(design(1), empty);
    writeDesign(design(1), join(folder, 'new') + '/');
    mkdirSync(join(folder, 'target'));
    symlinkSync(join(folder, 'target'), join(folder, 'link'));
    writeDesign(design(1), join(folder, 'link'));
    for (const each of ['empty', 'new', 'target']) expect(tree(join(folder, each))).toEqual(tree(empty));
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  });

  test.each([
    ['of other files', {}],
    ['of another program with a manifest', { 'manifest.json': '{"name":"my app"}' }],
    ['with a damaged manifest', { 'manifest.json': '{"tool":"flexor"' }],
    ['of an earlier version, which lists nothing', { 'manifest.json': '{"tool":"flexor","manifestVersion":1}' }],
  ])('does not replace a folder %s', (_, files) => {
    const other = join(folder, 'other');
    mkdirSync(other);
    const content = { ...files, 'thesis.tex': 'years of work' };
    for (const [name, text] of Object.entries(content)) writeFileSync(join(other, name), text);
    for (const action of [() => prepareDesignFolder(other), () => writeDesign(design(1), other)]) {
      expect(action).toThrow(/other holds other files than a design, .*; name a new or empty folder$/);
    }
    for (const [name, text] of Object.entries(content)) expect(read(join(other, name))).toBe(text);
    expect(tree(other)).toEqual(Object.keys(content).sort());
    expect(() => writeDesign(design(1), join(other, 'thesis.tex'))).toThrow(/thesis.tex is a file/);
  });

  test('does not write over a file of the user that has the name of a new one, nor outside its folder', () => {
    const target = join(folder, 'design');
    writeDesign(design(1), target);
    const second = design(2);
    const name = [...second.files.keys()].find((each) => !design(1).files.has(each))!;
    writeFileSync(join(target, name), 'work of the user');
    expect(() => writeDesign(second, target)).toThrow(/is not of the earlier output, and a design needs its name/);
    expect(read(join(target, name))).toBe('work of the user');
    expect(manifestOf(target)).toMatchObject({ name: design(1).manifest.name });
    rmSync(join(target, name));
    writeFileSync(join(folder, 'outside'), 'keep');
    const hostile = { ...manifestOf(target), files: [...manifestOf(target).files!, '../outside', '/etc/none', '..'] };
    writeFileSync(join(target, 'manifest.json'), JSON.stringify(hostile));
    writeDesign(second, target);
    expect(read(join(folder, 'outside'))).toBe('keep');
  });

  test('is finished by the next run where a run was killed in between', () => {
    const target = join(folder, 'design');
    writeDesign(design(1), target);
    const both = new Set([...design(1).files.keys(), ...design(2).files.keys()]);
    both.delete('manifest.json');
    writeFileSync(join(target, 'notes.txt'), '');
    writeFileSync(
      join(target, 'manifest.json'),
      JSON.stringify({ tool: 'flexor', unfinished: true, files: [...both] }),
    );
    // No process has this number: Linux gives at most 2^22.
    const stale = join(target, '.flexor-4194305-0123abcd.tmp');
    mkdirSync(stale);
    const first = [...design(2).files.keys()].find((each) => !design(1).files.has(each))!;
    writeFileSync(join(target, first), 'already moved');
    expect(() => readManifest(target)).toThrow(/is no manifest of version 1; generate the design again/);
    writeDesign(design(2), target);
    expect(tree(target)).toEqual([...design(2).files.keys(), 'notes.txt'].sort());
    expect(existsSync(stale)).toBe(false);
  });

  test('names the folder that cannot be made', () => {
    expect(() => writeDesign(design(1), '/proc/nowhere/design')).toThrow(/cannot create \/proc\/nowhere: /);
  });
});
