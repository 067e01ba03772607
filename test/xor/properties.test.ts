/** Properties of M⊕ against plain enumeration, the design search against trying every seed, and matrix files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { designMatrix, drawMatrix } from '../../src/xor/design.js';
import { matrixFileText, matrixFromRows, matrixRows, readMatrixFile } from '../../src/xor/matrix-file.js';
import { decrypt, identityMatrix, randomMatrix, tapMatrix } from '../../src/xor/matrix.js';
import { xorAlgebra, xorProperties } from '../../src/xor/properties.js';
import { DEFAULT_CIRCUIT } from '../../src/xor/hardware-circuit.js';
import type { XorMatrix } from '../../src/xor/types.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-xor-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What designMatrix compares finalists with. */
const QUICK = { ...DEFAULT_CIRCUIT, iterations: 1000 };

const smallMatrix = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 40 }), fc.nat())
  .map(([nIn, nOut, seed]) => {
    const random = new Random(seed);
    return seed % 2 === 0 ? tapMatrix(nIn, nOut, Math.min(2, nIn), random) : randomMatrix(nIn, nOut, random);
  });

/** All different words M⊕·x, as strings. */
function words(matrix: XorMatrix): string[] {
  const found = new Set<string>();
  for (let x = 0; x < 2 ** matrix.nIn; x++) {
    const slice = Uint8Array.from({ length: matrix.nIn }, (_, i) => (x >> i) & 1);
    found.add(decrypt(slice, matrix, matrix.nOut).join(''));
  }
  return [...found];
}

/** Distances between all pairs of words. */
function distances(list: readonly string[]): number[] {
  return list.flatMap((a, at) => list.slice(at + 1).map((b) => [...a].filter((bit, i) => bit !== b[i]).length));
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

describe('properties', () => {
  test('distances, rank and different rows agree with enumeration', () => {
    fc.assert(
      fc.property(smallMatrix, (matrix) => {
        const { distinctRows, rank, rowDistance, codeDistance } = xorAlgebra(matrix);
        const code = words(matrix);
        expect(2 ** rank).toBe(code.length);
        expect(codeDistance.min).toBe(Math.min(...distances(code)));
        expect(codeDistance.mean).toBeCloseTo(mean(distances(code)), 9);
        const rows = matrixRows(matrix);
        expect(distinctRows).toBe(new Set(rows).size);
        expect(rowDistance.min).toBe(rows.length < 2 ? null : Math.min(...distances(rows)));
        if (rows.length > 1) expect(rowDistance.mean).toBeCloseTo(mean(distances(rows)), 9);
      }),
      { seed: 21, numRuns: 60 },
    );
  });

  test('the identity costs nothing and keeps every word one bit from the next', () => {
    expect(xorProperties(identityMatrix(9))).toMatchObject({
      gates: 0,
      depth: 0,
      naiveGates: 0,
      rank: 9,
      distinctRows: 9,
    });
    expect(xorAlgebra(identityMatrix(9)).codeDistance.min).toBe(1);
  });

  test('what would take too long is null, not a guess', () => {
    const large = xorProperties(randomMatrix(60, 90, new Random(1)));
    expect(large).toMatchObject({ gates: null, depth: null, rank: 60, codeDistance: { min: null } });
    expect(large.codeDistance.mean).toBeCloseTo(45, 6);
  });
});

describe('design', () => {
  test.each([2, null])('taps %s: no seed is better than the one chosen', (taps) => {
    const request = { nIn: 5, nOut: 9, taps, firstSeed: 10, seeds: 25 };
    const { matrix, seed, properties } = designMatrix(request);
    expect(matrix).toEqual(drawMatrix(request, seed));
    expect(seed).toBeGreaterThanOrEqual(10);
    expect(seed).toBeLessThan(35);
    const all = Array.from({ length: 25 }, (_, i) => xorProperties(drawMatrix(request, 10 + i), QUICK));
    const full = all.filter(({ rank }) => rank === Math.max(...all.map((each) => each.rank)));
    const far = Math.max(...full.map(({ codeDistance }) => codeDistance.min!));
    expect(properties.rank).toBe(full[0]!.rank);
    expect(properties.codeDistance.min).toBe(far);
    const equals = full.filter((p) => p.codeDistance.min === far && p.distinctRows === properties.distinctRows);
    expect(properties.gates!).toBeLessThanOrEqual(Math.min(...equals.map(({ gates }) => gates!)));
    // The search would prove nothing if all seeds were alike.
    expect(new Set(all.map(({ codeDistance, gates }) => `${codeDistance.min} ${gates}`)).size).toBeGreaterThan(2);
  });

  test('is repeatable and reports its progress', () => {
    const request = { nIn: 6, nOut: 10, taps: null, firstSeed: 1, seeds: 8 };
    const done: number[] = [];
    expect(designMatrix(request, (n) => done.push(n))).toEqual(designMatrix(request));
    expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('matrix files', () => {
  test('write and read give the same matrix', () => {
    const matrix = randomMatrix(12, 20, new Random(4));
    const path = join(folder, 'matrix.json');
    writeFileSync(path, matrixFileText(matrix, { seed: 4 }));
    expect(readMatrixFile(path)).toEqual(matrix);
  });

  test.each([
    ['no JSON', 'rows', 'must be JSON, got: Unexpected token'],
    [
      'another format',
      '{"format": "other"}',
      `format must be 'flexor-xor', as flexor design-xor writes it, got "other"`,
    ],
    ['null', 'null', `format must be 'flexor-xor', as flexor design-xor writes it, got nothing`],
    ['no rows', '{"format": "flexor-xor"}', 'rows must be a list of strings of 0 and 1'],
    ['uneven rows', '{"format": "flexor-xor", "rows": ["01", "1"]}', 'row 1 must have 2 characters like row 0, got 1'],
    ['other characters', '{"format": "flexor-xor", "rows": ["0x"]}', `row 0 must be made of 0 and 1, got '0x'`],
    ['an empty row', '{"format": "flexor-xor", "rows": ["01", "00"]}', 'row 1 has no 1'],
    ['no row at all', '{"format": "flexor-xor", "rows": []}', 'N_in must be an integer from 1 to 512, got 0'],
  ])('%s is refused in one line', (_, text, message) => {
    const path = join(folder, 'bad.json');
    writeFileSync(path, text);
    expect(() => readMatrixFile(path)).toThrow(message);
    expect(() => readMatrixFile(path)).toThrow(path);
  });

  test('rows are read in order: character i is encrypted bit i', () => {
    expect(matrixFromRows(['100', '011'])).toEqual({ nIn: 3, nOut: 2, bits: Uint8Array.of(1, 0, 0, 0, 1, 1) });
  });
});
