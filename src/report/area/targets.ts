/**
 * Synthesis targets: the commands of Yosys for each, and how its cells count. A cell that a target does not know is an
 * error, never one that the report silently leaves out.
 */
import { FlexorError, invariant } from '../../base/errors.js';
import { DEFAULT_LIBERTY, readLibrary } from './liberty/library.js';
import type { Library } from './liberty/library.js';
import { cellLibrary, GATES } from './target-cells.js';
import type { TargetRule } from './target-rule.js';
import { ECP5, ICE40, XC7, XCUP } from './target-fpga.js';
import type { AreaTarget, Resources } from './types.js';

/** The rule of a target; `asic` maps to the library, by default to the one in hw/cells. */
export function targetRule(target: AreaTarget, library: Library | null): TargetRule {
  switch (target) {
    case 'xcup':
      return XCUP;
    case 'xc7':
      return XC7;
    case 'ecp5':
      return ECP5;
    case 'ice40':
      return ICE40;
    case 'gates':
      return GATES;
    case 'asic':
      return cellLibrary(library ?? readLibrary(DEFAULT_LIBERTY));
  }
}

export const NO_RESOURCES: Resources = {
  luts: 0,
  lutRams: 0,
  inverters: 0,
  flipFlops: 0,
  blockRams: 0,
  multipliers: 0,
  nand2: 0,
  logicUm2: 0,
  memoryUm2: 0,
  romBits: 0,
  ramBits: 0,
};

type Sum = Record<keyof Resources, number>;

/** Sum, resource by resource. */
export function sumResources(list: readonly Resources[]): Resources {
  const sum: Sum = { ...NO_RESOURCES };
  for (const each of list) for (const key of Object.keys(sum) as (keyof Resources)[]) sum[key] += each[key];
  return sum;
}

/** whole − part, resource by resource. */
export function subtractResources(whole: Resources, part: Resources): Resources {
  const keys = Object.keys(NO_RESOURCES) as (keyof Resources)[];
  return Object.fromEntries(keys.map((key) => [key, whole[key] - part[key]])) as unknown as Resources;
}

/** Resources that cells of a target stand for. Cells of Yosys's own that are no hardware do not count. */
export function classify(rule: TargetRule, cells: Readonly<Record<string, number>>): Resources {
  const sum: Sum = { ...NO_RESOURCES };
  for (const [type, count] of Object.entries(cells)) {
    if (type === '$scopeinfo') continue;
    const each = rule.count(type);
    if (each === null) throw unknownCell(rule, type);
    for (const [key, value] of Object.entries(each)) sum[key as keyof Resources] += value * count;
  }
  return sum;
}

function unknownCell({ library, title }: TargetRule, type: string): Error {
  invariant(library !== null, `cell type ${type} of target ${title} has no entry in the area report`);
  return new FlexorError(
    'data',
    `${library.path}: library ${library.name} has no cell for ${type}, which the design needs; add one`,
  );
}
