/** Energy of events counted elsewhere, in pJ, and from how many weights decryption pays in energy. */
import { GATE_PJ, MEMORY_POINTS } from './energy-constants.js';
import type { MacActivity } from '../../rtl/layers/weighted/units.js';
import type { StreamActivity } from '../../rtl/layers/weighted/units.js';

/**
 * pJ per bit read from a memory of so many bits: a power law between the two nearest published points, continued beyond
 * the first and the last one (below 8 KB: with the root of the capacity). Every access costs that, whatever the data: bit
 * lines are precharged.
 */
export function memoryReadPj(capacityBits: number): number {
  const above = MEMORY_POINTS.findIndex(([bits]) => capacityBits <= bits);
  const upper = above < 0 ? MEMORY_POINTS.length - 1 : Math.max(1, above);
  const [bits0, pj0] = MEMORY_POINTS[upper - 1]!;
  const [bits1, pj1] = MEMORY_POINTS[upper]!;
  const exponent = Math.log(pj1 / pj0) / Math.log(bits1 / bits0);
  return pj0 * (capacityBits / bits0) ** exponent;
}

/** XOR circuits and registers. */
export function decryptorPj(activity: StreamActivity): number {
  const { xorToggles, xorInputToggles, registerToggles, registerClocks } = activity;
  return (
    xorToggles * GATE_PJ.xorOutput +
    xorInputToggles * GATE_PJ.xorInput +
    registerToggles * GATE_PJ.registerBit +
    registerClocks * GATE_PJ.registerClock
  );
}

export function macPj({ andToggles, adderToggles, registerToggles, registerClocks }: MacActivity): number {
  return (
    andToggles * GATE_PJ.andOutput +
    adderToggles * GATE_PJ.adderBit +
    registerToggles * GATE_PJ.registerBit +
    registerClocks * GATE_PJ.registerClock
  );
}

/** Largest memory that is looked at for a break-even, in weights. */
const MAX_WEIGHTS = 1e12;

/**
 * Smallest number of weights N in one memory with e(N) − r·e(r·N) ≥ extra, where e is the energy of a bit read from a
 * memory of that size, r the stored bits a weight and `extra` the pJ that decrypting a weight takes beyond handing out a
 * plain one. Null where there is none.
 */
export function energyBreakEven(bitsPerWeight: number, extraPj: number): number | null {
  const pays = (weights: number): boolean =>
    memoryReadPj(weights) - bitsPerWeight * memoryReadPj(bitsPerWeight * weights) >= extraPj;
  if (bitsPerWeight >= 1) return null;
  if (extraPj <= 0) return 0;
  if (!pays(MAX_WEIGHTS)) return null;
  let [low, high] = [0, MAX_WEIGHTS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (pays(middle)) high = middle;
    else low = middle;
  }
  return high;
}
