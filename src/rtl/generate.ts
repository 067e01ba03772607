/**
 * The generator: prints a design as Verilog, memory files, file list, simulation top and manifest. It decides nothing, and
 * its output is a function of the design alone: no date, host or path.
 */
import { packageText } from '../base/files.js';
import { template } from '../base/template.js';
import type { Design } from './design.js';
import { loadPacket, packetFile } from './load.js';
import { makeManifest } from './manifest.js';
import { layerMemories, memoryFile, type MemoryWords } from './memory-words.js';
import { frameNumberBits, isBuffered, isLoadable, type LayerPlan, type Plan } from './plan.js';
import { checkRegisters } from './registers.js';
import type { RtlFiles, WeightStreamInfo } from './types.js';
import type { Heading } from './views/common.js';
import { poolView } from './views/pool.js';
import { subsampleView } from './views/subsample.js';
import { simTopView } from './views/sim-top.js';
import { topView, weightPorts } from './views/top.js';
import { weightedView } from './views/weighted.js';
import type { XorCircuits } from './xor-circuits.js';

/** The files of a design, and the design that they are of. */
export interface GeneratedDesign extends RtlFiles {
  readonly design: Design;
}

/** Modules of `hw/` that designs are made of, in the order in which one builds on the other. */
const LIBRARY = [
  'flexor_fifo',
  // Engines and requantisers name both kinds of memory, so both are there.
  'flexor_rom',
  'flexor_store',
  'flexor_bank',
  'flexor_ram',
  'flexor_fifo_ram',
  'flexor_fork',
  'flexor_xor_circuit',
  'flexor_decryptor',
  'flexor_weights',
  'flexor_resize',
  'flexor_masked_add',
  'flexor_adder_tree',
  'flexor_mac_array',
  'flexor_engine',
  'flexor_narrow',
  'flexor_scaler',
  'flexor_requantiser',
  'flexor_window_sequencer',
  'flexor_window_serial',
  'flexor_window_banked',
  'flexor_vector_buffer',
  'flexor_max_pool',
  'flexor_sum_pool',
  'flexor_subsample',
  'flexor_axis_in',
  'flexor_axis_keep',
  'flexor_classifier',
  'flexor_loader',
  'flexor_axil_regs',
] as const;

function libraryFile(module: string): string {
  return packageText(`hw/${module}.v`);
}

/** Stands outside the design in simulations and streams weights in. */
const WEIGHT_SOURCE = 'sim/flexor_weight_source.v';

const PACKET_FILE = 'mem/load.hex';
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

  addMemory(name: string, text: string): string {
    const path = `mem/${name}.mem`;
    this.files.set(path, text);
    this.memories.push(path);
    return path;
  }

  addWeights(layer: string, name: string, text: string): void {
    const path = `stream/${name}.hex`;
    this.files.set(path, text);
    this.weights.set(layer, path);
  }
}

interface LayerText {
  /** In the names of memory files. */
  readonly name: string;
  readonly module: string;
  readonly heading: Heading;
  /** Bits of frame numbers (frameNumberBits). */
  readonly frameBits: number;
}

function addLayer(files: DesignFiles, layer: LayerPlan, circuits: XorCircuits, text: LayerText): void {
  const { name, module, heading, frameBits } = text;
  if (layer.kind === 'pool') {
    files.addVerilog(module, template('pool.v', 'verilog')(poolView(layer, heading, module)));
    return;
  }
  if (layer.kind === 'subsample') {
    files.addVerilog(module, template('subsample.v', 'verilog')(subsampleView(layer, heading, module)));
    return;
  }
  const memories = new Map<MemoryWords['part'], string>();
  for (const memory of layerMemories(layer)) {
    const text = memoryFile(memory, layer.weights === 'ram');
    if (memory.part === 'weights' && layer.weights === 'stream') files.addWeights(layer.node.name, name, text);
    else memories.set(memory.part, files.addMemory(`${name}_${memory.part}`, text));
  }
  const view = weightedView(layer, circuits.get(layer.node.name)!, heading, module, { memories, frameBits });
  files.addVerilog(module, template('weighted.v', 'verilog')(view));
}

/** Beats of a stream into the layer are taken in parts. */
function isNarrowed(layer: LayerPlan): boolean {
  if (layer.kind !== 'weighted') return false;
  const { feed, widths, node } = layer;
  return (feed.kind === 'direct' && widths.input > 1) || (node.residual !== null && widths.residual > widths.output);
}

/** Library modules that a plan uses. */
function usedModules(plan: Plan, axiLite: boolean): readonly string[] {
  const { layers, readers } = plan;
  const feeds = layers.flatMap((layer) => (layer.kind === 'weighted' ? layer.feed.kind : []));
  const pools = layers.flatMap((layer) => (layer.kind === 'pool' ? layer : []));
  const windows = layers.some((layer) => layer.kind !== 'subsample' && layer.window !== null);
  const forks = readers.some(isBuffered);
  const needed: Partial<Record<string, boolean>> = {
    flexor_axil_regs: axiLite,
    flexor_loader: isLoadable(layers),
    flexor_ram: windows || forks || feeds.includes('vector'),
    flexor_fifo_ram: forks,
    flexor_fork: forks,
    flexor_narrow: layers.some(isNarrowed),
    flexor_window_sequencer: windows,
    flexor_window_serial: feeds.includes('serial') || pools.some(({ window }) => window !== null),
    flexor_window_banked: feeds.includes('banked'),
    flexor_vector_buffer: feeds.includes('vector'),
    flexor_max_pool: pools.some(({ node }) => node.kind === 'maxPool'),
    flexor_sum_pool: pools.some(({ node }) => node.kind === 'avgPool'),
    flexor_subsample: layers.some(({ kind }) => kind === 'subsample'),
  };
  return LIBRARY.filter((module) => needed[module] !== false);
}

/** Prints a design: its files in memory. */
export function generateRtl(design: Design): GeneratedDesign {
  const { network, plan, circuits, names, axiLite } = design;
  const origin = `Generated by flexor from model '${network.name}', SHA-256 ${network.modelDigest}.`;
  if (axiLite) checkRegisters(network.nodes.length);
  const files = new DesignFiles();
  const frameBits = frameNumberBits(plan);

  for (const module of usedModules(plan, axiLite)) files.addVerilog(module, libraryFile(module));
  plan.layers.forEach((layer, i) => {
    const heading = { title: `Layer ${layer.node.name} of ${network.name}.`, origin };
    addLayer(files, layer, circuits, { name: names.layers[i]!, module: names.layerModules[i]!, heading, frameBits });
  });
  const topHeading = { title: `${network.name}: image stream in, logits and class out.`, origin };
  files.addVerilog(names.topModule, template('top.v', 'verilog')(topView(design, topHeading)));
  files.files.set(
    SIM_TOP_FILE,
    template('sim-top.v', 'verilog')(simTopView(design, { title: '', origin }, files.weights)),
  );
  const weightStreams = weightStreamInfos(design, files);
  const sources = weightStreams.length === 0 ? [] : [WEIGHT_SOURCE];
  for (const path of sources) files.files.set(path, packageText(path));
  const packet = isLoadable(plan.layers) ? loadPacket(plan, network) : null;
  if (packet !== null) files.files.set(PACKET_FILE, packetFile(packet));
  files.files.set('files.f', files.verilog.map((path) => `${path}\n`).join(''));

  const manifest = makeManifest(design, {
    verilog: files.verilog,
    memories: files.memories,
    load: packet && { beats: packet.length - 1, file: PACKET_FILE },
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
