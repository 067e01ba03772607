/**
 * From a netlist with every module kept to the parts of a layer: cells belong to the part of the module that holds them,
 * or of the nearest module around it that has one; a module that stands in several places counts in each.
 */
import { own } from '../../base/dictionary.js';
import { invariant } from '../../base/errors.js';
import type { Netlist } from './netlist.js';
import { addAreas, moduleArea, NO_AREA, scaleArea } from './measure.js';
import type { TargetRule } from './target-rule.js';
import { UNITS } from '../../rtl/units/index.js';
import { AREA_PARTS, type AreaPart } from '../../rtl/units/types.js';
import type { PartArea, UnitArea } from './types.js';

/** Modules of hw/ that are a part, or whose parent's part is not theirs. Others belong to the module around them. */
const PART_OF_MODULE: ReadonlyMap<string, AreaPart> = new Map(UNITS.flatMap(({ parts }) => Object.entries(parts)));

/** Parts of the layer whose wrapper is named `wrapper`, in the order of AREA_PARTS. */
export function partsOf(netlist: Netlist, wrapper: string, rule: TargetRule): PartArea[] {
  const areas = new Map<AreaPart, { instances: number; area: UnitArea }>();
  const add = (name: string, part: AreaPart, entered: boolean, copies: number): void => {
    const module = own(netlist, name);
    invariant(module !== undefined, `yosys synthesised no module ${name}`);
    const { instances, area } = areas.get(part) ?? { instances: 0, area: NO_AREA };
    areas.set(part, {
      instances: instances + (entered ? copies : 0),
      area: addAreas([area, scaleArea(moduleArea(module, netlist, rule), copies)]),
    });
    for (const [type, count] of Object.entries(module.cells)) {
      if (!Object.hasOwn(netlist, type)) continue;
      const inner = partOf(type, part);
      add(type, inner, inner !== part, copies * count);
    }
  };
  add(wrapper, 'control', true, 1);
  return AREA_PARTS.flatMap((part) => {
    const found = areas.get(part);
    return found === undefined ? [] : [{ part, ...found }];
  });
}

function partOf(type: string, around: AreaPart): AreaPart {
  if (/_xor_\d+_\d+(_\d+)?$/.test(type)) return 'xorCircuit';
  // `$paramod$0d81…\flexor_fifo`, `$paramod\flexor_fifo\Width=…`, or the plain name.
  const name = /(?:^|\\)(flexor_\w+)/.exec(type)?.[1] ?? '';
  return PART_OF_MODULE.get(name) ?? around;
}
