/** Words for the paths of units: `path('…', { module }, [luts(2, 40), chain(18)])`. */
import type { PathStep, TimingPath } from '../units/types.js';

/** LUTs behind one another, the first of them behind a net to so many inputs. */
export function luts(levels: number, fanOut = 1): PathStep[] {
  return Array.from({ length: levels }, (_, i) => ({ fanOut: i === 0 ? fanOut : 1, cell: 'lut', bits: 0 }));
}

/** An adder or a comparison of so many bits, the LUTs of its bits included. */
export function chain(bits: number, fanOut = 1): PathStep[] {
  return [{ fanOut, cell: 'chain', bits }];
}

/** A read of distributed RAM whose address goes to so many LUTs. */
export function lutRam(fanOut = 1): PathStep[] {
  return [{ fanOut, cell: 'lutRam', bits: 0 }];
}

/** LUTs that pick one of so many: four a LUT. */
export function multiplexer(inputs: number, fanOut = 1): PathStep[] {
  return luts(Math.ceil(Math.log2(Math.max(1, inputs)) / 2), fanOut);
}

/**
 * A memory of fixed contents in LUTs of 64 words, with the multiplexers over them. From 512 words on synthesis goes through
 * several of them in turn: eleven levels at 512 words, and one and a half more each time they double (netlists of
 * hw/flexor_rom.v with 512, 2,048 and 5,120 words have 7, 10 and 12 cells in turn in Yosys 0.23).
 */
export function romLuts(depth: number): PathStep[] {
  const more = Math.max(0, Math.ceil(Math.log2(depth / 64)));
  return luts(more <= 2 ? 1 + more : 11 + Math.ceil(1.5 * (more - 3)), 8);
}

export interface PathEnds {
  readonly module: string;
  readonly from?: TimingPath['from'];
  readonly to?: TimingPath['to'];
  /** Inputs on the net to where it ends. */
  readonly fanOut?: number;
}

/** A path from a register to a register where nothing else is said. */
export function path(name: string, ends: PathEnds, steps: readonly (readonly PathStep[])[]): TimingPath {
  const { module, from = 'register', to = 'register', fanOut = 1 } = ends;
  return { name, module, from, to, steps: [...steps.flat(), { fanOut, cell: 'end', bits: 0 }] };
}
