/**
 * Reads an ONNX file: protobuf, model, tensors, graph, in this order. The graph comes out sorted, with a unique name for
 * every node; a tensor without source, a cycle or an operator domain that is not known here is an error that names it.
 */
import { readFile } from '../base/files.js';
import { printable } from '../base/json.js';
import { fileProblem } from '../model/problem.js';
import { Message } from './messages.js';
import { sortNodes } from './sort.js';
import { decodeTensor, elementType } from './tensors.js';
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxPort, OnnxTensor } from './types.js';

/** Domains of the standard's operators. */
const STANDARD_DOMAINS: readonly string[] = ['', 'ai.onnx'];
/** Domains under which QONNX operators are found; the last is what older exporters wrote. */
const QUANTISER_DOMAINS: readonly string[] = ['qonnx.custom_op.general', 'finn.custom_op.general', 'onnx.brevitas'];

/** Name that operators of every quantiser domain get here. */
export const QONNX_DOMAIN = 'qonnx';

/** Opset of the standard operators that is taken where a file states none. */
const DEFAULT_OPSET = 9;

/** Reads a model from a file. */
export function loadOnnx(path: string): OnnxModel {
  return readOnnx(readFile(path), path, path);
}

/** Reads a model from the bytes of a file. `path` is where external data is looked for beside; null for nowhere. */
export function readOnnx(bytes: Uint8Array, where: string, path: string | null = null): OnnxModel {
  const file = new Message(bytes, { where, field: 'model' });
  const graph = file.message(7, 'graph');
  if (graph === null) throw fileProblem(where, 'model', 'must have a graph (no ONNX file, or an empty one)');
  const initialisers = new Map<string, OnnxTensor>();
  for (const message of graph.messages(5, 'initializer')) {
    const tensor = decodeTensor(message, path);
    if (initialisers.has(tensor.name)) throw fileProblem(where, `tensor '${printable(tensor.name)}'`, 'exists twice');
    initialisers.set(tensor.name, tensor);
  }
  if (graph.has(15)) throw fileProblem(where, 'graph', 'sparse initialisers are not supported; store them dense');
  const inputs = graph.messages(11, 'input').map(decodePort);
  const outputs = graph.messages(12, 'output').map(decodePort);
  const nodes = nameNodes(graph.messages(1, 'node').map((message) => decodeNode(message, path)));
  checkDomains(nodes, where);
  const given = inputs.filter(({ name }) => !initialisers.has(name));
  const sorted = sortNodes(nodes, [...initialisers.keys(), ...given.map(({ name }) => name)], outputs, where);
  return { name: graph.text(2), opset: opsetOf(file), nodes: sorted, initialisers, inputs: given, outputs };
}

function opsetOf(file: Message): number {
  const versions = file
    .messages(8, 'opset_import')
    .filter((entry) => STANDARD_DOMAINS.includes(entry.text(1)))
    .map((entry) => entry.integer(2));
  return versions[0] ?? DEFAULT_OPSET;
}

function decodePort(message: Message): OnnxPort {
  const tensor = message.message(2, 'type')?.message(1, 'tensor_type') ?? null;
  const shape = tensor?.message(2, 'shape') ?? null;
  return {
    name: message.text(1),
    type: tensor === null ? null : elementType(tensor.integer(1)),
    dims: shape === null ? null : shape.messages(1, 'dim').map((dim) => (dim.has(1) ? dim.integer(1) : null)),
  };
}

function decodeNode(message: Message, path: string | null): OnnxNode {
  const domain = message.text(7);
  const known = STANDARD_DOMAINS.includes(domain) ? '' : QUANTISER_DOMAINS.includes(domain) ? QONNX_DOMAIN : domain;
  return {
    name: message.text(3),
    operator: message.text(4),
    domain: known,
    inputs: message.texts(1),
    outputs: message.texts(2),
    attributes: new Map(message.messages(5, 'attribute').map((each) => [each.text(1), decodeAttribute(each, path)])),
  };
}

/** AttributeProto; its `type` says which field counts, older files leave it out. */
function decodeAttribute(message: Message, path: string | null): OnnxAttribute {
  const type = message.has(20) ? message.integer(20) : [2, 3, 4, 5, 0, 7, 8].findIndex((n) => message.has(n)) + 1;
  switch (type) {
    case 1:
      return { kind: 'float', value: message.floats(2, 4).at(-1) ?? 0 };
    case 2:
      return { kind: 'int', value: message.integer(3) };
    case 3:
      return { kind: 'string', value: message.text(4) };
    case 4: {
      const tensor = message.message(5, 't');
      return tensor === null ? { kind: 'other' } : { kind: 'tensor', value: decodeTensor(tensor, path) };
    }
    case 6:
      return { kind: 'floats', value: message.floats(7, 4) };
    case 7:
      return { kind: 'ints', value: message.integers(8) };
    default:
      return { kind: 'other' };
  }
}

/** A name of its own for every node. */
function nameNodes(nodes: readonly OnnxNode[]): OnnxNode[] {
  const used = new Set<string>();
  return nodes.map((node, i) => {
    const name = node.name !== '' && !used.has(node.name) ? node.name : `${node.operator}_${i}`;
    used.add(name);
    return { ...node, name };
  });
}

function checkDomains(nodes: readonly OnnxNode[], where: string): void {
  const strange = nodes.filter(({ domain }) => domain !== '' && domain !== QONNX_DOMAIN);
  const first = strange[0];
  if (first === undefined) return;
  const domains = [...new Set(strange.map(({ domain }) => `'${printable(domain)}'`))].join(', ');
  throw fileProblem(
    where,
    `node ${printable(first.name)} (${printable(first.operator)})`,
    `operators must be the standard's or of ${QUANTISER_DOMAINS.join(', ')}; ${strange.length} are of ${domains}`,
  );
}
