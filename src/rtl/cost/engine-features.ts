/** Engine with its MAC array, weight memory and decryptors. */
import { counterBits, type Features } from './features.js';
import { memoryShape, muxLuts } from './memory.js';
import { romFeatures } from './rom.js';
import { storeUse } from './two-ports.js';
import type { DecryptorUnit, EngineUnit, WeightMemoryUnit } from './units.js';

const NO_STORAGE = { lutRams: 0, bram18: 0, multipliers: 0, memoryBits: 0 } as const;

export function weightMemoryFeatures({ source, width, depth, gathered }: WeightMemoryUnit): Features {
  if (source !== 'rom') {
    return {
      ...NO_STORAGE,
      luts: {},
      flipFlops: { output: gathered },
      ...(source === 'ram' ? storeUse(width, depth) : {}),
    };
  }
  const { tables, flipFlops, storage } = romFeatures(width, depth);
  return {
    luts: { tables },
    flipFlops: { output: flipFlops + gathered },
    multipliers: 0,
    ...storage,
  };
}

export function decryptorFeatures({ taps, slices, pe, phase }: DecryptorUnit): Features {
  const register = slices * taps.length;
  const shifts = register !== pe;
  const carry = phase === 0 ? 0 : taps.length - phase;
  // A LUT takes six inputs; a bit that shifts as well leaves four for its taps.
  const free = shifts ? 4 : 6;
  const deep = taps.reduce((sum, count) => sum + Math.max(0, Math.ceil((count - free) / 5)), 0) * slices;
  const plain = shifts ? 0 : taps.filter((count) => count === 1).length * slices;
  return {
    luts: { register: register + carry - plain, 'deep rows': deep },
    flipFlops: { register: register + carry },
    ...NO_STORAGE,
  };
}

/** Bits of the adders of a balanced tree that adds `count` terms of `bits`: those over the terms, and those above. */
function treeBits(count: number, bits: number): { masked: number; plain: number } {
  const levels = Math.ceil(Math.log2(count));
  let [masked, plain] = [0, 0];
  for (let node = 1; node < count; node++) {
    const width = bits + levels - (Math.ceil(Math.log2(node + 2)) - 1);
    if (2 * node + 1 >= count) masked += width;
    else plain += width;
  }
  return { masked, plain };
}

export function engineFeatures(unit: EngineUnit): Features {
  const { actBits, simd, pe, groups, steps, planes, accBits, sumBits, wordCycles, reads, rows } = unit;
  const bits = (n: number): number => (n > 1 ? counterBits(n) : 0);
  const counters = bits(groups) + bits(steps) + bits(wordCycles) + bits(reads) + bits(rows);
  const channels = planes * pe;
  const accWord = channels * accBits;
  const tree = treeBits(simd, actBits);
  const laneBits = simd > 1 ? actBits + Math.ceil(Math.log2(simd)) : 0;
  const { made, banks, lutRams, bram18 } = memoryShape('array', accWord, groups);
  const registers = made === 'logic';
  return {
    luts: {
      unit: 1,
      counters,
      'masked adders': channels * tree.masked,
      'plain adders': channels * tree.plain + tree.masked + tree.plain,
      accumulators: accWord,
      'one lane': simd > 1 ? 0 : accWord,
      sum: sumBits,
      'read multiplexer': accWord * muxLuts(registers ? groups : banks),
      bypass: made === 'block' ? accWord : 0,
    },
    flipFlops: {
      unit: 1,
      counters,
      // Two pipeline stages with the activations and the number of the group, three where lanes are added up.
      activations: 2 * simd * actBits,
      groups: (simd > 1 ? 3 : 2) * bits(groups),
      lanes: (channels + 1) * laneBits,
      'lane control': simd > 1 ? 1 : 0,
      sum: sumBits,
      accumulators: registers ? accWord * groups : 0,
      address: registers ? 0 : bits(groups),
      bypass: made === 'block' ? accWord : 0,
    },
    lutRams,
    bram18,
    multipliers: 0,
    memoryBits: accWord * groups,
  };
}
