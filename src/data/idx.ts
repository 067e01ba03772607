/**
 * The IDX format of MNIST: two zero bytes, element type (8: unsigned byte), number of dimensions, then that many
 * big-endian 32-bit sizes, then the elements. Files may be gzipped.
 */
import { gunzipSync } from 'node:zlib';
import { FlexorError, oneLine } from '../base/errors.js';
import { readFile } from '../base/files.js';

export interface IdxArray {
  readonly sizes: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 8;

/** Reads an IDX file of unsigned bytes with `dimensions` dimensions. */
export function readIdx(path: string, dimensions: number): IdxArray {
  let bytes = readFile(path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = gunzipSync(bytes);
    } catch (error) {
      throw new FlexorError('data', `${path}: the gzip data are damaged (${oneLine(error)}); fetch the file again`);
    }
  }
  return parseIdx(bytes, dimensions, path);
}

export function parseIdx(bytes: Uint8Array, dimensions: number, where: string): IdxArray {
  const headerBytes = 4 + 4 * dimensions;
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
  const found = bytes.length - headerBytes;
  if (found !== elements) {
    throw new FlexorError(
      'data',
      `${where}: ${sizes.join('×')} needs ${elements} bytes of data, the file has ${found}`,
    );
  }
  return { sizes, data: bytes.subarray(headerBytes) };
}
