/** Minimisation of XOR circuits: what it returns computes M⊕, is no larger than chains, keeps the cap, and is good. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { aesMixColumns, clefiaM0, khazad } from '../../src/xor/known-matrices.js';
import { randomMatrix, rowTaps, tapMatrix, xorMatrix } from '../../src/xor/matrix.js';
import { minimise } from '../../src/xor/minimise.js';
import { computesMatrix, evaluateCircuit, circuitDepth } from '../../src/xor/circuit.js';
import type { XorMatrix } from '../../src/xor/types.js';

const PROPERTY = { seed: 20, numRuns: 60 };

/** Rows as strings of 0 and 1. */
function matrixOf(...rows: string[]): XorMatrix {
  return xorMatrix(rows[0]!.length, rows.length, Uint8Array.from(rows.join(''), Number));
}

const anyMatrix = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 16 }), fc.nat(), fc.integer({ min: 1, max: 20 }))
  .map(([nIn, nOut, seed, taps]) => {
    const random = new Random(seed);
    return seed % 3 === 0 ? tapMatrix(nIn, nOut, Math.min(nIn, taps), random) : randomMatrix(nIn, nOut, random);
  });

/** M⊕·x by its definition. */
function product({ nIn, nOut, bits }: XorMatrix, x: readonly number[]): number[] {
  return Array.from({ length: nOut }, (_, j) => x.reduce((sum, bit, i) => sum ^ (bit & bits[j * nIn + i]!), 0));
}

describe('any matrix', () => {
  test('the network computes M⊕·x with no more gates than chains', () => {
    fc.assert(
      fc.property(anyMatrix, fc.nat(), (matrix, seed) => {
        const network = minimise(matrix, { iterations: 200, seed });
        const random = new Random(seed);
        for (let k = 0; k < 8; k++) {
          const x = Array.from({ length: matrix.nIn }, () => random.below(2));
          expect([...evaluateCircuit(network, x)]).toEqual(product(matrix, x));
        }
        expect(network.gateCount).toBe(network.gates.length);
        expect(network.gateCount).toBeLessThanOrEqual(network.naiveGateCount);
      }),
      PROPERTY,
    );
  });

  test('a depth cap is kept, down to the least depth there is', () => {
    fc.assert(
      fc.property(anyMatrix, fc.integer({ min: 0, max: 2 }), (matrix, slack) => {
        const least = Math.max(...rowTaps(matrix).map((row) => Math.ceil(Math.log2(row.length))));
        const network = minimise(matrix, { iterations: 200, maxDepth: least + slack });
        expect(computesMatrix(network, matrix)).toBe(true);
        expect(network.depth).toBeLessThanOrEqual(least + slack);
        expect(network.depth).toBe(circuitDepth(network));
        expect(network.gateCount).toBeLessThanOrEqual(network.naiveGateCount);
      }),
      PROPERTY,
    );
  });

  test('a longer search is never worse, and the same seed gives the same network', () => {
    fc.assert(
      fc.property(anyMatrix, fc.nat(), (matrix, seed) => {
        const counts = [0, 50, 400].map((iterations) => minimise(matrix, { iterations, seed }).gateCount);
        expect(counts[1]).toBeLessThanOrEqual(counts[0]!);
        expect(counts[2]).toBeLessThanOrEqual(counts[1]!);
        expect(minimise(matrix, { iterations: 50, seed })).toEqual(minimise(matrix, { iterations: 50, seed }));
      }),
      { ...PROPERTY, numRuns: 20 },
    );
  });

  test('two taps: as many gates as there are different rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 60 }), fc.nat(), (nIn, nOut, seed) => {
        const matrix = tapMatrix(nIn, nOut, 2, new Random(seed));
        const rows = new Set(rowTaps(matrix).map((row) => row.join(' ')));
        expect(minimise(matrix).gateCount).toBe(rows.size);
      }),
      PROPERTY,
    );
  });
});

describe('exact preprocessing', () => {
  test.each([
    ['unit rows', ['100', '010', '100'], 0],
    ['equal rows', ['1100', '1100', '1100'], 1],
    ['equal columns', ['1101', '1110', '0011'], 4],
    ['columns used once', ['11110000', '00001111', '10001000'], 7],
    ['a copy of a row that shrinks later', ['1110', '1101', '1100', '1111'], 4],
  ])('%s', (_, rows, gates) => {
    const matrix = matrixOf(...rows);
    const network = minimise(matrix, { iterations: 2000 });
    expect(computesMatrix(network, matrix)).toBe(true);
    expect(network.gateCount).toBe(gates);
  });

  test('cancellation is used: without it these four rows take five gates (Boyar and Peralta)', () => {
    const matrix = matrixOf('1100', '1110', '1111', '0111');
    expect(minimise(matrix, { iterations: 2000, maxDepth: 4 }).gateCount).toBe(4);
    expect(minimise(matrix, { iterations: 2000 }).gateCount).toBe(4);
  });
});

describe('parts that share no input', () => {
  /** Both matrices side by side, rows and columns taken in turn. */
  function interleaved(a: XorMatrix, b: XorMatrix): XorMatrix {
    const [nIn, nOut] = [a.nIn + b.nIn, a.nOut + b.nOut];
    const bits = new Uint8Array(nIn * nOut);
    [a, b].forEach((part, which) => {
      part.bits.forEach((bit, at) => {
        const [row, column] = [Math.floor(at / part.nIn), at % part.nIn];
        bits[(2 * row + which) * nIn + 2 * column + which] = bit;
      });
    });
    return xorMatrix(nIn, nOut, bits);
  }

  test('are found and minimised apart: two copies take twice the gates of one', () => {
    const one = randomMatrix(10, 12, new Random(4));
    const two = interleaved(one, one);
    const options = { iterations: 3000, seed: 2 };
    const network = minimise(two, { ...options, iterations: 6000 });
    expect(computesMatrix(network, two)).toBe(true);
    expect(network.gateCount).toBe(2 * minimise(one, options).gateCount);
  });

  test('keep the depth cap', () => {
    const two = interleaved(randomMatrix(8, 8, new Random(5)), randomMatrix(8, 8, new Random(6)));
    const network = minimise(two, { iterations: 1000, maxDepth: 4 });
    expect(computesMatrix(network, two)).toBe(true);
    expect(network.depth).toBeLessThanOrEqual(4);
  });
});

describe('known matrices', () => {
  test('AES MixColumns: at most 95 of 152 gates within a short budget', () => {
    const matrix = aesMixColumns();
    const network = minimise(matrix, { iterations: 15_000, seed: 1 });
    expect(network.naiveGateCount).toBe(152);
    expect(computesMatrix(network, matrix)).toBe(true);
    expect(network.gateCount).toBeLessThanOrEqual(95);
  });

  test('AES MixColumns at depth 4: at most 99 gates within a short budget', () => {
    const network = minimise(aesMixColumns(), { iterations: 15_000, maxDepth: 4 });
    expect(network.depth).toBeLessThanOrEqual(4);
    expect(network.gateCount).toBeLessThanOrEqual(99);
  });

  test('CLEFIA M0 and Khazad: as many gates as chains as is published, and M0 in at most 104 of 184', () => {
    const network = minimise(clefiaM0(), { iterations: 8000 });
    expect(network.naiveGateCount).toBe(184);
    expect(network.gateCount).toBeLessThanOrEqual(104);
    expect(minimise(khazad(), { iterations: 0 }).naiveGateCount).toBe(1232);
  });

  test('dense 10×8: a median of at most 16 gates over ten seeds', () => {
    const counts = Array.from({ length: 10 }, (_, seed) => {
      return minimise(randomMatrix(8, 10, new Random(seed + 1)), { iterations: 8000 }).gateCount;
    }).sort((a, b) => a - b);
    expect((counts[4]! + counts[5]!) / 2).toBeLessThanOrEqual(16);
  });

  test.each([
    [48, 64, 400],
    [100, 20, 3000],
  ])('dense, %i inputs and %i outputs: handled, smaller than greedy pairing', (nIn, nOut, iterations) => {
    const matrix = randomMatrix(nIn, nOut, new Random(3));
    const greedy = minimise(matrix, { iterations: 0 });
    const network = minimise(matrix, { iterations });
    expect(computesMatrix(network, matrix)).toBe(true);
    expect(network.gateCount).toBeLessThan(greedy.gateCount);
  });
});

describe('errors', () => {
  test('a cap that a row cannot meet names the row and the least cap', () => {
    const run = (): unknown => minimise(matrixOf('11111', '11000'), { maxDepth: 2 });
    expect(run).toThrow('a row with 5 ones needs a depth of 3, got a cap of 2');
  });

  test('a wrong network is told from a right one', () => {
    const matrix = matrixOf('110', '011');
    const network = minimise(matrix);
    expect(computesMatrix(network, matrix)).toBe(true);
    expect(computesMatrix({ ...network, outputs: [...network.outputs].reverse() }, matrix)).toBe(false);
    expect(computesMatrix({ ...network, gates: [[0, 4], network.gates[1]!] }, matrix)).toBe(false);
  });
});
