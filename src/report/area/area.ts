/**
 * Area of a generated design: every layer synthesised on its own, its decryptors once more alone, and the rest of the top
 * with the layers as black boxes. Sums of these are what a synthesis of the whole gives, up to what is optimised across the
 * streams between layers (measured in docs/area.md), and large designs stay feasible.
 */
import { FlexorError, invariant } from '../../base/errors.js';
import type { IntNetwork } from '../../fixed/types.js';
import { weightedNodes } from '../../rtl/fold.js';
import { generateRtl } from '../../rtl/generate.js';
import type { LayerInfo, RtlDesign } from '../../rtl/types.js';
import { wordShape } from '../../rtl/weight-memory.js';
import { plainTwin } from './plain.js';
import { synthesise } from './synthesise.js';
import type { Synthesis, SynthesisOptions, Unit } from './synthesise.js';
import { NO_RESOURCES, sumResources, targetRule } from './targets.js';
import type { AreaReport, LayerArea, Resources, UnitArea, WeightBits } from './types.js';

export interface AreaOptions extends SynthesisOptions {
  /** Also synthesise the plain 1-bit network with the same fold. */
  readonly plain: boolean;
  /** Syntheses at once. */
  readonly jobs: number;
  readonly onProgress?: (done: number, total: number, title: string) => void;
}

/** Measures a design that was generated from the network. */
export async function measureArea(network: IntNetwork, design: RtlDesign, options: AreaOptions): Promise<AreaReport> {
  const { manifest } = design;
  const twin = options.plain ? generateRtl(plainTwin(network), manifest.options) : null;
  const units = unitsOf(design, twin);
  const results = await synthesiseAll(units, options);
  const result = (unit: Unit | undefined): Synthesis | null => (unit === undefined ? null : results.get(unit)!);
  const layers = manifest.layers.map(({ name, kind, weighted }): LayerArea => {
    const find = (part: Part): Unit | undefined => units.find((unit) => unit.part === part && unit.layer === name);
    const area = strip(result(find('layer')));
    invariant(area !== null, `layer ${name} was not synthesised`);
    return {
      name,
      kind,
      pe: weighted?.pe ?? null,
      simd: weighted?.simd ?? null,
      area,
      parts: [],
      merged: NO_RESOURCES,
      decryptor: strip(result(find('decryptor'))),
      plain: strip(result(find('plain'))),
      weights: weightBits(network, name, weighted),
    };
  });
  const rest = strip(result(units.find((unit) => unit.part === 'rest')))!;
  const sum = (pick: (layer: LayerArea) => UnitArea | null): Resources =>
    sumResources(layers.flatMap((layer) => pick(layer)?.resources ?? []));
  return {
    model: network.name,
    modelDigest: network.modelDigest,
    target: options.target,
    targetTitle: targetRule(options.target).title,
    library: null,
    yosysVersion: [...results.values()][0]!.yosysVersion,
    cyclesPerFrame: manifest.prediction.cyclesPerFrame,
    layers,
    rest,
    total: sumResources([sum((layer) => layer.area), rest.resources]),
    decryptorTotal: sum((layer) => layer.decryptor),
    plainTotal: twin && sumResources([sum((layer) => layer.plain ?? layer.area), rest.resources]),
    weights: totalWeights(layers),
    depth: Math.max(rest.depth, ...layers.map(({ area }) => area.depth)),
    criticalPathNs: null,
    flat: null,
    cached: [...results.values()].every((each) => each.cached),
  };
}

type Part = 'layer' | 'decryptor' | 'plain' | 'rest';

interface DesignUnit extends Unit {
  readonly part: Part;
  /** Empty for the rest. */
  readonly layer: string;
  /** Rough work, to begin with the longest. */
  readonly bits: number;
}

/** Everything that is synthesised, the longest first. */
export function unitsOf(design: RtlDesign, twin: RtlDesign | null): DesignUnit[] {
  const units: DesignUnit[] = [restOf(design)];
  for (const layer of design.manifest.layers) {
    units.push(layerUnit(design, layer, 'layer'));
    if (layer.weighted !== null) units.push(layerUnit(design, layer, 'decryptor'));
  }
  for (const layer of twin?.manifest.layers ?? []) {
    if (layer.weighted !== null) units.push(layerUnit(twin!, layer, 'plain'));
  }
  return units.sort((a, b) => b.bits - a.bits);
}

function layerUnit(design: RtlDesign, layer: LayerInfo, part: 'layer' | 'decryptor' | 'plain'): DesignUnit {
  const file = `rtl/${layer.module}.v`;
  const text = fileOf(design, file);
  const memories = [...text.matchAll(/"(mem\/[^"]+)"/g)].map((match) => match[1]!);
  const titles = { layer: layer.name, decryptor: `${layer.name}, decryptor`, plain: `${layer.name}, plain` };
  return {
    title: titles[part],
    top: layer.module,
    files: pick(design, [...libraryOf(design), file, ...memories]),
    blackBoxes: [],
    blackBoxModules: [],
    only: part === 'decryptor' ? 'flexor_decryptor' : null,
    part,
    layer: layer.name,
    bits: part === 'decryptor' ? 0 : (layer.weighted?.storedBits ?? 0),
  };
}

function restOf(design: RtlDesign): DesignUnit {
  const { topModule, layers } = design.manifest;
  const modules = [...new Set(layers.map((layer) => layer.module))];
  const blackBoxes = modules.map((module) => `rtl/${module}.v`);
  return {
    title: 'ports',
    top: topModule,
    files: pick(design, [...libraryOf(design), ...blackBoxes, `rtl/${topModule}.v`]),
    blackBoxes,
    blackBoxModules: modules,
    only: null,
    part: 'rest',
    layer: '',
    bits: 0,
  };
}

function libraryOf({ manifest }: RtlDesign): string[] {
  return manifest.verilog.filter((path) => path.startsWith('rtl/flexor_'));
}

function pick(design: RtlDesign, paths: readonly string[]): Map<string, string> {
  return new Map(paths.map((path) => [path, fileOf(design, path)]));
}

function fileOf(design: RtlDesign, path: string): string {
  const text = design.files.get(path);
  invariant(text !== undefined, `the design has no file ${path}`);
  return text;
}

/** A few syntheses at once; the first failure lets no other begin. */
async function synthesiseAll(
  units: readonly DesignUnit[],
  options: AreaOptions,
): Promise<ReadonlyMap<Unit, Synthesis>> {
  const results = new Map<Unit, Synthesis>();
  const waiting = [...units];
  const worker = async (): Promise<void> => {
    for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) {
      options.onProgress?.(results.size, units.length, unit.title);
      try {
        results.set(unit, await synthesise(unit, options));
      } catch (error) {
        waiting.length = 0;
        if (!(error instanceof FlexorError) || error.code === 'interrupted') throw error;
        throw new FlexorError(error.code, `area of ${unit.title}: ${error.message}`, { cause: error });
      }
      options.onProgress?.(results.size, units.length, unit.title);
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: options.jobs }, worker));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return results;
}

function strip(synthesis: Synthesis | null): UnitArea | null {
  if (synthesis === null) return null;
  const { resources, cells, depth } = synthesis;
  return { resources, cells, depth, criticalPathNs: null };
}

function weightBits(network: IntNetwork, name: string, weighted: LayerInfo['weighted']): WeightBits | null {
  if (weighted === null) return null;
  const node = weightedNodes(plainTwin(network)).find((each) => each.name === name);
  invariant(node !== undefined, `layer ${name} is not in the network`);
  const { words, wordBits } = wordShape(node, weighted);
  const { weightBits, encryptedBits, storedBits } = weighted;
  return { weightBits, encryptedBits, storedBits, plainStoredBits: words * wordBits };
}

function totalWeights(layers: readonly LayerArea[]): WeightBits {
  const sum = (key: keyof WeightBits): number =>
    layers.reduce((total, { weights }) => total + (weights?.[key] ?? 0), 0);
  return {
    weightBits: sum('weightBits'),
    encryptedBits: sum('encryptedBits'),
    storedBits: sum('storedBits'),
    plainStoredBits: sum('plainStoredBits'),
  };
}
