/** Synthesises the grid's units on UltraScale+ and counts their cells. */
import { addAreas, moduleArea, scaleArea } from '../../dist/report/area/measure.js';
import { synthesise } from '../../dist/report/area/synthesise.js';
import { batch } from './verilog.js';

/** Of a module and all that it holds. */
export function totalArea(netlist, name, rule) {
  const own = netlist[name];
  const inner = Object.entries(own.cells).filter(([type]) => type in netlist);
  return addAreas([
    moduleArea(own, netlist, rule),
    ...inner.map(([type, copies]) => scaleArea(totalArea(netlist, type, rule), copies)),
  ]);
}

export function counts({ luts, lutRams, flipFlops, blockRams, multipliers }) {
  return { luts, lutRams, flipFlops, bram18: blockRams, multipliers };
}

/** Each unit with its cells, in the order of the batch. */
export async function measureBatch(title, units, options) {
  const { unit, names } = batch(title, units);
  // What an engine instantiates is a black box there.
  const count = (type) => (/\bflexor_/.test(type) ? {} : options.rule.count(type));
  const rule = { ...options.rule, count };
  const { netlist } = await synthesise(unit, { ...options, rule });
  return units.map((each, i) => ({
    unit: each,
    measured: counts(totalArea(netlist, names[i], rule).resources),
  }));
}
