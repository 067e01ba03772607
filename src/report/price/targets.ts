/** Area of decryptors, logic and memories out of an area report, in the units of its target, and the break-even in µm². */
import { invariant } from '../../base/errors.js';
import { RAM_UM2_PER_BIT, ROM_UM2_PER_BIT } from '../area/memory-density.js';
import { sumResources } from '../area/targets.js';
import type { AreaReport, AreaTarget, Resources, UnitArea } from '../area/types.js';
import type { FlexorAndPlain, TargetPrice } from './types.js';

type LogicUnit = Pick<TargetPrice, 'unit'> & { readonly resource: keyof Resources };

/** What logic is counted in. */
export function logicUnit(target: AreaTarget): LogicUnit {
  if (target === 'asic') return { unit: 'µm²', resource: 'logicUm2' };
  if (target === 'gates') return { unit: 'NAND2', resource: 'nand2' };
  return { unit: 'LUT', resource: 'luts' };
}

export function layerTarget(report: AreaReport, name: string): TargetPrice {
  const layer = report.layers.find((each) => each.name === name);
  invariant(
    layer?.decryptor && layer.plain && layer.weights,
    `layer ${name} was not measured with its plain reference`,
  );
  return targetPrice(
    report.target,
    layer.area.resources,
    layer.plain.resources,
    [layer.decryptor],
    layer.weights.weightBits,
  );
}

export function totalTarget(report: AreaReport): TargetPrice {
  invariant(report.plainTotal !== null, 'the area was measured without the plain network');
  const decryptors = report.layers.flatMap(({ decryptor }) => decryptor ?? []);
  return targetPrice(report.target, report.total, report.plainTotal, decryptors, report.weights.weightBits);
}

function targetPrice(
  target: AreaTarget,
  flexor: Resources,
  plain: Resources,
  decryptors: readonly UnitArea[],
  weights: number,
): TargetPrice {
  const { unit, resource } = logicUnit(target);
  const pair = (key: keyof Resources): FlexorAndPlain => ({ flexor: flexor[key], plain: plain[key] });
  const logic = pair(resource);
  const decryptor = sumResources(decryptors.map(({ resources }) => resources))[resource];
  const paths = decryptors.flatMap(({ criticalPathNs }) => criticalPathNs ?? []);
  const bits = pair('romBits');
  const memory = (density: number): FlexorAndPlain => ({ flexor: bits.flexor * density, plain: bits.plain * density });
  const memoryUm2 = target === 'asic' ? { sram: memory(RAM_UM2_PER_BIT), rom: memory(ROM_UM2_PER_BIT) } : null;
  const added = logic.flexor - logic.plain;
  const breakEven = (saved: FlexorAndPlain): number | null => areaBreakEven(added, saved.plain - saved.flexor, weights);
  return {
    target,
    unit,
    logic,
    decryptor,
    share: decryptor / logic.flexor,
    depth: Math.max(...decryptors.map(({ depth }) => depth)),
    criticalPathNs: paths.length === 0 ? null : Math.max(...paths),
    blockRams: target === 'asic' || target === 'gates' ? null : pair('blockRams'),
    memoryUm2,
    breakEvenWeights: memoryUm2 && { sram: breakEven(memoryUm2.sram), rom: breakEven(memoryUm2.rom) },
  };
}

/** Weights at which µm² of logic added equal the µm² of memory saved, which grow with the weights; null: never. */
export function areaBreakEven(addedUm2: number, savedUm2: number, weights: number): number | null {
  if (addedUm2 <= 0) return savedUm2 >= 0 ? 0 : null;
  return savedUm2 <= 0 ? null : Math.ceil((weights * addedUm2) / savedUm2);
}
