/**
 * The IDX format of MNIST: two zero bytes, element type (8: unsigned byte), number of dimensions, then that many
 * big-endian 32-bit sizes, then the elements. Files may be gzipped. What the header states is checked against the file
 * before the elements are read or unpacked, so a few megabytes of gzip cannot become gigabytes of memory.
 */
import { constants, gunzipSync } from 'node:zlib';
import { FlexorError, oneLine } from '../base/errors.js';
import { openInput, type InputFile } from '../base/files.js';

export interface IdxArray {
  readonly sizes: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 8;
/** Most elements that are read: five times the images of MNIST. */
const MOST_ELEMENTS = 2 ** 28;
/** Compressed bytes that surely hold the header, and that unpack to little whatever they are. */
const HEADER_GZIP_BYTES = 1024;

/** Reads an IDX file of unsigned bytes with `dimensions` dimensions. */
export function readIdx(path: string, dimensions: number): IdxArray {
  const file = openInput(path);
  try {
    const [first, second] = file.read(0, 2);
    return first === 0x1f && second === 0x8b ? readGzip(file, dimensions, path) : readPlain(file, dimensions, path);
  } finally {
    file.close();
  }
}

function readPlain(file: InputFile, dimensions: number, path: string): IdxArray {
  const { sizes, headerBytes, elements } = parseHeader(file.read(0, headerLength(dimensions)), dimensions, path);
  checkElements(sizes, file.size - headerBytes, elements, path);
  return { sizes, data: file.read(headerBytes, elements) };
}

function readGzip(file: InputFile, dimensions: number, path: string): IdxArray {
  const unpack = (bytes: Uint8Array, options: Parameters<typeof gunzipSync>[1]): Uint8Array => {
    try {
      return gunzipSync(bytes, options);
    } catch (error) {
      // It unpacks to more than the header states.
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return new Uint8Array();
      throw new FlexorError('data', `${path}: the gzip data are damaged (${oneLine(error)}); fetch the file again`);
    }
  };
  const start = unpack(file.read(0, HEADER_GZIP_BYTES), { finishFlush: constants.Z_SYNC_FLUSH });
  const { sizes, headerBytes, elements } = parseHeader(start, dimensions, path);
  checkBound(elements, path);
  const whole = headerBytes + elements;
  // No file needs more to hold so many bytes, whatever they are.
  if (file.size > 2 * whole + HEADER_GZIP_BYTES) throw wrongSize(sizes, elements, 'the file has more', path);
  const bytes = unpack(file.read(0, file.size), { maxOutputLength: whole });
  if (bytes.length === 0) throw wrongSize(sizes, elements, 'the file has more', path);
  checkElements(sizes, bytes.length - headerBytes, elements, path);
  return { sizes, data: bytes.subarray(headerBytes) };
}

/** An IDX file in memory. */
export function parseIdx(bytes: Uint8Array, dimensions: number, where: string): IdxArray {
  const { sizes, headerBytes, elements } = parseHeader(bytes, dimensions, where);
  checkElements(sizes, bytes.length - headerBytes, elements, where);
  return { sizes, data: bytes.subarray(headerBytes) };
}

function headerLength(dimensions: number): number {
  return 4 + 4 * dimensions;
}

interface IdxHeader {
  readonly sizes: readonly number[];
  readonly headerBytes: number;
  readonly elements: number;
}

/** The header at the start of some bytes of a file. */
function parseHeader(bytes: Uint8Array, dimensions: number, where: string): IdxHeader {
  const headerBytes = headerLength(dimensions);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wantedMagic = (UNSIGNED_BYTE << 8) | dimensions;
  if (bytes.length < 4 || view.getUint32(0) !== wantedMagic) {
    const got =
      bytes.length < 4 ? `only ${bytes.length} bytes` : `0x${view.getUint32(0).toString(16).padStart(8, '0')}`;
    const wanted = `0x${wantedMagic.toString(16).padStart(8, '0')}`;
    throw new FlexorError(
      'data',
      `${where}: an IDX file of ${dimensions} dimensions starts with ${wanted}, got ${got}`,
    );
  }
  if (bytes.length < headerBytes) {
    throw new FlexorError('data', `${where}: the IDX header has ${headerBytes} bytes, the file only ${bytes.length}`);
  }
  const sizes = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const elements = sizes.reduce((product, size) => product * size, 1);
  return { sizes, headerBytes, elements };
}

function checkElements(sizes: readonly number[], found: number, elements: number, where: string): void {
  if (found !== elements) throw wrongSize(sizes, elements, `the file has ${found}`, where);
  checkBound(elements, where);
}

function checkBound(elements: number, where: string): void {
  if (elements <= MOST_ELEMENTS) return;
  throw new FlexorError('data', `${where}: at most ${MOST_ELEMENTS} elements are read, the header states ${elements}`);
}

function wrongSize(sizes: readonly number[], elements: number, found: string, where: string): FlexorError {
  return new FlexorError('data', `${where}: ${sizes.join('×')} needs ${elements} bytes of data, ${found}`);
}
