/**
 * Delays of UltraScale+ cells and nets, for an estimate of a path before placement. They were fitted to five paths of
 * placed and routed designs in public Vivado 2021.2 reports for an xczu3eg of speed grade −1 (repository
 * gussmith23/lakeroad-evaluation, `vivado-synth-opt-place-route/*-timing-route.v`); `FITTED_PATHS` keeps what they are
 * made of, and a test holds the estimate to them. Block RAM: clock to output of 0.83 ns in a public report of a faster
 * grade, and a setup time that we assume. No place and route for these parts exists among the open tools, so every
 * figure that comes of this is an estimate, not a measurement.
 */
import {
  BLOCK_RAM,
  CARRY_ENTER,
  CARRY_STEP,
  CLOCK_TO_OUT,
  DSP,
  LOCAL_NET,
  LUT,
  netDelay,
  SETUP,
} from '../../../rtl/timing/xcup.js';
import type { NetlistCell } from './netlist-json.js';

export { LOCAL_NET, netDelay } from '../../../rtl/timing/xcup.js';

/** How a cell takes part in paths; times in ns. */
export type CellTiming =
  | { readonly kind: 'register'; readonly clockToOut: number; readonly setup: number }
  | {
      readonly kind: 'logic';
      readonly level: 'lut' | 'carry' | null;
      /** From an input port to any output. */
      delay(port: string): number;
      /** Whether an input port is clocked: a path ends there too. */
      ends(port: string): boolean;
    };

const MUX = 0.08;
const RAM = { kind: 'register', ...BLOCK_RAM } as const;
const never = (): boolean => false;

export const REGISTER: CellTiming = { kind: 'register', clockToOut: CLOCK_TO_OUT, setup: SETUP };

export function cellTiming({ type, parameters }: NetlistCell): CellTiming {
  if (/^LUT[1-6]$/.test(type)) return { kind: 'logic', level: 'lut', delay: () => LUT, ends: never };
  if (type === 'INV') return { kind: 'logic', level: null, delay: () => 0, ends: never };
  if (/^MUXF[789]$/.test(type)) return { kind: 'logic', level: null, delay: () => MUX, ends: never };
  if (/^CARRY[48]$/.test(type)) {
    const step = type === 'CARRY8' ? 2 * CARRY_STEP : CARRY_STEP;
    return { kind: 'logic', level: 'carry', delay: (port) => (port === 'CI' ? step : CARRY_ENTER), ends: never };
  }
  // Read without a clock, written with one.
  if (/^RAM\d+(X|M)/.test(type)) {
    return {
      kind: 'logic',
      level: 'lut',
      delay: (port) => (/^(ADDR|DPRA|A\d)/.test(port) ? LUT : 0),
      ends: () => true,
    };
  }
  if (/^RAMB/.test(type)) return RAM;
  if (/^DSP48/.test(type)) return multiplier(parameters);
  return REGISTER;
}

/** A DSP48E2 by the registers that Yosys put into it. */
function multiplier(parameters: NetlistCell['parameters']): CellTiming {
  const has = (name: string): boolean => /1/.test(String(parameters[name] ?? '0'));
  const input = has('AREG') || has('BREG');
  const [middle, output] = [has('MREG'), has('PREG')];
  if (!input && !middle && !output) {
    return { kind: 'logic', level: null, delay: () => DSP.input + DSP.multiply + DSP.add, ends: never };
  }
  return {
    kind: 'register',
    clockToOut: DSP.clockToOut + (output ? 0 : DSP.add) + (output || middle ? 0 : DSP.multiply),
    setup: input ? DSP.input : DSP.input + DSP.multiply + (middle ? 0 : DSP.add),
  };
}

/** A routed path in one of those reports: what it is made of, and its data path delay, ns. */
export interface FittedPath {
  readonly report: string;
  readonly luts: number;
  /** Entries into carry chains, and CARRY8 passed from CI. */
  readonly carries: readonly [entries: number, steps: number];
  /** Inputs on each net that is no local one. */
  readonly fanOuts: readonly number[];
  readonly ns: number;
}

export const FITTED_PATHS: readonly FittedPath[] = [
  {
    report: 'lpm.futil-ultrascale',
    luts: 10,
    carries: [2, 3],
    fanOuts: [31, 1, 1, 78, 77, 2, 23, 8, 2, 1, 1],
    ns: 4.508,
  },
  { report: 'lpm.futil-vanilla', luts: 5, carries: [0, 0], fanOuts: [11, 1, 30, 113, 6, 4], ns: 3.55 },
  { report: 'if-static-different-latencies.futil-ultrascale', luts: 2, carries: [0, 0], fanOuts: [8, 3, 2], ns: 0.904 },
];

/** The estimate for such a path. */
export function fittedDelay({ luts, carries: [entries, steps], fanOuts }: Omit<FittedPath, 'ns'>): number {
  const nets = fanOuts.reduce((sum, fanOut) => sum + netDelay(fanOut), 0) + (entries + steps) * LOCAL_NET;
  return CLOCK_TO_OUT + luts * LUT + entries * CARRY_ENTER + 2 * steps * CARRY_STEP + nets + SETUP;
}
