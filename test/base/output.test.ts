/** Outputs: tried before the work, written whole, through links and to devices, and never dropped. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prepareOutput, saveResult, writeFileAtomic } from '../../src/base/output.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flexor-output-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

const read = (path: string): string => readFileSync(path, 'utf8');

describe('writing a file', () => {
  it('takes every legal name and leaves nothing beside the file', () => {
    const path = join(folder, 'deep', 'x'.repeat(255));
    expect(prepareOutput(path)).toBe(path);
    expect(existsSync(path)).toBe(false);
    writeFileAtomic(path, 'content');
    expect(read(path)).toBe('content');
    expect(readdirSync(join(folder, 'deep'))).toEqual([basename(path)]);
  });

  it('writes the target of a link, also of one that leads to nothing yet', () => {
    const [target, link, chain] = ['target', 'link', 'chain'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    symlinkSync('target', link);
    symlinkSync('link', chain);
    for (const [path, text] of [
      [link, 'one'],
      [chain, 'two'],
    ] as const) {
      prepareOutput(path);
      writeFileAtomic(path, text);
      expect(read(target)).toBe(text);
      expect(lstatSync(path).isSymbolicLink()).toBe(true);
    }
    symlinkSync('circle', join(folder, 'circle'));
    expect(() => prepareOutput(join(folder, 'circle'))).toThrow(/^cannot write .*circle: its links lead in a circle$/);
  });

  it('writes to a device as it is', () => {
    writeFileAtomic('/dev/null', 'content');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(() => writeFileAtomic('/dev/full', 'content')).toThrow(
      /^cannot write \/dev\/full: no space left on the device$/,
    );
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});

describe('an output that is prepared', () => {
  it.each(['new/', '.', '..', ''])("is no folder like '%s'", (path) => {
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
    expect(() => prepareOutput(path)).toThrow(
      expect.objectContaining({ code: 'usage', message: `the output must be a file, '${path}' names a folder` }),
    );
    mkdirSync(join(folder, 'there'));
    expect(() => prepareOutput(join(folder, 'there'))).toThrow(/names a folder$/);
  });

  it.each([
    ['a name that is too long', 'x'.repeat(256), /the name is too long$/],
    ['a folder that is a file', 'file/model.flexor', /a part of the path is not a directory$/],
  ])('refuses %s', (_, name, message) => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => prepareOutput(join(folder, name))).toThrow(message);
    expect(() => prepareOutput(join(folder, name))).toThrow(/^cannot write /);
  });

  it('leaves what is there as it is', () => {
    const path = join(folder, 'model.flexor');
    writeFileSync(path, 'earlier');
    prepareOutput(path);
    expect(read(path)).toBe('earlier');
    expect(readdirSync(folder)).toEqual(['model.flexor']);
  });
});

describe('a result', () => {
  it('is written to another folder where its own cannot be written', () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(folder, 'file'), '');
    vi.stubEnv('TMPDIR', other);
    vi.spyOn(process, 'cwd').mockReturnValue('/proc');
    const path = join(folder, 'file', 'model.flexor');
    let message = '';
    try {
      saveResult(path, 'hours of work');
    } catch (error) {
      ({ message } = error as Error);
    }
    const [saved] = readdirSync(other);
    expect(message).toMatch(/^cannot write .*model\.flexor: .*; nothing is lost: /);
    expect(message.endsWith(`the result was written to ${join(other, saved!)}`)).toBe(true);
    expect(read(join(other, saved!))).toBe('hours of work');
  });
});
