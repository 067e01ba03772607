/** From a path in cells to ns on UltraScale+ (xcup.ts): an estimate before placement. */
import type { PathStep, TimingPath } from '../units/types.js';
import { BLOCK_RAM, CARRY_ENTER, CARRY_STEP, CLOCK_TO_OUT, DSP, LOCAL_NET, LUT, netDelay, SETUP } from './xcup.js';

const STARTS = { register: CLOCK_TO_OUT, blockRam: BLOCK_RAM.clockToOut, multiplier: DSP.clockToOut } as const;
const ENDS = {
  register: SETUP,
  blockRam: BLOCK_RAM.setup,
  multiplier: DSP.input + DSP.multiply + DSP.add,
} as const;

/** Bits of a carry cell. */
const CARRY_BITS = 8;

function cellDelay({ cell, bits }: PathStep): number {
  switch (cell) {
    case 'end':
      return 0;
    case 'lut':
    case 'lutRam':
      return LUT;
    case 'multiplier':
      return ENDS.multiplier;
    case 'chain':
      // Into the chain from the LUT of the lowest bit, and on from cell to cell.
      return LUT + LOCAL_NET + CARRY_ENTER + (Math.ceil(bits / CARRY_BITS) - 1) * (2 * CARRY_STEP + LOCAL_NET);
  }
}

export function pathDelay({ from, to, steps }: TimingPath): number {
  let ns = STARTS[from] + ENDS[to];
  for (const [i, step] of steps.entries()) {
    // A sum goes into the flip-flop beside it.
    const local = step.cell === 'end' && steps[i - 1]?.cell === 'chain';
    ns += (local ? LOCAL_NET : netDelay(step.fanOut)) + cellDelay(step);
  }
  return ns;
}
