/** Damaged files: always noticed, always a FlexorError, never a crash. */
import { describe, expect, it } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { Random } from '../../src/base/random.js';
import { readModel } from '../../src/model/read.js';
import { writeModel } from '../../src/model/write.js';
import { tinyModel } from '../support/tiny-model.js';

const valid = writeModel(tinyModel(1));
const headerBytes = Number(new DataView(valid.buffer).getBigUint64(0, true));

/** Reads bytes that must be refused; returns the message. */
function refused(bytes: Uint8Array): string {
  try {
    readModel(bytes, 'f.flexor');
  } catch (error) {
    expect(error).toBeInstanceOf(FlexorError);
    const { message, code } = error as FlexorError;
    expect(['model-file', 'unsupported']).toContain(code);
    expect(message).toMatch(/^f\.flexor: /);
    expect(message).not.toMatch(/\n/);
    expect(message.length).toBeLessThan(500);
    return message;
  }
  throw new Error('a damaged file was accepted');
}

describe('a damaged file', () => {
  it('is noticed at every truncation', () => {
    for (let length = 0; length < valid.length; length += length < 16 ? 1 : 13) refused(valid.subarray(0, length));
    expect(refused(new Uint8Array())).toBe('f.flexor: file size: must be at least 8 bytes, got 0');
    expect(refused(valid.subarray(0, valid.length - 1))).toMatch(/truncated/);
  });

  it('is noticed with bytes added', () => {
    expect(refused(Uint8Array.from([...valid, 0]))).toMatch(/^f\.flexor: file size: must end with the last tensor/);
  });

  it('is noticed at every flipped bit of the tensors', () => {
    for (let at = 8 + headerBytes; at < valid.length; at++) {
      const bytes = valid.slice();
      bytes[at]! ^= 1 << (at % 8);
      expect(refused(bytes)).toMatch(/digest: .*the file is damaged/);
    }
  });

  it('is noticed at every flipped bit of the header', () => {
    const random = new Random(3);
    for (let at = 0; at < 8 + headerBytes; at += at < 8 ? 1 : 5) {
      const bytes = valid.slice();
      bytes[at]! ^= 1 << random.below(8);
      refused(bytes);
    }
  });

  it('is noticed when many bytes are overwritten', () => {
    const random = new Random(4);
    for (let round = 0; round < 300; round++) {
      const bytes = valid.slice();
      const count = 1 + random.below(40);
      const start = random.below(bytes.length - count);
      for (let i = 0; i < count; i++) bytes[start + i]! ^= 1 + random.below(255);
      refused(bytes);
    }
  });

  it('with a huge or nested header is refused before anything is allocated', () => {
    for (const length of [2n ** 64n - 1n, 2n ** 63n, 2n ** 40n, 2n ** 24n + 1n]) {
      const bytes = valid.slice();
      new DataView(bytes.buffer).setBigUint64(0, length, true);
      expect(refused(bytes)).toContain(`header length: must be at most 16777216 bytes, got ${length}`);
    }
    const text = new TextEncoder().encode(`{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`);
    const nested = new Uint8Array(8 + text.length);
    new DataView(nested.buffer).setBigUint64(0, BigInt(text.length), true);
    nested.set(text, 8);
    expect(refused(nested)).toMatch(/header: must nest at most 32 levels deep, got 1000001/);
  });

  it('of random bytes is refused', () => {
    const random = new Random(5);
    for (let round = 0; round < 200; round++) {
      refused(Uint8Array.from({ length: random.below(200) }, () => random.below(256)));
    }
  });
});
