/**
 * Where the members of a tar archive lie (POSIX ustar and pax, GNU long names), read without their contents: each has a
 * header of 512 bytes in front and is padded to a multiple of 512.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { FlexorError } from '../base/errors.js';
import { fileSystemError } from '../base/files.js';

const BLOCK = 512;
/** Longest extended header that is read; a path is far shorter. */
const MOST_EXTENSION_BYTES = 1 << 20;

/** Bytes of a file: `size` of them from `offset`. */
export interface Span {
  readonly offset: number;
  readonly size: number;
}

export interface TarMember extends Span {
  /** With folders, as stored. */
  readonly name: string;
}

/** Regular files of an archive, in its order. Errors name the archive and the byte. */
export function* tarMembers(path: string): Generator<TarMember> {
  const file = openArchive(path);
  try {
    const { size: total } = fstatSync(file);
    /** Name that an extended header gives the next member. */
    let long: string | null = null;
    for (let at = 0; at + BLOCK <= total;) {
      const header = readSpan(file, { offset: at, size: BLOCK });
      if (header.every((byte) => byte === 0)) return;
      const where = `${path}: at byte ${at}`;
      checkHeader(header, where);
      const span = { offset: at + BLOCK, size: fieldNumber(header, 124, 12) };
      if (!(span.offset + span.size <= total)) throw damaged(where, 'the archive is cut off');
      const type = String.fromCharCode(header[156]!);
      if (type === 'L' || type === 'x') {
        if (span.size > MOST_EXTENSION_BYTES) throw damaged(where, `a header of ${span.size} bytes`);
        const content = readSpan(file, span);
        long = type === 'L' ? text(content, 0, content.length) : (paxPath(content) ?? long);
      } else {
        if (type === '0' || type === '\0') yield { name: long ?? storedName(header), ...span };
        if (type !== 'g') long = null;
      }
      at = span.offset + Math.ceil(span.size / BLOCK) * BLOCK;
    }
  } finally {
    closeSync(file);
  }
}

function openArchive(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw fileSystemError('read', path, error);
  }
}

function damaged(where: string, what: string): FlexorError {
  return new FlexorError('data', `${where}: ${what}; fetch or make the archive again`);
}

function readSpan(file: number, { offset, size }: Span): Buffer {
  const bytes = Buffer.alloc(size);
  for (let done = 0; done < size;) {
    const count = readSync(file, bytes, done, size - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return bytes;
}

/** The header's sum, its own eight bytes counted as blanks. */
function checkHeader(header: Buffer, where: string): void {
  let sum = 0;
  header.forEach((byte, i) => (sum += i >= 148 && i < 156 ? 32 : byte));
  if (sum !== fieldNumber(header, 148, 8)) throw damaged(where, 'this is no header of a tar archive');
}

/** A number in octal digits, or in binary where the first bit is set (GNU, sizes from 8 GiB). */
function fieldNumber(header: Buffer, from: number, length: number): number {
  if ((header[from]! & 0x80) !== 0) {
    return header.subarray(from + 1, from + length).reduce((value, byte) => value * 256 + byte, 0);
  }
  const digits = text(header, from, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : NaN;
}

/** Characters up to the first zero byte. */
function text(bytes: Buffer, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

function storedName(header: Buffer): string {
  const name = text(header, 0, 100);
  // The prefix is ustar's; GNU's own format keeps other things there.
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? text(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** `path` among records `LENGTH KEY=VALUE\n`, the length that of the whole record. */
function paxPath(content: Buffer): string | null {
  for (let at = 0; at < content.length;) {
    const blank = content.indexOf(32, at);
    const length = blank < 0 ? NaN : Number(content.toString('latin1', at, blank));
    if (!(length > 0)) return null;
    const [key, ...value] = content.toString('utf8', blank + 1, at + length - 1).split('=');
    if (key === 'path') return value.join('=');
    at += length;
  }
  return null;
}
