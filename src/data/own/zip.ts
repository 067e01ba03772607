/**
 * The members of a zip archive, as `.npz` files are (PKWARE's APPNOTE, without encryption, parts and sizes of 4 GiB). The
 * directory at the end of the file is read first; every offset and size in it is checked against the file, and a member is
 * unpacked only as far as its reader allows.
 */
import { constants, inflateRawSync } from 'node:zlib';
import { oneLine } from '../../base/errors.js';
import type { InputFile } from '../../base/files.js';
import { dataProblem } from './limits.js';

const END_BYTES = 22;
const END = 0x06054b50;
const ENTRY_BYTES = 46;
const ENTRY = 0x02014b50;
const LOCAL_BYTES = 30;
const LOCAL = 0x04034b50;
/** The end record may be followed by a comment of 65,535 bytes. */
const MOST_END_BYTES = END_BYTES + 65_535;
const MOST_DIRECTORY_BYTES = 2 ** 20;
/** They hold the head of any array of numbers, and unpack to a megabyte at most. */
const START_BYTES = 1024;
const ELSEWHERE = 0xffff_ffff;

export interface ZipMember {
  readonly name: string;
  /** Bytes when unpacked, as the archive states. */
  readonly size: number;
  /** First bytes of the content: what up to START_BYTES of the archive unpack to, where it is packed. */
  start(most: number): Uint8Array;
  /** The whole content, which must be exactly `size` bytes. */
  content(): Uint8Array;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** The members of an archive. */
export function zipMembers(file: InputFile, where: string): ZipMember[] {
  const tailBytes = Math.min(file.size, MOST_END_BYTES);
  const tail = file.read(file.size - tailBytes, tailBytes);
  let at = tail.length - END_BYTES;
  while (at >= 0 && tail.readUInt32LE(at) !== END) at--;
  if (at < 0) throw dataProblem(where, 'a zip archive ends with its directory, here is none; make the file again');
  const [count, bytes, offset] = [tail.readUInt16LE(at + 10), tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (bytes > MOST_DIRECTORY_BYTES || offset + bytes > file.size) {
    throw dataProblem(where, `the zip directory is damaged: ${bytes} bytes at byte ${offset} of ${file.size}`);
  }
  return directoryEntries(file.read(offset, bytes), count, where).map((entry) => memberOf(file, entry, where));
}

function directoryEntries(directory: Buffer, count: number, where: string): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count;) {
    if (at + ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== ENTRY) {
      throw dataProblem(where, `the zip directory is damaged at entry ${entries.length} of ${count}`);
    }
    const nameBytes = directory.readUInt16LE(at + 28);
    const rest = directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    entries.push({
      name: directory.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += ENTRY_BYTES + nameBytes + rest;
  }
  return entries;
}

function memberOf(file: InputFile, entry: Entry, archive: string): ZipMember {
  const where = `${archive}: ${entry.name}`;
  const { method, packed, size, offset } = entry;
  const bytes = (most: number): Buffer => {
    if ([packed, size, offset].includes(ELSEWHERE)) throw dataProblem(where, 'a member has less than 4 GiB');
    if (method !== 0 && method !== 8) {
      throw dataProblem(where, `members are stored or deflated (methods 0 and 8), got method ${method}`);
    }
    const local = file.read(offset, LOCAL_BYTES);
    if (local.length < LOCAL_BYTES || local.readUInt32LE(0) !== LOCAL) {
      throw dataProblem(where, `the archive is damaged: no member begins at byte ${offset}`);
    }
    const from = offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
    if (from + packed > file.size) throw dataProblem(where, 'the archive is cut off; make the file again');
    return file.read(from, Math.min(packed, most));
  };
  const inflate = (data: Buffer, options: Parameters<typeof inflateRawSync>[1]): Uint8Array => {
    if (method === 0) return data;
    try {
      return inflateRawSync(data, options);
    } catch (error) {
      throw dataProblem(where, `the compressed data are damaged (${oneLine(error)}); make the file again`);
    }
  };
  return {
    name: entry.name,
    size,
    start: (most) => inflate(bytes(Math.min(most, START_BYTES)), { finishFlush: constants.Z_SYNC_FLUSH }),
    content: () => {
      const whole = inflate(bytes(Infinity), { maxOutputLength: Math.max(1, size) });
      if (whole.length === size) return whole;
      throw dataProblem(where, `the archive states ${size} bytes, there are ${whole.length}; make the file again`);
    },
  };
}
