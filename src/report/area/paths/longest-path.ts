/**
 * The longest path of a mapped netlist: from registers, memories and ports through LUTs and carry chains to registers,
 * memories and ports, every cell and net with the delay of `delays.ts`. False paths count, as in Yosys's `ltp`.
 */
import { deepestNames, namedPath, pathPlace } from './names.js';
import type { Hierarchy } from './names.js';
import { cellTiming, LOCAL_NET, netDelay, REGISTER } from './delays.js';
import type { CellTiming } from './delays.js';
import type { Bit, NetlistCell, NetlistJson } from './netlist-json.js';
import type { LongestPath } from '../types.js';

interface Driver {
  readonly cell: NetlistCell;
  readonly timing: CellTiming;
  readonly port: string;
}

/** When a bit is stable, and from which bit that comes. */
interface Arrival {
  readonly ns: number;
  readonly bit: Bit;
  readonly before: Arrival | null;
  readonly level: 'lut' | 'carry' | null;
}

/** Null for a netlist without a path. */
export function longestPath(netlist: NetlistJson, hierarchy: Hierarchy): LongestPath | null {
  const [worst] = new PathSearch(netlist).worst(() => '').values();
  return worst === undefined ? null : described(worst, deepestNames(netlist), hierarchy);
}

/** The longest of the paths that end in each module, by the module's name. */
export function longestPathsInto(netlist: NetlistJson, hierarchy: Hierarchy): Map<string, LongestPath> {
  const names = deepestNames(netlist);
  const moduleOf = (bit: Bit): string => pathPlace(names.get(bit) ?? '', hierarchy).module ?? '';
  const worst = new PathSearch(netlist).worst(moduleOf);
  return new Map([...worst].map(([module, end]) => [module, described(end, names, hierarchy)]));
}

/** A path by its end: when its last bit is stable, and the bit that stands for where it ends. */
interface PathEnd {
  readonly arrival: Arrival;
  /** An output of the register, or the port. */
  readonly to: Bit;
  readonly ns: number;
}

function described(worst: PathEnd, names: ReadonlyMap<Bit, string>, hierarchy: Hierarchy): LongestPath {
  const steps: Arrival[] = [];
  for (let at: Arrival | null = worst.arrival; at !== null; at = at.before) steps.unshift(at);
  return {
    source: 'estimated',
    ns: worst.ns,
    luts: steps.filter(({ level }) => level === 'lut').length,
    carries: steps.filter(({ level }) => level === 'carry').length,
    ...namedPath(
      [...steps.map(({ bit }) => bit), worst.to].map((bit) => names.get(bit) ?? ''),
      hierarchy,
    ),
  };
}

class PathSearch {
  private readonly drivers = new Map<Bit, Driver>();
  private readonly fanOut = new Map<Bit, number>();
  private readonly arrivals = new Map<Bit, Arrival | null>();
  private readonly timings = new Map<NetlistCell, CellTiming>();

  constructor(private readonly netlist: NetlistJson) {
    for (const cell of Object.values(netlist.cells)) {
      const timing = cellTiming(cell);
      this.timings.set(cell, timing);
      for (const [port, bits] of Object.entries(cell.connections)) {
        for (const bit of bits) {
          if (typeof bit === 'string') continue;
          if (cell.port_directions?.[port] === 'output') this.drivers.set(bit, { cell, timing, port });
          else this.fanOut.set(bit, (this.fanOut.get(bit) ?? 0) + 1);
        }
      }
    }
  }

  /** Of the paths whose ends have the same key the one that takes longest. */
  worst(keyOf: (to: Bit) => string): Map<string, PathEnd> {
    const best = new Map<string, PathEnd>();
    const end = (bit: Bit, to: Bit, setup: number): void => {
      const arrival = this.arrival(bit);
      if (arrival === null) return;
      const ns = arrival.ns + (arrival.level === 'carry' ? LOCAL_NET : this.net(bit)) + setup;
      const key = keyOf(to);
      if (ns > (best.get(key)?.ns ?? -1)) best.set(key, { arrival, to, ns });
    };
    for (const cell of Object.values(this.netlist.cells)) {
      const timing = this.timings.get(cell)!;
      const own = outputs(cell)[0];
      for (const [port, bits] of inputs(cell)) {
        if (timing.kind === 'logic' && !timing.ends(port)) continue;
        const setup = timing.kind === 'register' ? timing.setup : 0;
        for (const bit of bits) end(bit, own ?? bit, setup);
      }
    }
    for (const { direction, bits } of Object.values(this.netlist.ports)) {
      if (direction === 'output') for (const bit of bits) end(bit, bit, 0);
    }
    return best;
  }

  private net(bit: Bit): number {
    return netDelay(this.fanOut.get(bit) ?? 1);
  }

  /** Null for a constant, and for a bit that logic feeds back to itself. */
  private arrival(bit: Bit): Arrival | null {
    if (typeof bit === 'string') return null;
    const known = this.arrivals.get(bit);
    if (known !== undefined) return known;
    this.arrivals.set(bit, null);
    const found = this.arrivalAt(bit);
    this.arrivals.set(bit, found);
    return found;
  }

  private arrivalAt(bit: Bit): Arrival | null {
    const driver = this.drivers.get(bit);
    // An input port comes from a register of the layer before.
    const timing = driver?.timing ?? REGISTER;
    if (driver === undefined || timing.kind === 'register') {
      return { ns: timing.kind === 'register' ? timing.clockToOut : 0, bit, before: null, level: null };
    }
    let latest: Arrival | null = null;
    for (const [port, bits] of inputs(driver.cell)) {
      const through = timing.delay(port);
      // A port that is only written (a memory's data) passes nothing on.
      if (through === 0 && timing.ends(port)) continue;
      for (const input of bits) {
        const before = this.arrival(input);
        if (before === null) continue;
        const local = timing.level === 'carry' || (before.level === 'carry' && timing.level === null);
        const ns = before.ns + (local ? LOCAL_NET : this.net(input)) + through;
        if (latest === null || ns > latest.ns) latest = { ns, bit, before, level: timing.level };
      }
    }
    return latest;
  }
}

function inputs(cell: NetlistCell): [string, readonly Bit[]][] {
  return Object.entries(cell.connections).filter(([port]) => cell.port_directions?.[port] === 'input');
}

function outputs(cell: NetlistCell): Bit[] {
  const own = Object.entries(cell.connections).filter(([port]) => cell.port_directions?.[port] === 'output');
  return own.flatMap(([, bits]) => bits).filter((bit) => typeof bit === 'number');
}
