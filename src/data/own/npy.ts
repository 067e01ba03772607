/**
 * NumPy's `.npy` format: magic, version, a header that is a Python dictionary (`descr`, `fortran_order`, `shape`), then the
 * elements in row-major order. Numbers of every size come in; what the header states is checked against the file before
 * any element is read. Objects (pickles), texts and structures are refused.
 */
import { own } from '../../base/dictionary.js';
import { invariant } from '../../base/errors.js';
import { openInput } from '../../base/files.js';
import { printable } from '../../base/json.js';
import { checkElements, dataProblem } from './limits.js';

const MAGIC = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]);
/** Of an array of numbers; only structures need more. */
const MOST_HEADER_BYTES = 1000;

/** An array of a file. Bytes stay bytes; everything else is single precision for data and exact for labels. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** As the file has it, e.g. `<f4`. */
  readonly type: string;
  readonly values: Uint8Array | Float64Array | Float32Array;
}

interface Header {
  readonly shape: readonly number[];
  readonly type: string;
  readonly count: number;
  readonly itemBytes: number;
  readonly dataOffset: number;
}

/** The content of a `.npy` file, read in parts. */
export interface NpySource {
  readonly size: number;
  start(most: number): Uint8Array;
  content(): Uint8Array;
}

/** Reads a `.npy` file. */
export function readNpy(path: string): NpyArray {
  const file = openInput(path);
  try {
    const content = (): Uint8Array => file.read(0, file.size);
    return readNpyFrom({ size: file.size, start: (most) => file.read(0, most), content }, path);
  } finally {
    file.close();
  }
}

/** Reads an array from a file or from a member of an archive; `where` starts the text of errors. */
export function readNpyFrom(source: NpySource, where: string): NpyArray {
  const header = parseHeader(source.start(MOST_HEADER_BYTES + 24), where);
  const { shape, type, count, itemBytes, dataOffset } = header;
  const bytes = count * itemBytes;
  if (dataOffset + bytes !== source.size) {
    const found = source.size - dataOffset;
    throw dataProblem(where, `${shapeText(shape)} of ${type} need ${bytes} bytes of data, there are ${found}`);
  }
  checkElements(count, type.endsWith('u1'), where);
  const content = source.content();
  return { shape, type, values: decode(content.subarray(dataOffset), header) };
}

export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'one number' : shape.join('×');
}

function parseHeader(bytes: Uint8Array, where: string): Header {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (start.length < 12 || !start.subarray(0, 6).equals(MAGIC)) {
    throw dataProblem(where, 'an array file begins with \\x93NUMPY; write it with numpy.save');
  }
  const version = start[6]!;
  if (version < 1 || version > 3) throw dataProblem(where, `versions 1 to 3 of the format are read, got ${version}`);
  const [length, headerAt] = version === 1 ? [start.readUInt16LE(8), 10] : [start.readUInt32LE(8), 12];
  const dataOffset = headerAt + length;
  if (length > MOST_HEADER_BYTES || dataOffset > start.length) {
    throw dataProblem(where, `the header states ${length} bytes and is cut off or damaged; write the file again`);
  }
  const text = start.toString('latin1', headerAt, dataOffset);
  const type = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape':\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  if (type === undefined || order === undefined || sizes === undefined) {
    throw dataProblem(where, `the header must state descr, fortran_order and shape, got ${printable(text, 80)}`);
  }
  const itemBytes = own(ITEM_BYTES, type.replace(/^[<>|=]/, ''));
  if (itemBytes === undefined) {
    throw dataProblem(where, `elements must be numbers, got ${printable(type)}; save array.astype('float32')`);
  }
  if (order === 'True') {
    throw dataProblem(where, 'elements must lie in C order; save numpy.ascontiguousarray(array)');
  }
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number.parseFloat);
  return { shape, type, count: shape.reduce((product, size) => product * size, 1), itemBytes, dataOffset };
}

const ITEM_BYTES: Readonly<Record<string, number>> = {
  ...{ b1: 1, u1: 1, i1: 1, u2: 2, i2: 2, f2: 2 },
  ...{ u4: 4, i4: 4, f4: 4, u8: 8, i8: 8, f8: 8 },
};

function decode(bytes: Uint8Array, { type, count, itemBytes }: Header): NpyArray['values'] {
  const kind = type.replace(/^[<>|=]/, '');
  if (kind === 'u1') return bytes;
  const littleEndian = !type.startsWith('>');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = own(READERS, kind);
  invariant(read, `no reader of ${kind}`);
  // Single precision holds these exactly, in half the memory.
  const values = ['b1', 'i1', 'u2', 'i2', 'f2', 'f4'].includes(kind)
    ? new Float32Array(count)
    : new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = read(view, i * itemBytes, littleEndian);
  return values;
}

const READERS: Readonly<Record<string, (view: DataView, at: number, littleEndian: boolean) => number>> = {
  b1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f2: (view, at, little) => halfPrecision(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/** A number of IEEE 754's binary16. */
function halfPrecision(bits: number): number {
  const sign = bits >> 15 === 1 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Elements that can be written. */
export type NpyValues =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

const TYPES: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ...([
    [Uint8Array, '|u1'],
    [Int8Array, '|i1'],
    [Uint16Array, '<u2'],
    [Int16Array, '<i2'],
  ] as const),
  ...([
    [Int32Array, '<i4'],
    [BigInt64Array, '<i8'],
    [Float32Array, '<f4'],
    [Float64Array, '<f8'],
  ] as const),
]);

/** The bytes of a `.npy` file of version 1. */
export function encodeNpy(shape: readonly number[], values: NpyValues): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  invariant(count === values.length, `an array of ${shape.join('×')} with ${values.length} elements`);
  // A Buffer is an array of bytes.
  const type = values instanceof Uint8Array ? '|u1' : TYPES.get(values.constructor);
  invariant(type, `no type of .npy for ${values.constructor.name}`);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n';
  const head = Buffer.alloc(10);
  head.set([...MAGIC, 1, 0]);
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([
    head,
    Buffer.from(padded, 'latin1'),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  ]);
}
