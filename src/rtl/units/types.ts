/**
 * The contract of a hardware unit: what the tool knows of every one of them, whatever it does. Imports nothing.
 *
 * A unit is a module of hw/ with a home in `units/<unit>/`: its rules, its schedule, its cost, its view (what the generated
 * Verilog binds) and its activity, as far as it has them. `units/index.ts` lists all units.
 */

/** Amounts of things that take LUTs or flip-flops, by name; the coefficients are fitted to syntheses. */
export type Amounts = Readonly<Record<string, number>>;

/** What the cost of a unit is a linear function of, and what follows from its parameters alone. */
export interface Features {
  readonly luts: Amounts;
  readonly flipFlops: Amounts;
  /** LUTs that serve as memory, block RAMs of 18 kbit, DSP blocks: by the rules of cost/memory.ts and cost/multiplier.ts. */
  readonly lutRams: number;
  readonly bram18: number;
  readonly multipliers: number;
  /** Bits of the unit's memories, whatever they are made of. */
  readonly memoryBits: number;
}

/** Fitted by `node bench/cost-model.js fit`; an amount that is not named costs nothing. */
export interface Coefficients {
  readonly luts: Amounts;
  readonly flipFlops: Amounts;
}

/** Parts that tables of area tell apart, in their order. */
export const AREA_PARTS = [
  'window',
  'weightMemory',
  'xorCircuit',
  'shiftRegister',
  'macArray',
  'requantiser',
  'pool',
  'fifo',
  'control',
] as const;
export type AreaPart = (typeof AREA_PARTS)[number];

/** A net to so many inputs, and what it drives. */
export interface PathStep {
  readonly fanOut: number;
  /** A function of few bits, carries over `bits` bits behind one, a read of distributed RAM, a DSP block, or where the path ends. */
  readonly cell: 'lut' | 'chain' | 'lutRam' | 'multiplier' | 'end';
  /** Of a chain. */
  readonly bits: number;
}

/** What lies between two registers, in cells; the delays of a part make ns of it (timing/parts.ts). */
export interface TimingPath {
  /** For people: what the path is for. */
  readonly name: string;
  /** Module of hw/ in which it ends. */
  readonly module: string;
  readonly from: 'register' | 'blockRam' | 'multiplier';
  readonly to: 'register' | 'blockRam' | 'multiplier';
  readonly steps: readonly PathStep[];
}

/** A kind of unit; `P` holds the parameters that its cost depends on. */
export interface HardwareUnit<P extends object> {
  /** Name in lists and in stored measurements; its folder is the same in kebab case. */
  readonly kind: string;
  /** Its module of hw/. */
  readonly module: string;
  /** Modules of hw/ whose cells are a part of their own; those of other modules belong to the module around them. */
  readonly parts: Readonly<Record<string, AreaPart>>;
  readonly coefficients: Coefficients;
  features(parameters: P): Features;
  /** The paths of which one is the longest, by its parameters (`timing.ts` of the unit). */
  paths(parameters: P): readonly TimingPath[];
}

/** Units with the same parameters in a design. */
export interface PlacedUnit {
  readonly kind: string;
  readonly coefficients: Coefficients;
  readonly copies: number;
  readonly features: Features;
  paths(): readonly TimingPath[];
}

export function place<P extends object>(unit: HardwareUnit<P>, parameters: P, copies = 1): PlacedUnit {
  const { kind, coefficients } = unit;
  return { kind, coefficients, copies, features: unit.features(parameters), paths: () => unit.paths(parameters) };
}
