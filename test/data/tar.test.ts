/** Members of tar archives, against archives that the system's tar makes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tarMembers } from '../../src/data/tar.js';
import { tar } from '../support/jpegs.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-tar-'));
afterAll(() => rmSync(folder, { recursive: true }));

const deep = 'd'.repeat(90);
const names = ['a.txt', 'folder/b.txt', `folder/${deep}/${deep}.txt`, `${deep}/${deep}/ü-${deep}.txt`];
for (const name of names) {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), `content of ${name}`.repeat(name.length));
}

describe('tarMembers', () => {
  it.each(['gnu', 'ustar', 'pax'])('finds names and contents in an archive of format %s', (format) => {
    const stored = format === 'ustar' ? names.slice(0, 3) : names;
    const archive = join(folder, `${format}.tar`);
    tar(archive, folder, ['--no-recursion', 'folder', ...stored], format);
    const bytes = readFileSync(archive);
    const found = new Map(
      [...tarMembers(archive)].map(({ name, offset, size }) => [name, bytes.toString('utf8', offset, offset + size)]),
    );
    expect([...found.keys()].sort()).toEqual([...stored].sort());
    for (const name of stored) expect(found.get(name)).toBe(readFileSync(join(folder, name), 'utf8'));
  });

  it('names the archive and the byte of what is damaged', () => {
    const archive = join(folder, 'whole.tar');
    tar(archive, folder, ['a.txt', 'folder/b.txt']);
    const bytes = readFileSync(archive);
    const broken = join(folder, 'broken.tar');
    const message = (content: Uint8Array): string => {
      writeFileSync(broken, content);
      try {
        return `found ${[...tarMembers(broken)].length}`;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(message(bytes)).toBe('found 2');
    expect(message(bytes.subarray(0, 560))).toBe(
      `${broken}: at byte 0: the archive is cut off; fetch or make the archive again`,
    );
    const [second] = [...tarMembers(archive)].slice(1);
    const header = second!.offset - 512;
    const flipped = Uint8Array.from(bytes);
    flipped[header + 3]! ^= 1;
    expect(message(flipped)).toBe(
      `${broken}: at byte ${header}: this is no header of a tar archive; fetch or make the archive again`,
    );
    expect(() => [...tarMembers(join(folder, 'none.tar'))]).toThrow(/cannot read .*none.tar: no such file/);
  });
});
