/**
 * The generator: prints a design as Verilog, memory files, file list, simulation top and manifest. It decides nothing, and
 * its output is a function of the design alone: no date, host or path.
 */
import { packageText } from '../base/places.js';
import { template } from '../base/template.js';
import type { Design } from './design.js';
import { libraryModules, librarySource } from './library.js';
import { loadPacket, packetFile } from './load.js';
import { makeManifest } from './manifest.js';
import { layerKind } from './layers/index.js';
import type { LayerPlan, WeightedPlan } from './layers/types.js';
import { layerMemories, memoryFile } from './memory-words.js';
import { frameNumberBits, isLoadable, memoryBanks } from './plan.js';
import { checkRegisters } from './registers.js';
import type { RtlFiles, WeightStreamInfo } from './types.js';
import type { Heading } from './views/common.js';
import type { ModuleView } from './views/instances.js';
import { simTopView } from './views/sim-top.js';
import { topView } from './views/top.js';
import { weightPorts } from './views/weight-ports.js';
import { fileText, MEMORY_FOLDER, type MemoryParameter, type MemoryPart } from './views/layer-files.js';
import type { XorCircuits } from './xor-circuits.js';
import { planeModules, xorModules, xorView, type XorModule } from './xor-modules.js';
import { loadedBanks } from './weight-memory.js';

/** The files of a design, and the design that they are of. */
export interface GeneratedDesign extends RtlFiles {
  readonly design: Design;
}

/** Stands outside the design in simulations and streams weights in. */
const WEIGHT_SOURCE = 'sim/flexor_weight_source.v';

const SIM_TOP_FILE = 'sim/flexor_sim_top.v';

class DesignFiles {
  readonly files = new Map<string, string>();
  readonly verilog: string[] = [];
  readonly memories: string[] = [];
  /** Weights that are streamed in, by layer: a file each. */
  readonly weights = new Map<string, string>();

  addVerilog(module: string, text: string): void {
    const path = `rtl/${module}.v`;
    this.files.set(path, text);
    this.verilog.push(path);
  }

  constructor(private readonly prefix: string) {}

  addMemory(name: string, text: string): string {
    const path = `${MEMORY_FOLDER}/${this.prefix}${name}.mem`;
    this.files.set(path, text);
    this.memories.push(path);
    return path;
  }

  addPacket(text: string): string {
    const path = `${MEMORY_FOLDER}/${this.prefix}load.hex`;
    this.files.set(path, text);
    return path;
  }

  addWeights(layer: string, name: string, text: string): void {
    const path = `stream/${this.prefix}${name}.hex`;
    this.files.set(path, text);
    this.weights.set(layer, path);
  }
}

/** What `module.v` prints of a layer. */
type LayerModuleView = ModuleView & MemoryParameter;

interface LayerText {
  /** In the names of memory files. */
  readonly name: string;
  readonly module: string;
  readonly heading: Heading;
  /** Bits of frame numbers (frameNumberBits). */
  readonly frameBits: number;
  /** Modules of XOR circuits. */
  readonly xorModules: readonly XorModule[];
  /** Whether the folder of memory files is a parameter. */
  readonly hasPrefix: boolean;
}

/** The wrapper of a layer; its memories go into `files`. */
function layerVerilog(files: DesignFiles, layer: LayerPlan, circuits: XorCircuits, text: LayerText): string {
  const { name, module, heading, frameBits, hasPrefix } = text;
  const ofLayer = circuits.get(layer.node.name) ?? [];
  const paths = layer.kind === 'weighted' ? addMemories(files, layer, name) : new Map<MemoryPart, string>();
  const memories = new Map([...paths].map(([part, path]) => [part, fileText(path, hasPrefix)]));
  const layerFiles = { memories, frameBits, xorModules: planeModules(text.xorModules, ofLayer) };
  const view = layerKind(layer.node).module(layer, { heading, module, circuits: ofLayer, files: layerFiles });
  const memFolder = hasPrefix && paths.size > 0 ? MEMORY_FOLDER : null;
  return template<LayerModuleView>('module.v', 'verilog')({ ...view, memFolder });
}

/** Adds the memories of a layer, and returns their files. */
function addMemories(files: DesignFiles, layer: WeightedPlan, name: string): ReadonlyMap<MemoryPart, string> {
  const memories = new Map<MemoryPart, string>();
  for (const memory of layerMemories(layer)) {
    const text = memoryFile(memory, Math.max(1, loadedBanks(layer.weights)));
    if (memory.part === 'weights' && layer.weights === 'stream') files.addWeights(layer.node.name, name, text);
    else memories.set(memory.part, files.addMemory(`${name}_${memory.part}`, text));
  }
  return memories;
}

/** Modules of the design's own, in the order in which one builds on the other; layers' memories go into `files`. */
function ownModules({ network, plan, circuits, names, prefix }: Design, files: DesignFiles, origin: string) {
  const circuitModules = xorModules(circuits, names.model);
  const frameBits = frameNumberBits(plan);
  const texts = circuitModules.map((each) => ({
    module: each.module,
    text: template('xor.v', 'verilog')(xorView(each, origin)),
  }));
  plan.layers.forEach((layer, i) => {
    const heading = { title: `Layer ${layer.node.name} of ${network.name}.`, origin };
    const [name, module] = [names.layers[i]!, names.layerModules[i]!];
    const of = { name, module, heading, frameBits, xorModules: circuitModules, hasPrefix: prefix !== null };
    texts.push({ module, text: layerVerilog(files, layer, circuits, of) });
  });
  return texts;
}

/** Prints a design: its files in memory. */
export function generateRtl(design: Design): GeneratedDesign {
  const { network, plan, names, axiLite } = design;
  const origin = `Generated by flexor from model '${network.name}', SHA-256 ${network.modelDigest}.`;
  if (axiLite) checkRegisters(network.nodes.length);
  const files = new DesignFiles(names.filePrefix);
  const topHeading = { title: `${network.name}: image stream in, logits and class out.`, origin };
  const own = ownModules(design, files, origin);
  own.push({ module: names.topModule, text: template('top.v', 'verilog')(topView(design, topHeading)) });
  for (const module of libraryModules(own.map(({ text }) => text))) files.addVerilog(module, librarySource(module));
  for (const { module, text } of own) files.addVerilog(module, text);
  files.files.set(
    SIM_TOP_FILE,
    template('sim-top.v', 'verilog')(simTopView(design, { title: '', origin }, files.weights)),
  );
  const weightStreams = weightStreamInfos(design, files);
  const sources = weightStreams.length === 0 ? [] : [WEIGHT_SOURCE];
  for (const path of sources) files.files.set(path, packageText(path));
  const packet = isLoadable(plan.layers) ? loadPacket(plan, network) : null;
  const packetPath = packet === null ? null : files.addPacket(packetFile(packet));
  files.files.set('files.f', files.verilog.map((path) => `${path}\n`).join(''));

  const manifest = makeManifest(design, {
    verilog: files.verilog,
    memories: files.memories,
    load: packet && { beats: packet.length - 1, file: packetPath!, banks: memoryBanks(plan) },
    weightStreams,
    simTop: { module: 'flexor_sim_top', file: SIM_TOP_FILE, sources },
  });
  files.files.set('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
  return { design, manifest, files: files.files };
}

function weightStreamInfos({ plan, names, axiLite }: Design, { weights }: DesignFiles): WeightStreamInfo[] {
  return weightPorts(plan, names, axiLite).flatMap((port): WeightStreamInfo | [] => {
    if (port === null) return [];
    const { layer, port: name, rowBits, bits, rows, pixels } = port;
    const shape = { rowBits, bytesPerBeat: bits / 8, beatsPerPass: rows, passesPerFrame: pixels };
    return { layer, port: name, ...shape, file: weights.get(layer)! };
  });
}
