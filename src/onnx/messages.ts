/**
 * The messages of ONNX (onnx.proto3 of the standard) as maps from field number to values, with typed access. Only fields
 * that somebody reads are decoded; unknown ones are passed over, as protobuf has it.
 */
import { fileProblem } from '../model/problem.js';
import { packedVarints, wireFields } from './wire.js';
import type { Place, WireField } from './wire.js';

/** One message, taken apart but not interpreted. */
export class Message {
  private readonly fields = new Map<number, WireField[]>();

  constructor(
    bytes: Uint8Array,
    readonly place: Place,
  ) {
    for (const field of wireFields(bytes, place)) {
      const known = this.fields.get(field.number);
      if (known === undefined) this.fields.set(field.number, [field]);
      else known.push(field);
    }
  }

  has(number: number): boolean {
    return this.fields.has(number);
  }

  /** The last value of a field, which wins, as an integer of 64 signed bits; `otherwise` where there is none. */
  integer(number: number, otherwise = 0): number {
    const value = this.fields.get(number)?.at(-1)?.value;
    if (value === undefined) return otherwise;
    if (typeof value !== 'bigint') throw this.wrong(number, 'an integer');
    return this.safe(value, number);
  }

  text(number: number): string {
    const bytes = this.bytes(number);
    return bytes === null ? '' : this.decode(bytes);
  }

  texts(number: number): string[] {
    return this.allBytes(number).map((bytes) => this.decode(bytes));
  }

  bytes(number: number): Uint8Array | null {
    return this.allBytes(number).at(-1) ?? null;
  }

  /** Messages of a repeated field; `name` is what errors call them. */
  messages(number: number, name: string): Message[] {
    return this.allBytes(number).map((bytes, i) => this.inner(bytes, `${name}[${i}]`));
  }

  message(number: number, name: string): Message | null {
    const bytes = this.bytes(number);
    return bytes === null ? null : this.inner(bytes, name);
  }

  /** Integers of a repeated field, packed or not. */
  integers(number: number): number[] {
    return (this.fields.get(number) ?? []).flatMap(({ value }) =>
      typeof value === 'bigint'
        ? [this.safe(value, number)]
        : packedVarints(value, this.place).map((each) => this.safe(each, number)),
    );
  }

  /** Floats (4 bytes) or doubles (8 bytes) of a repeated field, packed or not. */
  floats(number: number, size: 4 | 8): number[] {
    return (this.fields.get(number) ?? []).flatMap(({ value, fixed }) => {
      if (typeof value === 'bigint' || (fixed !== 0 && fixed !== size) || value.length % size !== 0) {
        throw this.wrong(number, size === 4 ? 'floats' : 'doubles');
      }
      const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
      return Array.from({ length: value.length / size }, (_, i) =>
        size === 4 ? view.getFloat32(i * 4, true) : view.getFloat64(i * 8, true),
      );
    });
  }

  private allBytes(number: number): Uint8Array[] {
    return (this.fields.get(number) ?? []).map(({ value, fixed }) => {
      if (typeof value === 'bigint' || fixed !== 0) throw this.wrong(number, 'bytes');
      return value;
    });
  }

  private inner(bytes: Uint8Array, name: string): Message {
    return new Message(bytes, { where: this.place.where, field: `${this.place.field}.${name}` });
  }

  private decode(bytes: Uint8Array): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw fileProblem(this.place.where, this.place.field, 'texts must be UTF-8 (no ONNX file, or a damaged one)');
    }
  }

  private safe(value: bigint, number: number): number {
    const signed = Number(BigInt.asIntN(64, value));
    if (Number.isSafeInteger(signed)) return signed;
    // The largest 64-bit integers stand for "to the end" in Slice; nothing else needs them.
    if (Math.abs(signed) > 2 ** 62) return signed < 0 ? -Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
    throw fileProblem(
      this.place.where,
      this.place.field,
      `field ${number}: integers must stay below 2^53, got ${signed}`,
    );
  }

  private wrong(number: number, expected: string) {
    return fileProblem(
      this.place.where,
      this.place.field,
      `field ${number} must be ${expected} (no ONNX file, or a damaged one)`,
    );
  }
}
