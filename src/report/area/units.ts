/** What is synthesised of a design: layers, their parts and decryptors, the plain design's layers, ports, and the whole. */
import { invariant } from '../../base/errors.js';
import type { LayerInfo, RtlFiles } from '../../rtl/types.js';
import type { Unit } from './synthesise.js';
import { UNITS } from '../../rtl/units/index.js';
import { filesIn } from '../../rtl/views/layer-files.js';

export type UnitKind = 'layer' | 'decryptor' | 'plain' | 'rest' | 'parts' | 'whole';

export interface DesignUnit extends Unit {
  readonly kind: UnitKind;
  /** Empty where it is not one layer. */
  readonly layer: string;
  /** Rough work, to begin with the longest. */
  readonly work: number;
}

export interface UnitOptions {
  /** The plain network's design, where its layers are wanted too. */
  readonly plain: RtlFiles | null;
  /** The whole design in one synthesis too. */
  readonly whole: boolean;
  /** Place and route the whole with these seeds of nextpnr, layers with the first; none: not at all. */
  readonly seeds: readonly number[];
}

/** Everything that is synthesised, the longest first. */
export function unitsOf(design: RtlFiles, { plain, whole, seeds }: UnitOptions): DesignUnit[] {
  const units: DesignUnit[] = [restOf(design)];
  if (whole || seeds.length > 0) units.push({ ...wholeOf(design), seeds });
  for (const layer of design.manifest.layers) {
    const unit = { ...layerUnit(design, layer, 'layer'), seeds: seeds.slice(0, 1) };
    units.push(unit, layerUnit(design, layer, 'parts'));
    if (layer.weighted !== null) units.push(layerUnit(design, layer, 'decryptor'));
  }
  for (const layer of plain?.manifest.layers ?? []) {
    if (layer.weighted !== null) units.push(layerUnit(plain!, layer, 'plain'));
  }
  return units.sort((a, b) => b.work - a.work);
}

/** What stands between XOR circuits and MAC arrays, as Yosys names the modules under whatever parameters. */
const SHIFT_REGISTERS = UNITS.flatMap(({ parts }) => Object.entries(parts))
  .filter(([, part]) => part === 'shiftRegister')
  .map(([module]) => `*${module}*`);

const PLAIN = { blackBoxes: [], blackBoxModules: [], only: null, hierarchy: 'flat', seeds: [] } as const;

/**
 * One layer: flattened, with every module kept (`parts`: each distinct module and set of parameters is synthesised once for
 * all lanes and planes), only its decryptors, or that of the plain design.
 */
function layerUnit(design: RtlFiles, layer: LayerInfo, kind: Exclude<UnitKind, 'rest' | 'whole'>): DesignUnit {
  const file = fileOfModule(layer.module);
  const text = fileOf(design, file);
  const circuits = circuitsOf(design);
  const memories = filesIn(text, '\\w+File').map(({ path }) => path);
  return {
    ...PLAIN,
    title: kind === 'layer' ? layer.name : `${layer.name}, ${kind}`,
    top: layer.module,
    files: pick(design, [...libraryOf(design), ...circuits, file, ...memories]),
    only: kind === 'decryptor' ? [...circuits.map(moduleOf), ...SHIFT_REGISTERS] : null,
    hierarchy: kind === 'parts' ? 'kept' : 'flat',
    kind,
    layer: layer.name,
    work: kind === 'decryptor' ? 0 : storedBits(layer),
  };
}

/** The top with the layers as black boxes. */
function restOf(design: RtlFiles): DesignUnit {
  const { topModule, layers } = design.manifest;
  const modules = [...new Set(layers.map((layer) => layer.module))];
  const blackBoxes = modules.map(fileOfModule);
  return {
    ...PLAIN,
    title: 'ports',
    top: topModule,
    files: pick(design, [...libraryOf(design), ...blackBoxes, fileOfModule(topModule)]),
    blackBoxes,
    blackBoxModules: modules,
    kind: 'rest',
    layer: '',
    work: 0,
  };
}

/** The whole design, flattened in one. */
function wholeOf(design: RtlFiles): DesignUnit {
  const { topModule, layers, memories, verilog } = design.manifest;
  return {
    ...PLAIN,
    title: 'whole design',
    top: topModule,
    files: pick(design, [...verilog, ...memories]),
    kind: 'whole',
    layer: '',
    work: layers.reduce((sum, layer) => sum + storedBits(layer), 0),
  };
}

function storedBits({ weighted }: LayerInfo): number {
  return weighted?.storedBits ?? 0;
}

function libraryOf({ manifest }: RtlFiles): string[] {
  return manifest.verilog.filter((path) => path.startsWith('rtl/flexor_'));
}

/** Verilog of the XOR circuits: what is neither of the library nor a layer nor the top. */
function circuitsOf(design: RtlFiles): string[] {
  const { topModule, layers, verilog } = design.manifest;
  const others = new Set([
    ...libraryOf(design),
    ...[topModule, ...layers.map(({ module }) => module)].map(fileOfModule),
  ]);
  return verilog.filter((path) => !others.has(path));
}

function fileOfModule(module: string): string {
  return `rtl/${module}.v`;
}

function moduleOf(path: string): string {
  return path.slice('rtl/'.length, -'.v'.length);
}

function pick(design: RtlFiles, paths: readonly string[]): Map<string, string> {
  return new Map(paths.map((path) => [path, fileOf(design, path)]));
}

function fileOf(design: RtlFiles, path: string): string {
  const text = design.files.get(path);
  invariant(text !== undefined, `the design has no file ${path}`);
  return text;
}
