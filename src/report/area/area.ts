/**
 * Area of a generated design: every layer synthesised on its own, its decryptors once more alone, once more with the
 * boundaries of modules kept for its parts, and the rest of the top with the layers as black boxes. Sums of these are what a synthesis
 * of the whole gives, up to what is optimised across the streams between layers (`whole`), and large designs stay feasible.
 */
import { FlexorError, invariant } from '../../base/errors.js';
import type { Design } from '../../rtl/design.js';
import { generateRtl, type GeneratedDesign } from '../../rtl/generate.js';
import type { LayerInfo } from '../../rtl/types.js';
import { requireNextpnr } from '../../toolchain/nextpnr.js';
import { yosysIdentity } from '../../toolchain/yosys.js';
import type { Library } from './liberty/library.js';
import { greatest, unitArea } from './measure.js';
import { partsOf } from './parts.js';
import { plainDesign } from './plain.js';
import { synthesiseAll } from './synthesise-all.js';
import type { ParallelOptions } from './synthesise-all.js';
import type { Synthesis } from './synthesise.js';
import { subtractResources, sumResources, targetRule } from './targets.js';
import type { TargetRule } from './target-rule.js';
import type { AreaReport, AreaTarget, DesignRun, FlatArea, LayerArea, Resources, UnitArea } from './types.js';
import { unitsOf } from './units.js';
import type { DesignUnit, UnitKind } from './units.js';
import { totalWeights, weightBits } from './weight-bits.js';

export interface AreaOptions extends Omit<ParallelOptions, 'rule'> {
  readonly target: AreaTarget;
  /** The Liberty file of target `asic`; default: the one in hw/cells. */
  readonly library?: Library | null;
  /** Also synthesise the plain 1-bit network with the same fold. */
  readonly plain: boolean;
  /** Also synthesise the whole design at once. */
  readonly checkFlat?: boolean;
  /** Also place and route the whole design with these seeds of nextpnr, and the layers with the first (`ice40`, `ecp5`). */
  readonly seeds?: readonly number[];
}

/** Measures a design. */
export async function measureArea(generated: GeneratedDesign, options: AreaOptions): Promise<AreaReport> {
  const { manifest, design } = generated;
  const { network } = design;
  const { target, seeds = [], checkFlat = false } = options;
  const rule = targetRule(target, options.library ?? null);
  if (seeds.length > 0 && rule.family === null) {
    throw new FlexorError('usage', `place and route is for targets ice40 and ecp5, not for ${target}`);
  }
  // A missing tool is told before any work.
  await yosysIdentity(options.engine);
  if (seeds.length > 0 && rule.family !== null) await requireNextpnr(rule.family);
  const plain = options.plain ? generateRtl(plainDesign(design)) : null;
  const units = unitsOf(generated, { plain, whole: checkFlat, seeds });
  const results = new Results(await synthesiseAll(units, { ...options, rule }), rule);
  const layers = manifest.layers.map((layer) => layerArea(layer, results, rule, design));
  const rest = results.area('rest')!;
  const sum = (pick: (layer: LayerArea) => UnitArea | null): Resources =>
    sumResources(layers.flatMap((layer) => pick(layer)?.resources ?? []));
  const total = sumResources([sum((layer) => layer.area), rest.resources]);
  const whole = results.area('whole');
  const placement = results.get('whole')?.placement ?? null;
  return {
    model: network.name,
    modelDigest: network.modelDigest,
    target,
    targetTitle: rule.title,
    library: rule.library && { name: rule.library.name, digest: rule.library.digest },
    yosysVersion: results.get('rest')!.yosysVersion,
    cyclesPerFrame: manifest.prediction.cyclesPerFrame,
    layers,
    rest,
    total,
    decryptorTotal: sum((layer) => layer.decryptor),
    plainTotal: plain && sumResources([sum((layer) => layer.plain ?? layer.area), rest.resources]),
    weights: totalWeights(layers),
    depth: Math.max(rest.depth, ...layers.map(({ area }) => area.depth)),
    criticalPathNs:
      placement === null
        ? greatest([rest, ...layers.map(({ area }) => area)].map((each) => each.criticalPathNs))
        : whole!.criticalPathNs,
    flat: checkFlat ? flatArea(whole!, total) : null,
    placement: placement && { ...placement, runs: placement.runs.map((run) => designRun(run, generated)) },
  };
}

function designRun(run: Omit<DesignRun, 'layer'>, { manifest }: GeneratedDesign): DesignRun {
  const { topModule, layers } = manifest;
  const instance = run.path?.to.instance.split('.')[0];
  const named = (module: string): string => `u_${module.slice(topModule.length - 'top'.length)}`;
  return { ...run, layer: layers.find(({ module }) => named(module) === instance)?.name ?? null };
}

function layerArea(layer: LayerInfo, results: Results, rule: TargetRule, design: Design): LayerArea {
  const { name, kind, weighted, module } = layer;
  const area = results.area('layer', name);
  invariant(area !== null, `layer ${name} was not synthesised`);
  const parts = partsOf(results.get('parts', name)!.netlist, module, rule);
  return {
    name,
    kind,
    pe: weighted?.pe ?? null,
    simd: weighted?.simd ?? null,
    area,
    parts,
    merged: subtractResources(area.resources, sumResources(parts.map((part) => part.area.resources))),
    decryptor: results.area('decryptor', name),
    plain: results.area('plain', name),
    weights: weightBits(design, name, weighted),
  };
}

function flatArea(whole: UnitArea, total: Resources): FlatArea {
  return { area: whole, difference: subtractResources(whole.resources, total) };
}

/** Syntheses by what they are of. */
class Results {
  constructor(
    private readonly syntheses: ReadonlyMap<DesignUnit, Synthesis>,
    private readonly rule: TargetRule,
  ) {}

  get(kind: UnitKind, layer = ''): Synthesis | null {
    return this.find(kind, layer)?.[1] ?? null;
  }

  area(kind: UnitKind, layer = ''): UnitArea | null {
    const found = this.find(kind, layer);
    return found ? unitArea(found[1], found[0].blackBoxModules, this.rule) : null;
  }

  private find(kind: UnitKind, layer: string): [DesignUnit, Synthesis] | undefined {
    return [...this.syntheses].find(([unit]) => unit.kind === kind && unit.layer === layer);
  }
}
