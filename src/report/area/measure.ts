/** Modules of a netlist → areas, and sums of areas. */
import { own } from '../../base/dictionary.js';
import { RAM_UM2_PER_BIT, ROM_UM2_PER_BIT } from './memory-density.js';
import type { Netlist, NetlistModule } from './netlist.js';
import type { Synthesis } from './synthesise.js';
import { classify, NO_RESOURCES, sumResources } from './targets.js';
import type { TargetRule } from './target-rule.js';
import type { Resources, UnitArea } from './types.js';

export const NO_AREA: UnitArea = { resources: NO_RESOURCES, cells: {}, depth: 0, criticalPathNs: null, path: null };

/** A module without the modules in it. */
export function moduleArea(module: NetlistModule, netlist: Netlist, rule: TargetRule): UnitArea {
  const cells = Object.fromEntries(Object.entries(module.cells).filter(([type]) => !Object.hasOwn(netlist, type)));
  const bits = (writable: boolean): number =>
    module.memories.filter((each) => each.writable === writable).reduce((sum, each) => sum + each.bits, 0);
  const [romBits, ramBits] = [bits(false), bits(true)];
  const memoryUm2 = rule.library === null ? 0 : romBits * ROM_UM2_PER_BIT + ramBits * RAM_UM2_PER_BIT;
  return {
    resources: { ...classify(rule, cells), romBits, ramBits, memoryUm2 },
    cells,
    depth: module.depth,
    criticalPathNs: criticalPath(module, cells, rule),
    path: null,
  };
}

/** The unit's own module; cells of black boxes count elsewhere. */
export function unitArea(synthesis: Synthesis, blackBoxes: readonly string[], rule: TargetRule): UnitArea {
  const { netlist, top, path, placement } = synthesis;
  const module = netlist[top]!;
  const cells = Object.fromEntries(Object.entries(module.cells).filter(([type]) => !blackBoxes.includes(type)));
  const area = moduleArea({ ...module, cells }, netlist, rule);
  if (placement !== null) {
    const { maxMegahertz, runs } = placement;
    const slowest = runs.find((run) => run.maxMegahertz === maxMegahertz);
    return { ...area, criticalPathNs: 1000 / maxMegahertz, path: slowest?.path ?? null };
  }
  return path === null ? area : { ...area, criticalPathNs: path.ns, path };
}

/** Logic between registers, with the slowest flip-flop in front and behind where there are any. */
function criticalPath(module: NetlistModule, cells: UnitArea['cells'], { library }: TargetRule): number | null {
  if (library === null || module.logicDelayNs === null) return null;
  const flipFlops = Object.keys(cells).flatMap((type) => {
    const cell = library.cells.get(type);
    return cell?.flipFlop ? [cell.delayNs] : [];
  });
  if (flipFlops.includes(null)) return null;
  return module.logicDelayNs + Math.max(0, ...(flipFlops as number[]));
}

/** Sums; depth and path are the greatest. */
export function addAreas(areas: readonly UnitArea[]): UnitArea {
  const cells: Record<string, number> = {};
  for (const area of areas)
    for (const [type, n] of Object.entries(area.cells)) cells[type] = (own(cells, type) ?? 0) + n;
  return {
    resources: sumResources(areas.map(({ resources }) => resources)),
    cells,
    depth: Math.max(0, ...areas.map(({ depth }) => depth)),
    criticalPathNs: greatest(areas.map(({ criticalPathNs }) => criticalPathNs)),
    path: null,
  };
}

/** Of those that are known; null where none is. */
export function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

export function scaleArea(area: UnitArea, copies: number): UnitArea {
  const scale = <T extends object>(counts: T): T =>
    Object.fromEntries(Object.entries(counts).map(([key, n]) => [key, (n as number) * copies])) as T;
  return { ...area, resources: scale<Resources>(area.resources), cells: scale(area.cells) };
}
