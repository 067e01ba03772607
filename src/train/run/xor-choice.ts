/**
 * M⊕ for a training run. With two taps out of few inputs some rows of a random M⊕ are often equal, which makes two
 * weights of every slice equal for good; `--xor-tries` draws several and keeps the best one.
 */
import { Random } from '../../base/random.js';
import { identityMatrix, randomMatrix, rowTaps, systematicMatrix, tapMatrix } from '../../xor/matrix.js';
import { matrixFromRows } from '../../xor/matrix-file.js';
import { Span } from '../../xor/span.js';
import type { XorMatrix } from '../../xor/types.js';
import { groupXor, type GroupXor, type TrainConfig } from './config.js';
import { groupCount, type NetworkSpec } from '../networks/network.js';
import { KINDS_WITH_XOR } from '../weights/quantisers.js';

/** M⊕ of each plane, by layer group; none where the weights have none. The configuration has passed `checkRun`. */
export function networkMatrices(config: TrainConfig, network: NetworkSpec): XorMatrix[][] {
  if (!KINDS_WITH_XOR.includes(config.weights)) return [];
  const drawn = new Map<string, XorMatrix[]>();
  return Array.from({ length: groupCount(network) }, (_, group) => {
    const key = JSON.stringify(groupXor(config, group));
    const matrices = drawn.get(key) ?? chooseMatrices(config, group);
    drawn.set(key, matrices);
    return matrices;
  });
}

/** M⊕ of each plane of a layer group, drawn from the seed; groups with equal N_in, N_out and taps get the same. */
export function chooseMatrices(config: TrainConfig, group = 0): XorMatrix[] {
  const from = groupXor(config, group);
  return Array.from({ length: from.planes }, (_, plane) => {
    const random = Random.derive(config.seed, `M⊕ ${plane}`);
    let best = draw(from, random);
    for (let i = 1; i < config.xorTries; i++) {
      const candidate = draw(from, random);
      if (isBetter(quality(candidate), quality(best))) best = candidate;
    }
    return best;
  });
}

function draw({ xor, nIn, nOut }: GroupXor, random: Random): XorMatrix {
  switch (xor.kind) {
    case 'taps':
      return tapMatrix(nIn, nOut, xor.taps, random);
    case 'random':
      return randomMatrix(nIn, nOut, random);
    case 'identity':
      return identityMatrix(nOut);
    case 'systematic':
      return systematicMatrix(nIn, nOut, random);
    case 'given':
      return matrixFromRows(xor.rows, '--xor');
  }
}

/** Larger is better, the first number counting most: different rows, GF(2) rank, even use of the encrypted bits. */
export function quality(matrix: XorMatrix): readonly number[] {
  const rows = rowTaps(matrix);
  const masks = rows.map((taps) => taps.reduce((mask, i) => mask | (1n << BigInt(i)), 0n));
  const uses = new Array<number>(matrix.nIn).fill(0);
  for (const i of rows.flat()) uses[i]!++;
  return [new Set(masks).size, new Span(masks).rank, -uses.reduce((sum, n) => sum + n * n, 0)];
}

function isBetter(a: readonly number[], b: readonly number[]): boolean {
  const differs = a.findIndex((value, i) => value !== b[i]);
  return differs >= 0 && a[differs]! > b[differs]!;
}
