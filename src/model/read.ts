/**
 * Reads a `.flexor` file (docs/format.md): container, document, graph, tensor sizes, digests, values, in this order, so
 * that nothing is used or allocated before what it rests on has been checked.
 */
import { openInput, sha256 } from '../base/files.js';
import { isWeighted } from '../graph/order.js';
import type { GraphNode, Shape } from '../graph/types.js';
import { parseContainer, readContainer } from './container.js';
import type { Container } from './container.js';
import { shown } from '../base/json.js';
import { fileProblem } from './problem.js';
import { quantiserOf } from './quantiser-document.js';
import { checkReference, checkReferenceTensors, readReference } from './reference.js';
import { checkWeightTensors, dilationAndGroups, readWeights } from './read-weights.js';
import { DOCUMENT_DIGEST_KEY, DOCUMENT_KEY, parseDocument } from './schema.js';
import type { BatchNormDocument, ModelDocument, NodeDocument } from './schema.js';
import { modelShapes } from './shapes.js';
import { commonTaps } from './taps.js';
import { TensorReader } from './tensors.js';
import type { BatchNorm, FlexorModel, ModelNode } from './types.js';
import { verifyModel } from './verify.js';

/** A model and the SHA-256 of its tensor bytes, hexadecimal. */
export interface LoadedModel {
  readonly model: FlexorModel;
  readonly digest: string;
}

/** Reads a model from a file. */
export function loadModel(path: string): LoadedModel {
  const file = openInput(path);
  try {
    return modelOf(readContainer(file, path), path);
  } finally {
    file.close();
  }
}

/** Reads a model from the bytes of a file; `where` (its name) starts the text of errors. */
export function readModel(bytes: Uint8Array, where: string): LoadedModel {
  return modelOf(parseContainer(bytes, where), where);
}

function modelOf(container: Container, where: string): LoadedModel {
  const document = readDocument(container, where);
  const graph = graphOf(document);
  const shapes = modelShapes(graph, where);
  const tensors = new TensorReader(container.tensors, where);
  for (const node of document.nodes) checkTensors(node, shapes.get(node.inputs[0]!)!, tensors);
  if (document.reference !== undefined) checkReferenceTensors(document.reference, document, tensors, where);
  tensors.checkAllUsed();
  const digest = sha256(container.payload);
  if (digest !== document.digest) {
    throw fileProblem(
      where,
      'digest',
      `must be the SHA-256 of the tensor bytes (${digest}), got ${document.digest}: the file is damaged`,
    );
  }
  const model: FlexorModel = {
    ...graph,
    input: {
      ...graph.input,
      preprocessing: { mean: document.input.mean, std: document.input.std },
      ...quantiserOf(document.input.quantiser),
      range: rangeOf(document.input.range),
    },
    nodes: document.nodes.map((node) => readNode(node, shapes.get(node.inputs[0]!)!, tensors)),
    ...(document.data === undefined ? {} : { data: document.data }),
    provenance: document.provenance,
    ...(document.reference === undefined ? {} : { reference: readReference(document.reference, tensors) }),
  };
  verifyModel(model, where);
  checkTaps(document, model, where);
  checkReference(model, where);
  return { model, digest };
}

function readDocument({ metadata }: Container, where: string): ModelDocument {
  const json = metadata.get(DOCUMENT_KEY);
  if (json === undefined) {
    throw fileProblem(
      where,
      `__metadata__.${DOCUMENT_KEY}`,
      'must hold the model document; this is a safetensors file without one',
    );
  }
  const document = parseDocument(json, where);
  const digest = sha256(json);
  const stated = metadata.get(DOCUMENT_DIGEST_KEY);
  if (stated !== digest) {
    throw fileProblem(
      where,
      `__metadata__.${DOCUMENT_DIGEST_KEY}`,
      `must be the SHA-256 of the document's text (${digest}), got ${shown(stated)}: the file is damaged`,
    );
  }
  return document;
}

function graphOf({ name, input, nodes, output, classes }: ModelDocument) {
  const [height, width, channels] = input.shape;
  return {
    name,
    input: { shape: { height, width, channels } },
    nodes: nodes.map(graphNode),
    output,
    classes,
  };
}

function graphNode(node: NodeDocument): GraphNode {
  switch (node.kind) {
    case 'add':
    case 'concat':
      return node;
    case 'conv':
      return { ...node, input: node.inputs[0], ...dilationAndGroups(node) };
    default:
      return { ...node, input: node.inputs[0] };
  }
}

function checkTensors(node: NodeDocument, input: Shape, tensors: TensorReader): void {
  if (node.kind === 'activation') checkBatchNormTensors(node.batchNorm, input.channels, tensors);
  if (!isWeighted(node)) return;
  const { outChannels, bias, batchNorm } = node;
  checkWeightTensors(node, input, tensors);
  if (bias !== null) tensors.check(bias, 'F32', [outChannels]);
  checkBatchNormTensors(batchNorm, outChannels, tensors);
}

function checkBatchNormTensors(batchNorm: BatchNormDocument | null, channels: number, tensors: TensorReader): void {
  if (batchNorm === null) return;
  const { gamma, beta, mean, variance } = batchNorm;
  for (const name of [gamma, beta, mean, variance]) tensors.check(name, 'F32', [channels]);
}

function readNode(node: NodeDocument, shape: Shape, tensors: TensorReader): ModelNode {
  const { name } = node;
  if (node.kind === 'add') {
    const { inputs, relu, quantiser, range } = node;
    return { kind: 'add', name, inputs, relu, ...quantiserOf(quantiser), range: rangeOf(range) };
  }
  if (node.kind === 'concat') return { kind: 'concat', name, inputs: node.inputs };
  const common = { name, input: node.inputs[0] };
  switch (node.kind) {
    case 'conv':
    case 'dense': {
      const weighted = {
        ...common,
        outChannels: node.outChannels,
        weights: readWeights(node, shape, tensors),
        bias: node.bias === null ? null : tensors.floats(node.bias),
        batchNorm: node.batchNorm === null ? null : readBatchNorm(node.batchNorm, tensors),
        relu: node.relu,
        ...quantiserOf(node.quantiser),
        range: rangeOf(node.range),
      };
      if (node.kind === 'dense') return { kind: 'dense', ...weighted };
      const { kernel, stride, padding } = node;
      return { kind: 'conv', ...weighted, kernel, stride, padding, ...dilationAndGroups(node) };
    }
    case 'maxPool':
    case 'avgPool':
      return { kind: node.kind, ...common, kernel: node.kernel, stride: node.stride, padding: node.padding };
    case 'subsample':
      return { kind: 'subsample', ...common, stride: node.stride, channelPadding: node.channelPadding };
    case 'activation':
      return {
        kind: 'activation',
        ...common,
        batchNorm: node.batchNorm === null ? null : readBatchNorm(node.batchNorm, tensors),
        clamp: node.clamp,
        ...quantiserOf(node.quantiser),
        range: rangeOf(node.range),
      };
    case 'flatten':
      return { kind: 'flatten', ...common };
  }
}

function readBatchNorm(names: BatchNormDocument, tensors: TensorReader): BatchNorm {
  return {
    gamma: tensors.floats(names.gamma),
    beta: tensors.floats(names.beta),
    mean: tensors.floats(names.mean),
    variance: tensors.floats(names.variance),
    epsilon: names.epsilon,
  };
}

/** The stated N_tap must be what the matrices have; `null` states nothing. */
function checkTaps(document: ModelDocument, model: FlexorModel, where: string): void {
  document.nodes.forEach((node, i) => {
    const read = model.nodes[i]!;
    if (!('weights' in node) || !('weights' in read)) return;
    if (node.weights.encoding !== 'xor' || read.weights.encoding !== 'xor' || node.weights.nTap === null) return;
    const taps = commonTaps(read.weights.planes.map((plane) => plane.matrix));
    if (taps !== node.weights.nTap) {
      const got = taps === null ? 'rows that differ' : `${taps} in every row`;
      throw fileProblem(
        where,
        `${node.name}.weights.nTap`,
        `rows of M⊕ must have ${node.weights.nTap} ones, got ${got}`,
      );
    }
  });
}

function rangeOf([min, max]: readonly [number, number]): { min: number; max: number } {
  return { min, max };
}
