/** Where a path is, in the words of the design: names of wires after flattening → module, instance, register. */
import type { CellPath } from '../../../toolchain/nextpnr.js';
import type { Bit, NetlistJson } from './netlist-json.js';
import type { LongestPath, PathPlace } from '../types.js';

/** Module → instance → module, as the Verilog says, and the module at the top. */
export interface Hierarchy {
  readonly top: string;
  readonly modules: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Of a design's Verilog files; the layout is that of `hw/` and the templates: `module #(`, `) u_instance (`. */
export function hierarchyOf(top: string, files: ReadonlyMap<string, string>): Hierarchy {
  const found = new Map<string, Map<string, string>>();
  for (const [path, text] of files) {
    if (!path.endsWith('.v')) continue;
    let own = new Map<string, string>();
    let type = '';
    for (const line of text.split('\n')) {
      const module = /^module (\w+)/.exec(line)?.[1];
      if (module !== undefined) found.set(module, (own = new Map()));
      type = /^\s+(\w+) #\($/.exec(line)?.[1] ?? type;
      const direct = /^\s+(\w+) (u_\w+) \($/.exec(line);
      const instance = direct?.[2] ?? /^\s+\) (u_\w+) \($/.exec(line)?.[1];
      if (instance !== undefined) own.set(instance, direct?.[1] ?? type);
    }
  }
  return { top, modules: found };
}

/** Names of bits: the one deepest in the hierarchy, and not that of a port that only reads it. */
export function deepestNames({ netnames }: NetlistJson): Map<Bit, string> {
  const names = new Map<Bit, string>();
  for (const [name, { hide_name: hidden, bits }] of Object.entries(netnames)) {
    if (hidden !== 0 || name.includes('$')) continue;
    for (const bit of bits) {
      const known = names.get(bit);
      if (known === undefined || rank(name) > rank(known)) names.set(bit, name);
    }
  }
  return names;
}

function rank(name: string): number {
  return name.split('.').length * 2 - (name.endsWith('_i') ? 100 : 0) + (name.endsWith('_q') ? 1 : 0);
}

/**
 * `u_conv1.u_window.g_lanes.u_sequencer.row_o` → instance u_conv1.u_window.u_sequencer, its module, register row_o.
 * What synthesis has put behind the name of a register (`_SB_DFF_Q_3`, `_TRELLIS_FF_Q`) goes.
 */
export function pathPlace(name: string, { top, modules }: Hierarchy): PathPlace {
  const parts = name.split('.');
  const register = plainRegister(parts.pop() ?? '');
  const instances = parts.filter((part) => part.startsWith('u_'));
  let module: string | undefined = name === '' ? undefined : top;
  for (const instance of instances) module = module && modules.get(module)?.get(instance);
  return { instance: instances.join('.'), module: module ?? null, register };
}

/** A path in names of cells or wires → modules and registers. */
export function namedPath(
  names: readonly string[],
  hierarchy: Hierarchy,
): Pick<LongestPath, 'from' | 'to' | 'modules'> {
  const places = names.map((name) => pathPlace(name, hierarchy));
  const modules = places.flatMap(({ module }) => module ?? []);
  return { from: places[0]!, to: places.at(-1)!, modules: modules.filter((module, i) => module !== modules[i - 1]) };
}

/** A path of nextpnr. */
export function placedPath({ ns, luts, carries, cells }: CellPath, hierarchy: Hierarchy): LongestPath {
  return { source: 'placed', ns, luts, carries, ...namedPath(cells, hierarchy) };
}

function plainRegister(name: string): string {
  return name.replace(/_(SB_|TRELLIS_|LUT4|CCU2C|PFUMX|L6MUX21|DP16KD|MULT18|\$).*$/, '').replace(/\$.*$/, '');
}
