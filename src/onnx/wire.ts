/**
 * The protobuf wire format, as far as ONNX uses it: a message is a run of fields, each a key (number and wire type) and a
 * value. Every length is checked against the bytes that are there before anything is used, so that no file can make a
 * reader allocate by a number that it merely states.
 */
import { fileProblem } from '../model/problem.js';

/** A field's value: an integer, or bytes (for texts, messages and packed lists), or the 4 or 8 bytes of a fixed one. */
export interface WireField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
  /** 4 or 8 for a fixed value, else 0. */
  readonly fixed: 0 | 4 | 8;
}

/** Where in which file a message stands, for errors. */
export interface Place {
  readonly where: string;
  readonly field: string;
}

/** The fields of a message in order. */
export function* wireFields(bytes: Uint8Array, place: Place): Generator<WireField> {
  let at = 0;
  while (at < bytes.length) {
    const key = readVarint(bytes, at, place);
    at = key.next;
    const number = Number(key.value >> 3n);
    const type = Number(key.value & 7n);
    if (number < 1 || number > 2 ** 29 - 1) throw damaged(place, `field number ${number}`);
    if (type === 0) {
      const { value, next } = readVarint(bytes, at, place);
      at = next;
      yield { number, value, fixed: 0 };
      continue;
    }
    let length: number;
    if (type === 1) length = 8;
    else if (type === 5) length = 4;
    else if (type === 2) {
      const declared = readVarint(bytes, at, place);
      at = declared.next;
      if (declared.value > BigInt(bytes.length - at)) {
        throw fileProblem(
          place.where,
          place.field,
          `must hold the ${declared.value} bytes that field ${number} declares, got ${bytes.length - at} (truncated, or no ONNX file)`,
        );
      }
      length = Number(declared.value);
    } else throw damaged(place, `wire type ${type}`);
    if (length > bytes.length - at) throw truncated(place);
    yield { number, value: bytes.subarray(at, at + length), fixed: type === 2 ? 0 : type === 1 ? 8 : 4 };
    at += length;
  }
}

/** The varints of a packed list. */
export function packedVarints(bytes: Uint8Array, place: Place): bigint[] {
  const values: bigint[] = [];
  for (let at = 0; at < bytes.length;) {
    const { value, next } = readVarint(bytes, at, place);
    values.push(value);
    at = next;
  }
  return values;
}

function readVarint(bytes: Uint8Array, start: number, place: Place): { value: bigint; next: number } {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw truncated(place);
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: start + i + 1 };
  }
  throw damaged(place, 'an integer of more than 64 bits');
}

function truncated({ where, field }: Place) {
  return fileProblem(where, field, 'ends in the middle of a field (truncated, or no ONNX file)');
}

function damaged({ where, field }: Place, what: string) {
  return fileProblem(where, field, `must be a protobuf message, got ${what} (no ONNX file, or a damaged one)`);
}
