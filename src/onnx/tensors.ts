/**
 * TensorProto: the numbers of initialisers, constants and attributes. They stand in `raw_data` (little-endian), in a typed
 * list, or in another file of the model's folder. Sizes are checked against the bytes that are there before an array is
 * made.
 */
import { dirname, join, relative, resolve, isAbsolute, sep } from 'node:path';
import { kindOf, openInput, resolveLinks } from '../base/files.js';
import { printable } from '../base/json.js';
import { fileProblem } from '../model/problem.js';
import type { Message } from './messages.js';
import type { ElementType, OnnxTensor } from './types.js';

/** Largest number of elements of a tensor that is read. */
export const MAX_ELEMENTS = 2 ** 28;

interface Layout {
  readonly type: ElementType;
  readonly bytes: number;
  /** Field of TensorProto with the values where they are not raw. */
  readonly list: 4 | 5 | 7 | 10 | 11;
  read(view: DataView, at: number): number;
}

/** TensorProto.DataType → how the element is stored. */
const LAYOUTS: ReadonlyMap<number, Layout> = new Map([
  [1, { type: 'float32', bytes: 4, list: 4, read: (v, i) => v.getFloat32(i, true) }],
  [2, { type: 'uint8', bytes: 1, list: 5, read: (v, i) => v.getUint8(i) }],
  [3, { type: 'int8', bytes: 1, list: 5, read: (v, i) => v.getInt8(i) }],
  [4, { type: 'uint16', bytes: 2, list: 5, read: (v, i) => v.getUint16(i, true) }],
  [5, { type: 'int16', bytes: 2, list: 5, read: (v, i) => v.getInt16(i, true) }],
  [6, { type: 'int32', bytes: 4, list: 5, read: (v, i) => v.getInt32(i, true) }],
  [7, { type: 'int64', bytes: 8, list: 7, read: (v, i) => Number(v.getBigInt64(i, true)) }],
  [9, { type: 'bool', bytes: 1, list: 5, read: (v, i) => (v.getUint8(i) === 0 ? 0 : 1) }],
  [10, { type: 'float16', bytes: 2, list: 5, read: (v, i) => halfOf(v.getUint16(i, true)) }],
  [11, { type: 'float64', bytes: 8, list: 10, read: (v, i) => v.getFloat64(i, true) }],
  [12, { type: 'uint32', bytes: 4, list: 11, read: (v, i) => v.getUint32(i, true) }],
  [13, { type: 'uint64', bytes: 8, list: 11, read: (v, i) => Number(v.getBigUint64(i, true)) }],
] satisfies [number, Layout][]);

/** The element type of a number of TensorProto.DataType, null where it is none that is read. */
export function elementType(code: number): ElementType | null {
  return LAYOUTS.get(code)?.type ?? null;
}

/** Decodes a tensor. `path` is the model's file, beside which external data lies; null where there is no file. */
export function decodeTensor(message: Message, path: string | null): OnnxTensor {
  const name = message.text(8);
  const { where } = message.place;
  const field = name === '' ? message.place.field : `tensor '${printable(name)}'`;
  const layout = LAYOUTS.get(message.integer(2));
  if (layout === undefined) {
    throw fileProblem(where, field, `must be floats, doubles, integers or bools, got data type ${message.integer(2)}`);
  }
  const dims = message.integers(1);
  const count = elementCount(dims, where, field);
  const values =
    message.integer(14) === 1 ? externalData(message, path, count * layout.bytes, field) : message.bytes(9);
  const decoded = values === null ? listed(message, layout, count, field) : raw(values, layout, count, where, field);
  if (layout.type === 'float32' || layout.type === 'float64' || layout.type === 'float16') {
    const bad = decoded.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) throw fileProblem(where, field, `must be finite numbers, got ${decoded[bad]} at element ${bad}`);
  } else {
    const bad = decoded.find((x) => !Number.isSafeInteger(x) && Math.abs(x) < 2 ** 62);
    if (bad !== undefined) throw fileProblem(where, field, `integers must stay below 2^53, got ${bad}`);
  }
  return { name, type: layout.type, dims, values: decoded };
}

function elementCount(dims: readonly number[], where: string, field: string): number {
  let count = 1;
  for (const n of dims) {
    if (n < 0) throw fileProblem(where, field, `dimensions must not be negative, got [${dims.join(', ')}]`);
    count *= n;
  }
  if (dims.length > 16 || count > MAX_ELEMENTS) {
    throw fileProblem(where, field, `must have at most ${MAX_ELEMENTS} elements, got [${dims.join(', ')}]`);
  }
  return count;
}

function raw(bytes: Uint8Array, layout: Layout, count: number, where: string, field: string): Float64Array {
  if (bytes.length !== count * layout.bytes) {
    throw fileProblem(
      where,
      field,
      `must have the ${count * layout.bytes} bytes of its ${count} ${layout.type} elements, got ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = layout.read(view, i * layout.bytes);
  return values;
}

function listed(message: Message, layout: Layout, count: number, field: string): Float64Array {
  const { list } = layout;
  const values = list === 4 ? message.floats(4, 4) : list === 10 ? message.floats(10, 8) : message.integers(list);
  if (values.length !== count) {
    throw fileProblem(message.place.where, field, `must have ${count} elements for its shape, got ${values.length}`);
  }
  return Float64Array.from(values, (x) => (layout.type === 'float16' ? halfOf(x) : x));
}

/** Bytes of a tensor that stand in a file of the model's folder (TensorProto.external_data). */
function externalData(message: Message, path: string | null, bytes: number, field: string): Uint8Array {
  const { where } = message.place;
  const entries = new Map(message.messages(13, 'external_data').map((entry) => [entry.text(1), entry.text(2)]));
  const location = entries.get('location') ?? '';
  if (path === null) throw fileProblem(where, field, 'has its data in another file, but the model comes from none');
  const file = insideFolder(path, location, where, field);
  const offset = wholeNumber(entries.get('offset') ?? '0', `${field}: offset`, where);
  const length = wholeNumber(entries.get('length') ?? String(bytes), `${field}: length`, where);
  if (length !== bytes) {
    throw fileProblem(where, field, `its external data must be the ${bytes} bytes of its shape, got ${length}`);
  }
  const input = openInput(file);
  try {
    if (offset + length > input.size) {
      throw fileProblem(
        where,
        field,
        `its external data must lie within ${printable(location)} (${input.size} bytes), got ${offset} to ${offset + length}`,
      );
    }
    return input.read(offset, length);
  } finally {
    input.close();
  }
}

function insideFolder(path: string, location: string, where: string, field: string): string {
  const folder = dirname(resolve(path));
  const refuse = () =>
    fileProblem(where, field, `its external data must be a file in the model's folder, got '${printable(location)}'`);
  if (location === '' || location.includes('\0') || isAbsolute(location)) throw refuse();
  const real = resolveLinks(join(folder, location));
  const inside = relative(resolveLinks(folder), real);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) throw refuse();
  if (kindOf(real) === 'folder' || kindOf(real) === 'other') throw refuse();
  return real;
}

function wholeNumber(text: string, field: string, where: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw fileProblem(where, field, `must be a whole number, got '${printable(text)}'`);
}

/** The value of an IEEE half-precision number. */
function halfOf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
