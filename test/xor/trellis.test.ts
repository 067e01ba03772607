/** The code of M⊕ against plain enumeration: encryption, parity checks, the trellis and decoding. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { encrypt, parityChecks } from '../../src/xor/encrypt.js';
import { decrypt, identityMatrix, randomMatrix, systematicMatrix, tapMatrix } from '../../src/xor/matrix.js';
import { Span } from '../../src/xor/span.js';
import { decode, minimalTrellis } from '../../src/xor/trellis.js';
import type { XorMatrix } from '../../src/xor/types.js';

const anyMatrix = fc
  .tuple(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 0, max: 8 }), fc.nat())
  .map(([nIn, more, seed]) => {
    const random = new Random(seed);
    const nOut = nIn + more;
    return [
      () => tapMatrix(nIn, nOut, 2, random),
      () => randomMatrix(nIn, nOut, random),
      () => systematicMatrix(nIn, nOut, random),
      () => identityMatrix(nOut),
    ][seed % 4]!();
  });

/** Every slice of weight bits that M⊕ can give. */
function words(matrix: XorMatrix): Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  for (let x = 0; x < 2 ** matrix.nIn; x++) {
    const word = decrypt(
      Uint8Array.from({ length: matrix.nIn }, (_, i) => (x >> i) & 1),
      matrix,
      matrix.nOut,
    );
    found.set(word.join(''), word);
  }
  return [...found.values()];
}

function agreement(scores: Float32Array, word: ArrayLike<number>): number {
  return scores.reduce((sum, score, j) => sum + (word[j]! > 0 ? score : -score), 0);
}

describe('a span over GF(2)', () => {
  it('holds the sums of its vectors and nothing else', () => {
    const span = new Span([0b0110n, 0b1010n, 0b1100n]);
    expect(span.rank).toBe(2);
    expect(Array.from({ length: 16 }, (_, v) => v).filter((v) => span.has(BigInt(v)))).toEqual([0, 6, 10, 12]);
    expect([span.add(0b1100n), span.add(1n), span.rank]).toEqual([false, true, 3]);
  });
});

describe('the code of M⊕', () => {
  it('is what passes its parity checks', () => {
    fc.assert(
      fc.property(anyMatrix, (matrix) => {
        const checks = parityChecks(matrix);
        const code = new Set(words(matrix).map((word) => word.join('')));
        expect(2 ** (matrix.nOut - new Span(checks).rank)).toBe(code.size);
        for (const word of code) expect(checks.reduce((sum, c, j) => (word[j] === '1' ? sum ^ c : sum), 0n)).toBe(0n);
      }),
      { numRuns: 60 },
    );
  });

  it('has encrypted bits for every word', () => {
    fc.assert(
      fc.property(anyMatrix, (matrix) => {
        const codes = Uint8Array.from(words(matrix).flatMap((word) => [...word]));
        expect(decrypt(encrypt(codes, matrix), matrix, codes.length)).toEqual(codes);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the trellis of M⊕', () => {
  it('decodes to the word that agrees best with the scores', () => {
    fc.assert(
      fc.property(anyMatrix, fc.nat(), (matrix, seed) => {
        const random = new Random(seed);
        const scores = Float32Array.from({ length: 3 * matrix.nOut }, () => random.normal());
        const codes = new Float32Array(scores.length);
        decode(minimalTrellis(matrix), scores, codes);
        const code = words(matrix);
        for (let f = 0; f < scores.length; f += matrix.nOut) {
          const slice = scores.subarray(f, f + matrix.nOut);
          const best = Math.max(...code.map((word) => agreement(slice, word)));
          const found = codes.slice(f, f + matrix.nOut);
          expect(code.map(String)).toContain(String(found.map((value) => Number(value > 0))));
          expect(agreement(slice, found)).toBeCloseTo(best, 4);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is as small as code and checks allow', () => {
    const most = (matrix: XorMatrix): number => {
      const { first } = minimalTrellis(matrix);
      return Math.max(...first.subarray(1).map((end, j) => end - first[j]!));
    };
    const random = new Random(4);
    expect(most(identityMatrix(20))).toBe(1);
    expect(most(systematicMatrix(16, 20, random))).toBeLessThanOrEqual(2 ** 4);
    expect(most(systematicMatrix(8, 20, random))).toBeLessThanOrEqual(2 ** 8);
    expect(most(randomMatrix(4, 200, random))).toBeLessThanOrEqual(2 ** 4);
  });

  it('takes +1 where a score is 0, as sign does', () => {
    const codes = new Float32Array(3);
    decode(minimalTrellis(identityMatrix(3)), Float32Array.of(0, -0, -1), codes);
    expect([...codes]).toEqual([1, 1, -1]);
  });

  it('is refused where it would be too large', () => {
    expect(() => minimalTrellis(randomMatrix(32, 64, new Random(1)))).toThrow(
      /the trellis of M⊕ with N_in 32 and N_out 64 has 2\^3\d states, more than 2\^12; take a smaller N_out/,
    );
  });
});
