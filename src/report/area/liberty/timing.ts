/**
 * What a flip-flop adds to a path between registers: clock to output and setup, from the tables of its Liberty cell, at
 * the smallest slews of each table and, for the output, a load of four of the cell's own data inputs.
 */
import type { LibertyGroup } from './parse.js';

/** Inputs that the output of a flip-flop drives. */
const FAN_OUT = 4;

/** Nanoseconds; null where a table is missing. */
export function flipFlopDelay(cell: LibertyGroup, library: LibertyGroup): number | null {
  const pins = cell.groups.filter(({ name }) => name === 'pin');
  const timings = pins.flatMap((pin) => pin.groups.filter(({ name }) => name === 'timing'));
  const ofType = (pattern: RegExp): LibertyGroup[] =>
    timings.filter(({ attributes }) => pattern.test(attributes.get('timing_type') ?? ''));
  const data = pins.find((pin) =>
    pin.groups.some(({ attributes }) => /^setup/.test(attributes.get('timing_type') ?? '')),
  );
  const load = FAN_OUT * Number(data?.attributes.get('capacitance') ?? 0);
  const greatest = (groups: readonly LibertyGroup[], kinds: readonly string[], load: number | null): number =>
    Math.max(
      ...groups
        .flatMap(({ groups: tables }) => tables)
        .filter(({ name }) => kinds.includes(name))
        .map((table) => tableValue(table, library, load)),
    );
  const clockToOutput = greatest(ofType(/^(rising|falling)_edge$/), ['cell_rise', 'cell_fall'], load);
  const setup = greatest(ofType(/^setup_/), ['rise_constraint', 'fall_constraint'], null);
  const sum = (clockToOutput + setup) * nanoseconds(library);
  return Number.isFinite(sum) ? sum : null;
}

/**
 * Of a table, the row of the smallest slew at a load, linear between the points and beyond them. A constraint has no load
 * (null) but two slews: the smallest of both is the first point.
 */
function tableValue(table: LibertyGroup, library: LibertyGroup, load: number | null): number {
  const template = library.groups.find(
    ({ name, args }) => name === 'lu_table_template' && args[0] === (table.args[0] ?? ''),
  );
  const axis = (i: 1 | 2): number[] =>
    numbers(table.lists.get(`index_${i}`) ?? template?.lists.get(`index_${i}`) ?? []);
  const values = numbers(table.lists.get('values') ?? []);
  const loadFirst = template?.attributes.get('variable_1') === 'total_output_net_capacitance';
  const loads = axis(loadFirst ? 1 : 2);
  const stride = loadFirst ? Math.max(1, axis(2).length) : 1;
  const point = (i: number): number => values[i * stride] ?? NaN;
  if (load === null || loads.length < 2) return point(0);
  const above = loads.findIndex((each) => each >= load);
  const next = above < 0 ? loads.length - 1 : Math.max(1, above);
  const [low, high] = [loads[next - 1]!, loads[next]!];
  return point(next - 1) + ((load - low) / (high - low)) * (point(next) - point(next - 1));
}

function numbers(texts: readonly string[]): number[] {
  return texts.flatMap((text) =>
    text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number),
  );
}

function nanoseconds(library: LibertyGroup): number {
  const match = /^(\d+)\s*([munp]?)s$/.exec(library.attributes.get('time_unit') ?? '1ns');
  const scale = { '': 1e9, m: 1e6, u: 1e3, n: 1, p: 1e-3 } as const;
  return match ? Number(match[1]) * scale[(match[2] ?? 'n') as keyof typeof scale] : 1;
}
