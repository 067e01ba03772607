/**
 * The part of a graph that an importer has to look at: chains that compute shapes or weights from constants are folded, what
 * no output needs is left out, and every tensor has its dims. Quantisers behind max pools move in front of them: both only
 * compare, so their order does not matter, and the pool then compares integers.
 */
import { constantValues, executeGraph, executeNode, inputDims } from '../execute/run.js';
import { operatorOf } from '../execute/operators.js';
import { exactValue, sizeOf } from '../execute/value.js';
import type { Value } from '../execute/value.js';
import { QONNX_DOMAIN } from '../read.js';
import type { OnnxModel, OnnxNode } from '../types.js';

export interface LiveGraph {
  /** Nodes that depend on the network's input and on which an output depends, sorted. */
  readonly nodes: readonly OnnxNode[];
  /** Every tensor that is a constant. */
  readonly constants: ReadonlyMap<string, Value>;
  /** Dims of every tensor, for one sample. */
  readonly dims: ReadonlyMap<string, readonly number[]>;
  /** Nodes that compute constants, by the name of their output. */
  readonly makers: ReadonlyMap<string, OnnxNode>;
}

/** Nodes whose operator is not executed at all. */
export function unknownNodes(model: OnnxModel): readonly OnnxNode[] {
  return model.nodes.filter((node) => operatorOf(node) === null);
}

export function liveGraph(model: OnnxModel, where: string): LiveGraph {
  const zeros = new Map(
    model.inputs.map((port) => [port.name, new Float64Array(sizeOf(inputDims(port, where)))] as const),
  );
  const values = executeGraph(model, zeros, where);
  const constants = constantsOf(model, values, where);
  const needed = new Set(model.outputs.map(({ name }) => name));
  const live: OnnxNode[] = [];
  for (const node of [...model.nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name) && !constants.has(name))) continue;
    live.push(node);
    for (const name of node.inputs) needed.add(name);
  }
  const dims = new Map(Array.from(values, ([name, value]) => [name, value.dims]));
  const makers = new Map(model.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const moved = quantisersBeforePools(live.reverse(), model, dims);
  return { nodes: moved, constants, dims, makers };
}

/** Tensors that do not depend on an input's numbers: Shape depends on its dims alone. */
function constantsOf(model: OnnxModel, all: ReadonlyMap<string, Value>, where: string): Map<string, Value> {
  const constants = constantValues(model);
  for (const node of model.nodes) {
    const known = node.inputs.every((name) => name === '' || constants.has(name));
    if (known) executeNode(node, constants, model.opset, where);
    else if (node.operator === 'Shape') for (const name of node.outputs) constants.set(name, all.get(name)!);
  }
  return constants;
}

/** Operators that keep the order of numbers, with one set of parameters for the whole tensor. */
const MONOTONE: readonly string[] = ['Relu', 'Clip', 'Sign', 'Quant', 'IntQuant', 'BipolarQuant'];

function quantisersBeforePools(
  nodes: readonly OnnxNode[],
  model: OnnxModel,
  dims: Map<string, readonly number[]>,
): OnnxNode[] {
  const result = [...nodes];
  const outputs = new Set(model.outputs.map(({ name }) => name));
  for (;;) {
    const readers = (name: string): OnnxNode[] => result.filter(({ inputs }) => inputs.includes(name));
    const at = result.findIndex((pool) => {
      if (pool.operator !== 'MaxPool' && pool.operator !== 'GlobalMaxPool') return false;
      const chain = monotoneChain(pool.outputs[0]!, readers, outputs);
      return chain.some(({ domain }) => domain === QONNX_DOMAIN) && readers(pool.inputs[0]!).length === 1;
    });
    const pool = result[at];
    if (pool === undefined) return result;
    const [next] = readers(pool.outputs[0]!) as [OnnxNode];
    const before = `${next.outputs[0]!} before ${pool.name}`;
    dims.set(before, dims.get(pool.inputs[0]!)!);
    const moved = { ...next, inputs: [pool.inputs[0]!, ...next.inputs.slice(1)], outputs: [before] };
    result[at] = moved;
    result[result.indexOf(next)] = { ...pool, inputs: [before], outputs: next.outputs };
  }
}

/** Monotone operators behind a tensor, each the only reader of the one before. */
function monotoneChain(
  tensor: string,
  readers: (name: string) => OnnxNode[],
  outputs: ReadonlySet<string>,
): readonly OnnxNode[] {
  const found = readers(tensor);
  const [node] = found;
  if (node === undefined || found.length !== 1 || outputs.has(tensor) || !MONOTONE.includes(node.operator)) return [];
  return [node, ...monotoneChain(node.outputs[0]!, readers, outputs)];
}

/** A value of the same dims with other numbers, to see where an operator moves them. */
export function indexed(dims: readonly number[], values: ArrayLike<number>): Value {
  return exactValue(dims, 'float64', Float64Array.from(values), true);
}
