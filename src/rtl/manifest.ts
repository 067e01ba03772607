/** The manifest of a generated design: what others need to know of it without reading Verilog. */
import { elementCount, inputsOf } from '../fixed/shapes.js';
import { cyclesPerPixel } from './fold.js';
import type { LayerPlan, Plan } from './plan.js';
import { banksOf } from './weight-memory.js';
import { layerCycles } from './schedule/predict.js';
import { portBytes } from './views/common.js';
import type { LayerInfo, Manifest, Prediction, StreamInfo, WeightStreamInfo } from './types.js';
import type { XorCircuits } from './xor-circuits.js';

function layerInfo(layer: LayerPlan, module: string, networks: XorCircuits): LayerInfo {
  const { node } = layer;
  const common = {
    name: node.name,
    kind: node.kind,
    module,
    inputs: inputsOf(node),
    inputShape: node.inputTensor.shape,
    outputShape: node.outputTensor.shape,
    inputFormat: node.inputTensor.format,
    outputFormat: node.outputTensor.format,
    cyclesPerFrame: layerCycles(layer),
  };
  if (layer.kind !== 'weighted') return { ...common, weighted: null };
  const { memory, fold, pixels } = layer;
  const heads =
    memory.phases.filter((phase) => phase !== 0).length * layer.node.planes.reduce((sum, p) => sum + p.nIn, 0);
  return {
    ...common,
    weighted: {
      pe: fold.pe,
      simd: fold.simd,
      reads: memory.reads,
      width: layer.widths.output,
      groups: layer.groups,
      cyclesPerPixel: cyclesPerPixel(layer.node, fold),
      planes: networks.get(node.name)!.map(({ nIn, outputs, gateCount, naiveGateCount, depth }) => ({
        nIn,
        nOut: outputs.length,
        gates: gateCount,
        naiveGates: naiveGateCount,
        depth,
      })),
      weightBits: layer.node.planes.length * layer.node.windowSize * layer.node.outChannels,
      encryptedBits: layer.node.planes.reduce((sum, plane) => sum + plane.encrypted.length, 0),
      storedBits: banksOf(layer.node) * (memory.rows * memory.rowBits + heads),
      memoryReadsPerFrame: memory.rows * pixels,
    },
  };
}

export interface ManifestInput {
  readonly plan: Plan;
  readonly networks: XorCircuits;
  readonly name: string;
  readonly topModule: string;
  readonly layerModules: readonly string[];
  readonly options: Manifest['options'];
  readonly prediction: Prediction;
  readonly verilog: readonly string[];
  readonly memories: readonly string[];
  readonly load: Manifest['load'] | null;
  readonly weightStreams: readonly WeightStreamInfo[];
  readonly simTop: Manifest['simTop'];
}

export function makeManifest(input: ManifestInput): Manifest {
  const { plan } = input;
  const { network } = plan;
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
    name: input.name,
    modelDigest: network.modelDigest,
    topModule: input.topModule,
    options: input.options,
    input: {
      shape: network.input.shape,
      format: network.input.format,
      scale: network.input.scale,
      bytesPerBeat: bytes.input,
    },
    output: { count: plan.logitCount, format: plan.logitFormat, logitBytes: bytes.logit, classBytes: bytes.class },
    classes: network.classes,
    layers: plan.layers.map((layer, i) => layerInfo(layer, input.layerModules[i]!, input.networks)),
    streams,
    prediction: input.prediction,
    verilog: input.verilog,
    memories: input.memories,
    ...(input.load === null ? {} : { load: input.load }),
    ...(input.weightStreams.length === 0 ? {} : { weightStreams: input.weightStreams }),
    simTop: input.simTop,
  };
}
