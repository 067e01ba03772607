/**
 * The safetensors container: 8-byte little-endian header length, JSON header, tensor bytes. The header maps tensor names
 * to { dtype, shape, data_offsets } and `__metadata__` to a string → string map. Tensors cover the bytes behind the header
 * without holes and overlaps. docs/format.md has the rules; this file knows nothing of FleXOR.
 */
import { isObject, parseJson, printable, shown } from '../base/json.js';
import { fileProblem } from './problem.js';

export type Dtype = 'F32' | 'U8';

export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly data: Uint8Array;
}

export interface Container {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** All bytes behind the header. */
  readonly payload: Uint8Array;
}

/** Longest header that is read. */
export const MAX_HEADER_BYTES = 16 * 2 ** 20;

const LENGTH_BYTES = 8;
const ALIGNMENT = 8;
const METADATA_KEY = '__metadata__';
const BYTES_PER_ELEMENT: Readonly<Record<Dtype, number>> = { F32: 4, U8: 1 };

/** Lays out a container; tensors stand in the order of the map, the 4-byte ones first so that they are aligned. */
export function formatContainer(
  metadata: ReadonlyMap<string, string>,
  tensors: ReadonlyMap<string, Tensor>,
): Uint8Array {
  const ordered = [...tensors].sort(([, a], [, b]) => BYTES_PER_ELEMENT[b.dtype] - BYTES_PER_ELEMENT[a.dtype]);
  const header: Record<string, unknown> = { [METADATA_KEY]: Object.fromEntries(metadata) };
  let offset = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.length] };
    offset += data.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  bytes.set(json, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerBytes;
  for (const [, { data }] of ordered) {
    bytes.set(data, position);
    position += data.length;
  }
  return bytes;
}

/** The bytes behind the header that `formatContainer` writes for these tensors, in order. */
export function payloadOf(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const container = formatContainer(new Map(), tensors);
  const headerBytes = Number(new DataView(container.buffer).getBigUint64(0, true));
  return container.subarray(LENGTH_BYTES + headerBytes);
}

/** Bytes of a container, in memory or in a file. */
export interface Source {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
}

/** Takes a container in memory apart; nothing is copied. */
export function parseContainer(bytes: Uint8Array, where: string): Container {
  const read = (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length);
  return readContainer({ size: bytes.length, read }, where);
}

/** Takes a container apart. All sizes that it states are checked against its own before the tensors are read. */
export function readContainer(source: Source, where: string): Container {
  if (source.size < LENGTH_BYTES) {
    throw fileProblem(where, 'file size', `must be at least ${LENGTH_BYTES} bytes, got ${source.size}`);
  }
  const prefix = source.read(0, LENGTH_BYTES);
  const declared = new DataView(prefix.buffer, prefix.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  const available = source.size - LENGTH_BYTES;
  if (declared > BigInt(MAX_HEADER_BYTES)) {
    const hint = '(no .flexor file, or a damaged one)';
    throw fileProblem(where, 'header length', `must be at most ${MAX_HEADER_BYTES} bytes, got ${declared} ${hint}`);
  }
  const headerBytes = Number(declared);
  if (headerBytes > available) {
    throw fileProblem(
      where,
      'header length',
      `must be within the file, got ${headerBytes} with ${available} bytes left (truncated?)`,
    );
  }
  const header = parseHeader(source.read(LENGTH_BYTES, headerBytes), where);
  const metadata = readMetadata(header, where);
  const payloadBytes = available - headerBytes;
  const infos = readInfos(header, payloadBytes, where);
  const payload = source.read(LENGTH_BYTES + headerBytes, payloadBytes);
  const tensors = infos.map(({ name, dtype, shape, begin, end }): [string, Tensor] => [
    name,
    { dtype, shape, data: payload.subarray(begin, end) },
  ]);
  return { metadata, tensors: new Map(tensors), payload };
}

function parseHeader(bytes: Uint8Array, where: string): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fileProblem(where, 'header', 'must be UTF-8 (no .flexor file, or a damaged one)');
  }
  const header = parseJson(text, (rule) => fileProblem(where, 'header', rule));
  if (!isObject(header) || text[0] !== '{')
    throw fileProblem(where, 'header', `must be a JSON object that starts with '{'`);
  return header;
}

function readMetadata(header: Record<string, unknown>, where: string): Map<string, string> {
  const metadata = Object.hasOwn(header, METADATA_KEY) ? header[METADATA_KEY] : {};
  if (!isObject(metadata)) throw fileProblem(where, METADATA_KEY, 'must be an object');
  const entries = Object.entries(metadata).map(([key, value]): [string, string] => {
    if (typeof value !== 'string')
      throw fileProblem(where, `${METADATA_KEY}.${printable(key)}`, `must be a string, got ${typeof value}`);
    return [key, value];
  });
  return new Map(entries);
}

/** Tensors in the order of their bytes, which cover the payload without holes and overlaps. */
function readInfos(header: Record<string, unknown>, payloadBytes: number, where: string): TensorInfo[] {
  const infos = Object.entries(header)
    .filter(([name]) => name !== METADATA_KEY)
    .map(([name, info]) => readInfo(name, info, where));
  infos.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of infos) {
    const field = `tensor '${printable(name)}': data_offsets`;
    if (begin !== position)
      throw fileProblem(where, field, `must follow the tensor before (${position}), got ${begin}`);
    if (end > payloadBytes)
      throw fileProblem(where, field, `must end within the ${payloadBytes} bytes of data, got ${end} (truncated?)`);
    position = end;
  }
  if (position !== payloadBytes) {
    throw fileProblem(
      where,
      'file size',
      `must end with the last tensor (${position} bytes of data), got ${payloadBytes}`,
    );
  }
  return infos;
}

interface TensorInfo {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readInfo(name: string, info: unknown, where: string): TensorInfo {
  const field = `tensor '${printable(name)}'`;
  if (!isObject(info)) throw fileProblem(where, field, 'must be an object');
  const { dtype, shape, data_offsets: offsets } = info;
  if (dtype !== 'F32' && dtype !== 'U8')
    throw fileProblem(where, `${field}: dtype`, `must be F32 or U8, got ${shown(dtype)}`);
  if (!isSizes(shape))
    throw fileProblem(where, `${field}: shape`, `must be a list of integers ≥ 0, got ${shown(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw fileProblem(where, `${field}: data_offsets`, `must be two integers ≥ 0, got ${shown(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, n) => product * n, BYTES_PER_ELEMENT[dtype]);
  if (end - begin !== size) {
    throw fileProblem(where, `${field}: data_offsets`, `must span the ${size} bytes of its shape, got ${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= 8 && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
