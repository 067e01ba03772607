/**
 * Constants of the energy estimate, all of 45 nm, with their sources. They rank designs and show which part matters; they
 * are no sign-off figures. Everything is at 0.9 V: gate energies, published at 1.1 V, are scaled by (0.9/1.1)².
 *
 * Memory and additions: M. Horowitz, "Computing's Energy Problem (and what we can do about it)", ISSCC 2014, figure 1.1.9:
 * 45 nm, 0.9 V; a 64-bit cache access of 8 KB 10 pJ, 32 KB 20 pJ, 1 MB 100 pJ; an 8-bit integer addition 0.03 pJ.
 *
 * Gates: Nangate 45 nm Open Cell Library, typical corner, 1.1 V, 25 °C (NangateOpenCellLibrary_typical.lib of 2011): means
 * over the arcs of `internal_power` of a cell at X1 at an input transition of 17.2 ps and the load given, in fJ, plus ½CV²
 * of that load. Loads are points of the library's own tables (fF), each the nearest one above the pins that are driven, so
 * that nothing is interpolated; what is above the pins stands for wire.
 */

/** (0.9/1.1)²: from the voltage of the cell library to that of Horowitz's figures. */
const VOLTAGE_SCALE = (0.9 / 1.1) ** 2;

/** ½CV² of a load in fF at 1.1 V, in fJ. */
function loadFj(fF: number): number {
  return 0.5 * fF * 1.1 ** 2;
}

/** One input of XOR2_X1 (2.2 fF) and wire: fourth load point of XOR2_X1. */
const XOR_INPUT_FF = 3.17;
/** One input of a small cell (AND2_X1 0.9 fF, D of DFF_X1 1.1 fF) and wire: second load point of AND2_X1 and MUX2_X1. */
const SMALL_INPUT_FF = 1.89;
/** What Q of a shifting register drives, a multiplexer and the MAC array, and wire: third load point of DFF_X1. */
const REGISTER_LOAD_FF = 3.8;

/** pJ per event at 0.9 V. */
export const GATE_PJ = {
  /** A change of the output of an XOR2_X1, without its load. */
  xorOutput: 2.97e-3 * VOLTAGE_SCALE,
  /** A change of a net, for each XOR2_X1 input on it. */
  xorInput: loadFj(XOR_INPUT_FF) * 1e-3 * VOLTAGE_SCALE,
  /** A change of the output of an AND2_X1. */
  andOutput: (2.47 + loadFj(SMALL_INPUT_FF)) * 1e-3 * VOLTAGE_SCALE,
  /**
   * A changed bit of a register: D (3.62) and Q of a DFF_X1 (8.39 less 2.51 for the clock edge, which is counted below),
   * and the MUX2_X1 that loads, shifts or holds (2.92).
   */
  registerBit: (3.62 + 8.39 - 2.51 + loadFj(REGISTER_LOAD_FF) + 2.92 + loadFj(SMALL_INPUT_FF)) * 1e-3 * VOLTAGE_SCALE,
  /** A clocked bit that does not change: both edges inside a DFF_X1 (6.87) and CV² of its clock pin (0.95 fF). */
  registerClock: (6.87 + 2 * loadFj(0.95)) * 1e-3 * VOLTAGE_SCALE,
  /** A changed bit of a sum: Horowitz's 8-bit addition, taken to change half of its bits. */
  adderBit: 0.03 / (8 * 0.5),
} as const;

/** Capacity in bits, pJ per bit read: Horowitz's cache accesses. */
export const MEMORY_POINTS: readonly (readonly [bits: number, pj: number])[] = [
  [8 * 8192, 10 / 64],
  [32 * 8192, 20 / 64],
  [1024 * 8192, 100 / 64],
];
