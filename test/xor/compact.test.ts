/** Compaction of M⊕: the same decrypted bits from as few stored bits as its rank. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { compactBits, compactMatrix, rankOf } from '../../src/xor/compact.js';
import { decrypt, randomMatrix, sliceCount, tapMatrix, xorMatrix } from '../../src/xor/matrix.js';
import type { XorMatrix } from '../../src/xor/types.js';

function drawMatrix(random: Random): XorMatrix {
  const nIn = random.between(1, 24);
  const nOut = random.between(1, 30);
  const taps = random.between(1, Math.min(4, nIn));
  return random.below(3) === 0 ? randomMatrix(nIn, nOut, random) : tapMatrix(nIn, nOut, taps, random);
}

const onesIn = ({ bits }: XorMatrix): number => bits.reduce((sum, bit) => sum + bit, 0);

describe('compaction of M⊕', () => {
  it('changes no decrypted bit, stores as many bits as the rank, or as asked for, and adds no taps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
        const random = new Random(seed);
        const matrix = drawMatrix(random);
        const rank = rankOf(matrix);
        const weights = random.between(1, 5 * matrix.nOut);
        const encrypted = Uint8Array.from({ length: sliceCount(weights, matrix) * matrix.nIn }, () => random.below(2));
        for (const inputs of [rank, random.between(rank, matrix.nIn)]) {
          const compaction = compactMatrix(matrix, inputs);
          const stored = compactBits(encrypted, matrix, compaction, weights);
          expect(compaction.matrix.nIn).toBe(inputs);
          expect(rankOf(compaction.matrix)).toBe(rank);
          expect(onesIn(compaction.matrix)).toBeLessThanOrEqual(onesIn(matrix));
          expect(stored.length).toBe(sliceCount(weights, matrix) * inputs);
          expect(decrypt(stored, compaction.matrix, weights)).toEqual(decrypt(encrypted, matrix, weights));
        }
      }),
      { seed: 22, numRuns: 400 },
    );
  });

  it('drops one bit of each connected part of two taps and adds it to the others', () => {
    // Inputs 0, 1, 2 are one part and 3, 4 the other.
    const rows = ['11000', '01100', '10100', '00011'];
    const matrix = xorMatrix(5, 4, Uint8Array.from(rows.join(''), Number));
    const { matrix: compacted, sums } = compactMatrix(matrix);
    expect(compacted.nIn).toBe(3);
    expect(sums.map((sum) => [...sum].sort()).sort()).toEqual([
      [0, 2],
      [1, 2],
      [3, 4],
    ]);
  });
});
