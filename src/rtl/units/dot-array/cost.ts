/** What accumulators of dot products cost with the adders that join lanes, and the sums that channels share. */
import { muxLuts } from '../../cost/memory.js';
import { NO_STORAGE } from '../../cost/memory-features.js';
import type { HardwareUnit } from '../types.js';
import { COEFFICIENTS } from './coefficients.js';
import type { DotArrayParameters } from './parameters.js';
import { dotArrayTiming } from './timing.js';
import { joiningLevels, termBits } from '../../shared-sums.js';

export type { DotArrayParameters } from './parameters.js';

/** Bits of all adders that join lanes of a channel, and of the registers behind them. */
function joiningBits(simd: number, threeBits: number): { adders: number; registers: number } {
  if (simd <= 2) return { adders: 0, registers: 0 };
  let [adders, registers] = [0, 0];
  for (let level = 0, nodes = Math.ceil(simd / 3); ; level++, nodes = Math.ceil(nodes / 2)) {
    // A register of a sum goes with that of its sign.
    registers += nodes * (threeBits + level + 1);
    const alone = level === 0 ? simd % 3 === 1 : false;
    adders += (nodes - Number(alone)) * (threeBits + level);
    if (nodes === 1) return { adders, registers };
  }
}

/** Stages of a shift register that a LUT holds; shorter ones are flip-flops. */
const [SHORTEST_SHIFT, LONGEST_SHIFT] = [3, 32];

/** Signs of a channel that wait in shift registers of LUTs: those that are wanted behind level 2 or a higher one. */
function waitingSigns(simd: number): number {
  if (simd <= 2) return 0;
  let signs = 0;
  for (let level = 0, nodes = Math.ceil(simd / 3); ; level++, nodes = Math.ceil(nodes / 2)) {
    if (level + 1 >= SHORTEST_SHIFT) signs += nodes === 1 ? 1 : Math.floor(nodes / 2);
    if (nodes === 1) return signs;
  }
}

/**
 * Bits of sums that wait likewise until there is one to join them with, those of the last three: of all channels, and a lane
 * that is alone once for all.
 */
function waitingSums(simd: number, actBits: number, threeBits: number, channels: number): number {
  let nodes = Math.ceil(simd / 3);
  if (simd <= 2 || nodes === 1) return 0;
  let [level, registers, bits] = [0, 1, simd % 3 === 1 ? actBits : channels * threeBits];
  let waiting = 0;
  for (; nodes > 1; nodes = Math.ceil(nodes / 2)) {
    const alone = nodes % 2 === 1;
    level++;
    if (!alone) {
      if (registers >= SHORTEST_SHIFT) waiting += bits;
      bits = channels * (threeBits + level);
    }
    registers = alone ? registers + 1 : 1;
  }
  return waiting;
}

export const DOT_ARRAY: HardwareUnit<DotArrayParameters> = {
  kind: 'dotArray',
  module: 'flexor_dot_array',
  parts: { flexor_dot_array: 'macArray' },
  coefficients: COEFFICIENTS,
  paths: dotArrayTiming,
  features({ actBits, signed, simd, channels, groups, accBits }) {
    const lane = signed ? actBits : actBits + 1;
    const threes = Math.ceil(simd / 3);
    const pairs = simd === 2 ? 1 : Math.floor(simd / 3);
    const threeBits = termBits(Math.min(simd, 3), actBits, signed);
    const joining = joiningBits(simd, threeBits);
    const signs = waitingSigns(simd);
    const waiting = groups - 1;
    const shifted = waiting >= SHORTEST_SHIFT;
    const places = Math.ceil(waiting / LONGEST_SHIFT);
    return {
      luts: {
        unit: 1,
        shared: 2 * pairs * (lane + 1),
        joining: channels * joining.adders,
        accumulators: channels * accBits,
        groups: groups > 1 ? 1 : 0,
        'long shift': shifted ? channels * accBits * muxLuts(places) : 0,
      },
      flipFlops: {
        unit: 1,
        shared: (simd === 2 ? 0 : threes * lane) + 2 * pairs * (lane + 1) + (simd % 3 === 2 && simd > 2 ? lane : 0),
        joining: channels * joining.registers,
        control: simd <= 2 ? 0 : 3 * (1 + joiningLevels(simd)),
        accumulators: channels * accBits,
        waiting: shifted ? 0 : channels * accBits * waiting,
      },
      ...NO_STORAGE,
      lutRams:
        channels * ((shifted ? accBits * places : 0) + signs) +
        waitingSums(simd, actBits, threeBits, channels) +
        (signs > 0 ? (groups > 1 ? 2 : 1) : 0),
    };
  },
};
