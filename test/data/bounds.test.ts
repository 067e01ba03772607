/** What archives and compressed files state is checked before anything is read or unpacked by it. */
import { mkdtempSync, rmSync, symlinkSync, linkSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readIdx } from '../../src/data/idx.js';
import { tarMembers } from '../../src/data/tar.js';
import { tar } from '../support/jpegs.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-bounds-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A block of 512 bytes with a right sum. */
function header(name: string, type: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\0', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const padded = (text: string): Buffer => Buffer.concat([Buffer.from(text)], Math.ceil(text.length / 512) * 512);

/** An archive of a pax header with this content and the file that it is for. */
function paxArchive(content: string): string {
  const path = join(folder, 'pax.tar');
  const file = [header('stored', '0', 3), padded('abc')];
  writeFileSync(
    path,
    Buffer.concat([header('pax', 'x', content.length), padded(content), ...file, Buffer.alloc(1024)]),
  );
  return path;
}

describe('a pax header', () => {
  it('gives the name and the size of the next member', () => {
    expect(tarMembers(paxArchive('13 path=long\n9 size=2\n'.replace('9 size', '9 size')))).toEqual([
      { name: 'long', offset: 1536, size: 2 },
    ]);
  });

  it.each([
    '1e-300 path=x\n',
    '0 path=x\n',
    '-5 path=x\n',
    '999 path=x\n',
    '2 path=x\n',
    '0x0d path=ab\n',
    'path=x\n',
    `${'9'.repeat(400)} path=x\n`,
    '14 size=1e300\n',
  ])('of the record %j is refused with the name of the archive', (content) => {
    const path = paxArchive(content);
    expect(() => tarMembers(path)).toThrow(new RegExp(`^${path}: at byte 0: a pax record states .*; fetch or make`));
  });
});

describe('a tar archive', () => {
  it('is followed along its links, and names one that leads out of it', () => {
    const source = join(folder, 'links');
    mkdirSync(join(source, 'b'), { recursive: true });
    writeFileSync(join(source, 'a.txt'), 'content');
    linkSync(join(source, 'a.txt'), join(source, 'b', 'hard.txt'));
    symlinkSync('../a.txt', join(source, 'b', 'soft.txt'));
    symlinkSync('soft.txt', join(source, 'b', 'chain.txt'));
    const path = join(folder, 'links.tar');
    tar(path, source, ['a.txt', 'b/hard.txt', 'b/soft.txt', 'b/chain.txt']);
    const [first, ...links] = tarMembers(path);
    expect(first!.name).toBe('a.txt');
    expect(links.map(({ name }) => name).sort()).toEqual(['b/chain.txt', 'b/hard.txt', 'b/soft.txt']);
    for (const { offset, size } of links) expect({ offset, size }).toEqual({ offset: first!.offset, size: 7 });
    symlinkSync('/etc/passwd', join(source, 'out.txt'));
    tar(path, source, ['out.txt']);
    expect(() => tarMembers(path)).toThrow(
      `${path}: out.txt is a link to /etc/passwd, which is not in the archive; make it again with tar --dereference`,
    );
  });

  it('may state any size', () => {
    const path = join(folder, 'large.tar');
    const huge = header('huge', '0', 0);
    huge.fill(0xff, 124, 136);
    huge.write('        ', 148);
    const sum = huge.reduce((total, byte) => total + byte, 0);
    huge.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    writeFileSync(path, Buffer.concat([huge, Buffer.alloc(2048)]));
    expect(() => tarMembers(path)).toThrow(`${path}: at byte 0: the archive is cut off`);
  });
});

describe('a gzipped IDX file', () => {
  const idx = (count: number): Buffer => {
    const bytes = Buffer.alloc(16);
    [0x803, count, 28, 28].forEach((value, i) => bytes.writeUInt32BE(value, 4 * i));
    return bytes;
  };
  const bomb = gzipSync(Buffer.concat([idx(2), Buffer.alloc(200_000_000)]), { level: 1 });

  it('is unpacked no further than its header states', () => {
    const path = join(folder, 'bomb.gz');
    writeFileSync(path, bomb);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readIdx(path, 3)).toThrow(`${path}: 2×28×28 needs 1568 bytes of data, the file has more`);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  it('is not unpacked where its header states too much', () => {
    const path = join(folder, 'large.gz');
    writeFileSync(path, gzipSync(idx(4_000_000)));
    expect(() => readIdx(path, 3)).toThrow(
      `${path}: at most 268435456 elements are read, the header states 3136000000`,
    );
  });
});
