/**
 * The weight memory read back: every lane's words, decrypted with src/xor behind its boundary slice and phase, give exactly
 * the codes of the weights that the lane works on, in the order in which it needs them.
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import type { IntPlane } from '../../src/fixed/types.js';
import { legalFolds } from '../../src/rtl/fold.js';
import { weightedNodes, windowSteps, type WeightedNode } from '../../src/rtl/lanes.js';
import type { LayerFold } from '../../src/rtl/types.js';
import { weightMemory, wordShape, type WeightMemory } from '../../src/rtl/weight-memory.js';
import { decrypt, xorMatrix } from '../../src/xor/matrix.js';
import { randomNetwork } from '../support/random-network.js';

/** Weight bits that a lane gets from the memory in one pixel. */
function bitsOfLane(memory: WeightMemory, plane: IntPlane, q: number, lane: number, simd: number): Uint8Array {
  const { nIn, nOut } = plane;
  const column = q * simd + lane;
  const phase = memory.phases[lane]!;
  const head = phase === 0 ? [] : [...memory.boundarySlices.subarray(column * nIn, (column + 1) * nIn)];
  const size = memory.slices * nIn;
  const words = memory.contents.flatMap((word) => [...word.subarray(column * size, (column + 1) * size)]);
  const encrypted = Uint8Array.from([...head, ...words]);
  return decrypt(encrypted, xorMatrix(nIn, nOut, plane.matrix), (encrypted.length / nIn) * nOut).subarray(phase);
}

/** Codes that a lane works on: its window elements, all channels each. */
function codesOfLane(node: WeightedNode, plane: IntPlane, lane: number, fold: LayerFold): Uint8Array {
  const weights = windowSteps(node, fold) * node.outChannels;
  return plane.codes.subarray(lane * weights, (lane + 1) * weights);
}

function someFolds(node: WeightedNode, random: Random): LayerFold[] {
  const folds = legalFolds(node).filter((fold) => wordShape(node, fold).wordBits <= 8192);
  return folds.length <= 12 ? folds : Array.from({ length: 12 }, () => random.pick(folds));
}

describe('weight memory', () => {
  test('gives every lane its codes', () => {
    let phases = 0;
    let shortLanes = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      for (const node of weightedNodes(randomNetwork(seed))) {
        for (const fold of someFolds(node, random)) {
          const memory = weightMemory(node, fold);
          const where = `seed ${seed} ${node.name} PE ${fold.pe} SIMD ${fold.simd}`;
          node.planes.forEach((plane, q) => {
            for (let lane = 0; lane < fold.simd; lane++) {
              const codes = codesOfLane(node, plane, lane, fold);
              const bits = bitsOfLane(memory, plane, q, lane, fold.simd);
              expect(Buffer.compare(bits.subarray(0, codes.length), codes), `${where} plane ${q} lane ${lane}`).toBe(0);
              if (codes.length < windowSteps(node, fold) * node.outChannels) shortLanes++;
            }
          });
          if (memory.phases.some((phase) => phase > 0)) phases++;
        }
      }
    }
    expect(phases).toBeGreaterThan(100);
    expect(shortLanes).toBeGreaterThan(100);
  });

  test('has the shape that the engine reads', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = new Random(seed);
      for (const node of weightedNodes(randomNetwork(seed))) {
        const { nIn, nOut } = node.planes[0]!;
        for (const fold of someFolds(node, random)) {
          const memory = weightMemory(node, fold);
          const cycles = (windowSteps(node, fold) * node.outChannels) / fold.pe;
          // K·N_out = m·PE, the smallest such word, and as many words as a pixel has cycles for.
          expect(memory.slices * nOut).toBe(memory.wordCycles * fold.pe);
          for (let less = 1; less < memory.slices; less++) expect((less * nOut) % fold.pe).not.toBe(0);
          expect(memory.words * memory.wordCycles).toBeGreaterThanOrEqual(cycles);
          expect((memory.words - 1) * memory.wordCycles).toBeLessThan(cycles);
          expect(memory.wordBits).toBe(node.planes.length * fold.simd * memory.slices * nIn);
          expect(memory.contents.length).toBe(memory.words);
          expect(memory.contents.every((word) => word.length === memory.wordBits)).toBe(true);
          for (const phase of memory.phases) expect(phase).toBeLessThan(nOut);
          expect(memory.phases[0]).toBe(0);
        }
      }
    }
  });

  test('stores one lane as the model does: slice after slice, nothing reordered', () => {
    for (let seed = 0; seed < 20; seed++) {
      for (const node of weightedNodes(randomNetwork(seed)).filter(({ planes }) => planes.length === 1)) {
        const memory = weightMemory(node, { pe: 1, simd: 1 });
        const stored = memory.contents.flatMap((word) => [...word]);
        const encrypted = [...node.planes[0]!.encrypted];
        expect(stored.slice(0, encrypted.length)).toEqual(encrypted.slice(0, stored.length));
        expect(stored.slice(encrypted.length).every((bit) => bit === 0)).toBe(true);
      }
    }
  });
});
