/**
 * Writes a `.flexor` file (docs/format.md). The bytes depend on nothing but the model: two writes are identical, and so
 * are write and write-after-read.
 */
import { packBits } from '../base/bits.js';
import { sha256 } from '../base/files.js';
import { writeFileAtomic } from '../base/output.js';
import { formatContainer, payloadOf } from './container.js';
import { DOCUMENT_DIGEST_KEY, DOCUMENT_KEY, parseDocument } from './schema.js';
import type { BatchNormDocument, HistogramDocument, ModelDocument, NodeDocument, WeightsDocument } from './schema.js';
import type { ConvWindow, Sliding } from '../graph/types.js';
import { quantiserDocument } from './quantiser-document.js';
import { commonTaps } from './taps.js';
import { referenceDocument } from './reference.js';
import { TensorTable } from './tensors.js';
import type {
  BatchNorm,
  ConvNode,
  DenseNode,
  EncryptedHistogram,
  FlexorModel,
  LayerWeights,
  ModelData,
  ModelNode,
} from './types.js';
import { verifyModel } from './verify.js';
import { versionOf } from './versions.js';

/** Writes a model to a file; the file appears whole or not at all. */
export function saveModel(path: string, model: FlexorModel): void {
  writeFileAtomic(path, writeModel(model));
}

/** The bytes of the file. */
export function writeModel(model: FlexorModel): Uint8Array {
  verifyModel(model);
  const tensors = new TensorTable();
  const nodes = model.nodes.map((node) => nodeDocument(node, tensors));
  const { shape, preprocessing, range, quantiser } = model.input;
  const input: ModelDocument['input'] = {
    shape: [shape.height, shape.width, shape.channels],
    mean: [...preprocessing.mean],
    std: [...preprocessing.std],
    ...quantiserDocument(quantiser),
    range: [range.min, range.max],
  };
  const reference = referenceDocument(model, tensors);
  const document: ModelDocument = {
    formatVersion: versionOf({ input, nodes, data: model.data, ...reference }).version,
    name: model.name,
    digest: sha256(payloadOf(tensors.all)),
    input,
    nodes,
    output: model.output,
    classes: [...model.classes],
    ...dataDocument(model.data),
    provenance: { ...model.provenance },
    ...reference,
  };
  const json = JSON.stringify(document);
  parseDocument(json, model.name);
  const metadata = new Map([
    [DOCUMENT_KEY, json],
    [DOCUMENT_DIGEST_KEY, sha256(json)],
  ]);
  return formatContainer(metadata, tensors.all);
}

/** The field, where the model says something of its data. */
function dataDocument(data: ModelData | undefined): { data?: NonNullable<ModelDocument['data']> } {
  if (data === undefined) return {};
  const { digest, label, imageSize } = data;
  return {
    data: {
      digest,
      ...(label === undefined ? {} : { label }),
      ...(imageSize === undefined ? {} : { imageSize: [...imageSize] as [number, number] }),
    },
  };
}

function nodeDocument(node: ModelNode, tensors: TensorTable): NodeDocument {
  const { name } = node;
  if (node.kind === 'add') {
    const { relu, quantiser, range } = node;
    const inputs = [...node.inputs] as [string, string];
    return { kind: 'add', name, inputs, relu, ...quantiserDocument(quantiser), range: [range.min, range.max] };
  }
  if (node.kind === 'concat') return { kind: 'concat', name, inputs: [...node.inputs] };
  const common = { name, inputs: [node.input] as [string] };
  switch (node.kind) {
    case 'conv':
      return { kind: 'conv', ...common, ...convDocument(node), ...weightedDocument(node, tensors) };
    case 'dense':
      return { kind: 'dense', ...common, ...weightedDocument(node, tensors) };
    case 'maxPool':
    case 'avgPool':
      return { kind: node.kind, ...common, ...slidingDocument(node) };
    case 'subsample':
      return { kind: 'subsample', ...common, stride: [...node.stride], channelPadding: [...node.channelPadding] };
    case 'activation':
      return {
        kind: 'activation',
        ...common,
        batchNorm: node.batchNorm && batchNormDocument(node.batchNorm, `${name}.batchNorm`, tensors),
        clamp: [...node.clamp],
        ...quantiserDocument(node.quantiser),
        range: [node.range.min, node.range.max],
      };
    case 'flatten':
      return { kind: 'flatten', ...common };
  }
}

function slidingDocument({ kernel, stride, padding }: Sliding): Pick<ConvDocument, keyof Sliding> {
  return { kernel: [...kernel], stride: [...stride], padding: [...padding] };
}

type ConvDocument = Extract<NodeDocument, { kind: 'conv' }>;

/** Dilation and groups only where there are any. */
function convDocument(node: ConvNode): Pick<ConvDocument, keyof ConvWindow> {
  const { dilation, groups } = node;
  return {
    ...slidingDocument(node),
    ...(dilation[0] === 1 && dilation[1] === 1 ? {} : { dilation: [...dilation] }),
    ...(groups === 1 ? {} : { groups }),
  };
}

type Weighted = Omit<Extract<NodeDocument, { kind: 'dense' }>, 'kind' | 'name' | 'inputs'>;

function weightedDocument(node: ConvNode | DenseNode, tensors: TensorTable): Weighted {
  return {
    outChannels: node.outChannels,
    weights: weightsDocument(node.weights, node.name, tensors),
    bias: node.bias && tensors.floats(`${node.name}.bias`, node.bias),
    batchNorm: node.batchNorm && batchNormDocument(node.batchNorm, `${node.name}.batchNorm`, tensors),
    relu: node.relu,
    ...quantiserDocument(node.quantiser),
    range: [node.range.min, node.range.max],
  };
}

function weightsDocument(weights: LayerWeights, node: string, tensors: TensorTable): WeightsDocument {
  if (weights.encoding === 'float') {
    return { encoding: 'float', order: 'hwio', values: tensors.floats(`${node}.weights`, weights.values) };
  }
  if (weights.encoding === 'int') {
    const { bits, values, scale } = weights;
    return {
      encoding: 'int',
      order: 'hwio',
      bits,
      planes: Array.from({ length: bits }, (_, i) =>
        tensors.bytes(`${node}.plane.${i}`, packBits(Uint8Array.from(values, (k) => (k >> i) & 1))),
      ),
      scale: tensors.floats(`${node}.scale`, scale),
    };
  }
  const { planes } = weights;
  const matrices = planes.map((plane) => plane.matrix);
  return {
    encoding: 'xor',
    order: 'hwio',
    q: planes.length,
    nIn: matrices[0]!.nIn,
    ...(weights.nominalNIn === undefined ? {} : { nominalNIn: weights.nominalNIn }),
    nOut: matrices[0]!.nOut,
    nTap: commonTaps(matrices),
    planes: planes.map((plane, i) => ({
      matrix: tensors.matrix(plane.matrix),
      encrypted: tensors.bytes(`${node}.encrypted.${i}`, plane.encrypted),
      alpha: tensors.floats(`${node}.alpha.${i}`, plane.alpha),
      ...(plane.encryptedHistogram === null ? {} : { encryptedHistogram: histogramDocument(plane.encryptedHistogram) }),
    })),
  };
}

/** Fields in the order of the format, whoever made the histogram. */
function histogramDocument({ limit, below, counts, above }: EncryptedHistogram): HistogramDocument {
  return { limit, below, counts: [...counts], above };
}

function batchNormDocument(batchNorm: BatchNorm, at: string, tensors: TensorTable): BatchNormDocument {
  return {
    gamma: tensors.floats(`${at}.gamma`, batchNorm.gamma),
    beta: tensors.floats(`${at}.beta`, batchNorm.beta),
    mean: tensors.floats(`${at}.mean`, batchNorm.mean),
    variance: tensors.floats(`${at}.variance`, batchNorm.variance),
    epsilon: batchNorm.epsilon,
  };
}
