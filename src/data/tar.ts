/**
 * Where the members of a tar archive lie (POSIX ustar and pax, GNU long names), read without their contents: each has a
 * header of 512 bytes in front and is padded to a multiple of 512. Every size that the archive states is checked before
 * anything is read by it. Links are followed within the archive.
 */
import { posix } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { openInput, type InputFile } from '../base/files.js';

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

interface Link {
  readonly name: string;
  /** The member that it leads to, as a path in the archive. */
  readonly target: string;
}

/** What extended headers say of the next member. */
interface Extension {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
}

/**
 * Regular files of an archive whose names are wanted, in its order, links to them behind; `within` is an archive that is a
 * member of another. Errors name the archive and the byte.
 */
export function tarMembers(
  path: string,
  wanted: (name: string) => boolean = () => true,
  within?: TarMember,
): TarMember[] {
  const file = openInput(path);
  try {
    const { offset, size } = within ?? { offset: 0, size: file.size };
    const archive = within === undefined ? path : `${path}: ${within.name}`;
    const { members, links } = readMembers(file, archive, offset, offset + size);
    const targets = links.filter(({ name }) => wanted(name));
    return [...members.filter(({ name }) => wanted(name)), ...followed(targets, links, members, archive)];
  } finally {
    file.close();
  }
}

interface Content {
  readonly members: readonly TarMember[];
  readonly links: readonly Link[];
}

function readMembers(file: InputFile, archive: string, start: number, end: number): Content {
  const members: TarMember[] = [];
  const links: Link[] = [];
  let next: Extension = {};
  for (let at = start; at + BLOCK <= end;) {
    const header = file.read(at, BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const where = `${archive}: at byte ${at}`;
    checkHeader(header, where);
    const type = String.fromCharCode(header[156]!);
    const isExtension = 'LKxg'.includes(type);
    const span = { offset: at + BLOCK, size: (isExtension ? undefined : next.size) ?? fieldNumber(header, 124, 12) };
    // A link states the size of its target and has no content.
    const stored = type === '1' || type === '2' ? 0 : span.size;
    if (!(stored >= 0 && span.offset + stored <= end)) throw damaged(where, 'the archive is cut off');
    if (isExtension) {
      next = { ...next, ...extension(file, type, span, where) };
    } else {
      const name = next.path ?? storedName(header);
      if (type === '0' || type === '\0' || type === '7') members.push({ name, ...span });
      if (type === '1' || type === '2') links.push(linkOf(name, type, next.linkpath ?? text(header, 157, 100)));
      next = {};
    }
    at = span.offset + Math.ceil(stored / BLOCK) * BLOCK;
  }
  return { members, links };
}

function damaged(where: string, what: string): FlexorError {
  return new FlexorError('data', `${where}: ${what}; fetch or make the archive again`);
}

function linkOf(name: string, type: string, target: string): Link {
  // A hard link names its member from the root of the archive, a symbolic one from its own folder.
  const fromRoot = type === '1' || posix.isAbsolute(target);
  return { name, target: posix.normalize(fromRoot ? target : posix.join(posix.dirname(name), target)) };
}

/** The wanted links as members that lie where their targets do. */
function followed(
  wanted: readonly Link[],
  links: readonly Link[],
  members: readonly TarMember[],
  archive: string,
): TarMember[] {
  const places = new Map<string, Span>(
    members.map(({ name, offset, size }) => [posix.normalize(name), { offset, size }]),
  );
  const targets = new Map(links.map(({ name, target }) => [posix.normalize(name), target]));
  return wanted.map(({ name, target }) => {
    let at = target;
    for (let steps = 0; targets.has(at) && steps < links.length; steps++) at = targets.get(at)!;
    const place = places.get(at);
    if (place === undefined) {
      throw new FlexorError(
        'data',
        `${archive}: ${name} is a link to ${target}, which is not in the archive; make it again with tar --dereference`,
      );
    }
    return { name, ...place };
  });
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

function extension(file: InputFile, type: string, span: Span, where: string): Extension {
  if (type === 'g') return {};
  if (span.size > MOST_EXTENSION_BYTES) throw damaged(where, `a header of ${span.size} bytes`);
  const content = file.read(span.offset, span.size);
  if (type === 'L') return { path: text(content, 0, content.length) };
  if (type === 'K') return { linkpath: text(content, 0, content.length) };
  const records = paxRecords(content, where);
  const [path, linkpath, size] = [records.get('path'), records.get('linkpath'), records.get('size')];
  if (size !== undefined && !/^\d{1,15}$/.test(size)) throw damaged(where, `a pax record states the size ${size}`);
  return {
    ...(path === undefined ? {} : { path }),
    ...(linkpath === undefined ? {} : { linkpath }),
    ...(size === undefined ? {} : { size: Number(size) }),
  };
}

/** Records `LENGTH KEY=VALUE\n`, the length that of the whole record in decimal digits. */
function paxRecords(content: Buffer, where: string): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const blank = content.indexOf(32, at);
    const digits = blank < 0 ? '' : content.toString('latin1', at, Math.min(blank, at + 20));
    const end = /^\d{1,7}$/.test(digits) ? at + Number(digits) : NaN;
    if (!(end > blank + 1 && end <= content.length)) throw damaged(where, 'a pax record states a wrong length');
    const record = content.toString('utf8', blank + 1, end - 1);
    const equals = record.indexOf('=');
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at = end;
  }
  return records;
}
