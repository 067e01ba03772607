/** The manifest of a generated design: what others need to know of it without reading Verilog. */
import { inputTensorsOf } from '../fixed/shapes.js';
import { inputsOf } from '../graph/order.js';
import { elementCount } from '../graph/shapes.js';
import { DEFAULT_BITS } from '../fixed/options.js';
import type { Design } from './design.js';
import { cyclesPerPixel } from './lanes.js';
import { layerCycles } from './layers/index.js';
import type { LayerPlan } from './layers/types.js';
import { sourceUnit } from './units/index.js';
import { portBytes } from './views/port-bytes.js';
import type { LayerInfo, Manifest, StreamInfo, WeightStreamInfo } from './types.js';
import type { XorCircuits } from './xor-circuits.js';

function layerInfo(layer: LayerPlan, module: string, circuits: XorCircuits): LayerInfo {
  const { node } = layer;
  const first = inputTensorsOf(node)[0]!;
  const common = {
    name: node.name,
    kind: node.kind,
    module,
    inputs: inputsOf(node),
    inputShape: first.shape,
    outputShape: node.outputTensor.shape,
    inputFormat: first.format,
    outputFormat: node.outputTensor.format,
    cyclesPerFrame: layerCycles(layer),
  };
  if (layer.kind !== 'weighted') return { ...common, weighted: null };
  const { memory, fold, pixels } = layer;
  const boundaryBits =
    memory.phases.filter((phase) => phase !== 0).length * layer.node.planes.reduce((sum, p) => sum + p.nIn, 0);
  return {
    ...common,
    weighted: {
      pe: fold.pe,
      simd: fold.simd,
      rowsPerWord: memory.rowsPerWord,
      width: layer.widths.output,
      groups: layer.groups,
      ...(fold.ramStyle === undefined ? {} : { ramStyle: fold.ramStyle }),
      ...(layer.tableLanes === 0 ? {} : { tableLanes: layer.tableLanes }),
      ...(layer.sharedSums ? { sharedSums: true } : {}),
      ...(layer.holdsWords ? { decryptor: 'hold' } : {}),
      ...(layer.thresholds === null ? {} : { thresholds: true as const }),
      cyclesPerPixel: cyclesPerPixel(layer.node, fold),
      planes: circuits.get(node.name)!.map(({ nIn, outputs, gateCount, naiveGateCount, depth }) => ({
        nIn,
        nOut: outputs.length,
        gates: gateCount,
        naiveGates: naiveGateCount,
        depth,
      })),
      weightBits: layer.node.planes.length * layer.node.windowSize * layer.node.outChannels,
      encryptedBits: layer.node.planes.reduce((sum, plane) => sum + plane.encrypted.length, 0),
      storedBits: sourceUnit(layer.weights).banks * (memory.rows * memory.rowBits + boundaryBits),
      memoryReadsPerFrame: memory.rows * pixels,
    },
  };
}

/** What the manifest says of a design's files. */
export interface FileInfo {
  readonly verilog: readonly string[];
  readonly memories: readonly string[];
  readonly load: Manifest['load'] | null;
  readonly weightStreams: readonly WeightStreamInfo[];
  readonly simTop: Manifest['simTop'];
}

/** The options that made a design; bits are those that its network was lowered with. */
function optionsOf({ network: { bits }, fold, xor, axiLite, prefix }: Design): Manifest['options'] {
  return {
    ...(bits === null ? {} : { activationBits: bits.activationBits, multiplierBits: bits.multiplierBits }),
    ...(bits === null || bits.floatBits === DEFAULT_BITS.floatBits ? {} : { floatBits: bits.floatBits }),
    ...(bits === null || Object.keys(bits.layerBits).length === 0 ? {} : { layerBits: bits.layerBits }),
    fold,
    xor,
    ...(axiLite ? { axiLite } : {}),
    ...(prefix === null ? {} : { prefix }),
  };
}

export function makeManifest(design: Design, files: FileInfo): Manifest {
  const { network, plan, names, circuits, prediction } = design;
  const bytes = portBytes(plan);
  const streams = [
    { node: 'input', tensor: network.input },
    ...network.nodes.map((node) => ({ node: node.name, tensor: node.outputTensor })),
  ].map(({ node, tensor }, index): StreamInfo => ({
    index,
    node,
    format: tensor.format,
    shape: tensor.shape,
    elementsPerFrame: elementCount(tensor.shape),
    width: plan.widths[index]!,
    readers: plan.readers[index]!.map(({ layer, port, fifoDepth }) => ({
      node: network.nodes[layer]!.name,
      port,
      fifoDepth,
    })),
  }));
  return {
    tool: 'flexor',
    manifestVersion: 1,
    name: names.model,
    modelDigest: network.modelDigest,
    topModule: names.topModule,
    options: optionsOf(design),
    input: {
      shape: network.input.shape,
      format: network.input.format,
      scale: network.input.scale,
      bytesPerBeat: bytes.input,
      ...(network.inputQuantiser === undefined ? {} : { quantiser: network.inputQuantiser }),
      ...(network.preprocessing === undefined ? {} : { preprocessing: network.preprocessing }),
    },
    output: {
      count: plan.logitCount,
      width: plan.widths.at(-1)!,
      format: plan.logitFormat,
      logitBytes: bytes.logit,
      classBytes: bytes.class,
    },
    classes: network.classes,
    layers: plan.layers.map((layer, i) => layerInfo(layer, names.layerModules[i]!, circuits)),
    streams,
    prediction,
    verilog: files.verilog,
    memories: files.memories,
    ...(files.load === null ? {} : { load: files.load }),
    ...(files.weightStreams.length === 0 ? {} : { weightStreams: files.weightStreams }),
    simTop: files.simTop,
  };
}
