/**
 * Delays of UltraScale+ cells and nets, speed grade −1, ns, before placement: those by which `flexor area` estimates the paths
 * of netlists (report/area/paths/delays.ts, which says where they come from).
 */

/** A flip-flop's clock to output, and its setup. */
export const [CLOCK_TO_OUT, SETUP] = [0.095, 0.01];
export const LUT = 0.105;
/** Into a carry chain from a LUT beside it, and on by four bits. */
export const [CARRY_ENTER, CARRY_STEP] = [0.23, 0.025];
/** Block RAM: clock to output, setup. */
export const BLOCK_RAM = { clockToOut: 1, setup: 0.3 } as const;
/** A DSP block: clock to output, then the stages that it may have a register behind or not. */
export const DSP = { clockToOut: 0.4, input: 0.29, multiply: 0.8, add: 0.9 } as const;
/** From a LUT into the carry chain of its own slice, along a chain, and from a sum bit into the flip-flop beside it. */
export const LOCAL_NET = 0.02;

/** A wire to several inputs is longer; the fit is to nets of 1 to 127 inputs. */
export function netDelay(fanOut: number): number {
  return 0.15 + 0.05 * Math.log2(Math.max(1, fanOut));
}
