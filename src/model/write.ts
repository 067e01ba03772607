/**
 * Writes a `.flexor` file (docs/format.md). The bytes depend on nothing but the model: two writes are identical, and so
 * are write and write-after-read.
 */
import { sha256, writeFileAtomic } from '../base/files.js';
import { rowTaps } from '../xor/matrix.js';
import type { XorMatrix } from '../xor/types.js';
import { formatContainer, payloadOf } from './container.js';
import type { Tensor } from './container.js';
import { parseDocument } from './schema.js';
import type { BatchNormDocument, ModelDocument, NodeDocument, WeightsDocument } from './schema.js';
import { FORMAT_VERSION } from './types.js';
import type { BatchNorm, BinaryCodes, ConvNode, DenseNode, FlexorModel, ModelNode } from './types.js';
import { verifyModel } from './verify.js';

/** Metadata key of the document, and of the SHA-256 of its text. */
export const DOCUMENT_KEY = 'flexor';
export const DOCUMENT_DIGEST_KEY = 'flexor.sha256';

/** Writes a model to a file; the file appears whole or not at all. */
export function saveModel(path: string, model: FlexorModel): void {
  writeFileAtomic(path, writeModel(model));
}

/** The bytes of the file. */
export function writeModel(model: FlexorModel): Uint8Array {
  verifyModel(model);
  const tensors = new TensorTable();
  const nodes = model.nodes.map((node) => nodeDocument(node, tensors));
  const { shape, preprocessing, range } = model.input;
  const document: ModelDocument = {
    formatVersion: FORMAT_VERSION,
    name: model.name,
    digest: sha256(payloadOf(tensors.all)),
    input: {
      shape: [shape.height, shape.width, shape.channels],
      mean: [...preprocessing.mean],
      std: [...preprocessing.std],
      range: [range.min, range.max],
    },
    nodes,
    output: model.output,
    classes: [...model.classes],
    provenance: { ...model.provenance },
  };
  const json = JSON.stringify(document);
  parseDocument(json, model.name);
  const metadata = new Map([
    [DOCUMENT_KEY, json],
    [DOCUMENT_DIGEST_KEY, sha256(json)],
  ]);
  return formatContainer(metadata, tensors.all);
}

/** Tensors by name, in the order in which they are added; equal M⊕ are stored once. */
class TensorTable {
  readonly all = new Map<string, Tensor>();
  private readonly matrices = new Map<string, string>();

  floats(name: string, values: Float32Array): string {
    const view = new DataView(new ArrayBuffer(values.length * 4));
    values.forEach((value, i) => view.setFloat32(i * 4, value, true));
    this.all.set(name, { dtype: 'F32', shape: [values.length], data: new Uint8Array(view.buffer) });
    return name;
  }

  bytes(name: string, data: Uint8Array): string {
    this.all.set(name, { dtype: 'U8', shape: [data.length], data });
    return name;
  }

  matrix({ nIn, nOut, bits }: XorMatrix): string {
    const key = `${nIn} ${nOut} ${sha256(bits)}`;
    const name = this.matrices.get(key) ?? `xor.${this.matrices.size}`;
    this.matrices.set(key, name);
    this.all.set(name, { dtype: 'U8', shape: [nOut, nIn], data: bits });
    return name;
  }
}

function nodeDocument(node: ModelNode, tensors: TensorTable): NodeDocument {
  const common = { name: node.name, inputs: [node.input] as [string] };
  switch (node.kind) {
    case 'conv':
      return { kind: 'conv', ...common, ...slidingDocument(node), ...weightedDocument(node, tensors) };
    case 'dense':
      return { kind: 'dense', ...common, ...weightedDocument(node, tensors) };
    case 'maxPool':
      return { kind: 'maxPool', ...common, ...slidingDocument(node) };
    case 'flatten':
      return { kind: 'flatten', ...common };
  }
}

type Sliding = Pick<Extract<NodeDocument, { kind: 'conv' }>, 'kernel' | 'stride' | 'padding'>;

function slidingDocument({ kernel, stride, padding }: Pick<ConvNode, 'kernel' | 'stride' | 'padding'>): Sliding {
  return { kernel: [...kernel], stride: [...stride], padding: [...padding] };
}

type Weighted = Omit<Extract<NodeDocument, { kind: 'dense' }>, 'kind' | 'name' | 'inputs'>;

function weightedDocument(node: ConvNode | DenseNode, tensors: TensorTable): Weighted {
  return {
    outChannels: node.outChannels,
    weights: weightsDocument(node.weights, node.name, tensors),
    bias: node.bias && tensors.floats(`${node.name}.bias`, node.bias),
    batchNorm: node.batchNorm && batchNormDocument(node.batchNorm, `${node.name}.batchNorm`, tensors),
    relu: node.relu,
    range: [node.range.min, node.range.max],
  };
}

function weightsDocument({ planes }: BinaryCodes, node: string, tensors: TensorTable): WeightsDocument {
  const matrices = planes.map((plane) => plane.matrix);
  return {
    encoding: 'xor',
    order: 'hwio',
    q: planes.length,
    nIn: matrices[0]!.nIn,
    nOut: matrices[0]!.nOut,
    nTap: commonTaps(matrices),
    planes: planes.map((plane, i) => ({
      matrix: tensors.matrix(plane.matrix),
      encrypted: tensors.bytes(`${node}.encrypted.${i}`, plane.encrypted),
      alpha: tensors.floats(`${node}.alpha.${i}`, plane.alpha),
    })),
  };
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

/** N_tap where every row of every matrix has the same number of ones, else null ("random"). */
export function commonTaps(matrices: readonly XorMatrix[]): number | null {
  const counts = new Set(matrices.flatMap((matrix) => rowTaps(matrix).map((taps) => taps.length)));
  const [only] = counts;
  return counts.size === 1 && only !== undefined ? only : null;
}
