/** What the file helpers say where the file system refuses. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { exists, listFolder, openInput, readFile } from '../../src/base/files.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-files-'));
const file = join(folder, 'file');
writeFileSync(file, '');
afterAll(() => rmSync(folder, { recursive: true }));

describe('exists', () => {
  it('tells what is there from what is not', () => {
    expect([folder, file, join(folder, 'none'), join(file, 'below a file')].map(exists)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is one clear line where it cannot tell', () => {
    expect(() => exists(join(folder, 'x'.repeat(5000)))).toThrow(
      expect.objectContaining({
        code: 'file-system',
        message: expect.stringMatching(/^cannot look for .*x: the name is too long$/),
      }),
    );
  });
});

describe('reading', () => {
  it('takes regular files only, and no larger one than the caller wants', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const path of ['/dev/zero', join(folder, 'pipe')]) {
      expect(() => readFile(path)).toThrow(`cannot read ${path}: it is a device or a pipe, not a file`);
    }
    expect(() => readFile(folder)).toThrow(`cannot read ${folder}: it is a directory`);
    const large = join(folder, 'large');
    writeFileSync(large, '');
    truncateSync(large, 2 ** 40);
    expect(() => readFile(large, 10)).toThrow(`cannot read ${large}: it has 1099511627776 bytes, the most are 10`);
    const input = openInput(large);
    expect(input.size).toBe(2 ** 40);
    expect(input.read(2 ** 40 - 3, 100)).toHaveLength(3);
    input.close();
  });

  it('lists a folder by name, links followed', () => {
    const inner = mkdtempSync(join(folder, 'inner-'));
    for (const name of ['b', 'B', 'a']) writeFileSync(join(inner, name), '');
    symlinkSync(folder, join(inner, 'up'));
    symlinkSync('nowhere', join(inner, 'dangling'));
    expect(listFolder(inner)).toEqual([
      { name: 'B', kind: 'file' },
      { name: 'a', kind: 'file' },
      { name: 'b', kind: 'file' },
      { name: 'dangling', kind: null },
      { name: 'up', kind: 'folder' },
    ]);
  });
});

describe('temporary folders', () => {
  it('name TMPDIR where they cannot be made', () => {
    vi.stubEnv('TMPDIR', '/nonexistent');
    expect(() => temporaryFolder('flexor')).toThrow(
      'cannot make a temporary folder in /nonexistent: no such file or directory; ' +
        'name a folder that can be written with TMPDIR',
    );
    vi.unstubAllEnvs();
  });
});
