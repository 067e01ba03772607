/**
 * Executes a graph operator by operator, in the semantics of each: the reference for everything that is made from it. It
 * shares nothing with the importer but the reader. Shapes come out of it, too: no separate shape inference is needed.
 */
import { FlexorError } from '../../base/errors.js';
import { printable } from '../../base/json.js';
import { fileProblem } from '../../model/problem.js';
import type { OnnxModel, OnnxNode, OnnxPort } from '../types.js';
import { Context } from './context.js';
import { operatorOf } from './operators.js';
import { constantOf, exactValue, sizeOf } from './value.js';
import type { Value } from './value.js';

/** Dims of an input for one sample: free dimensions (the batch) are 1. */
export function inputDims({ name, dims }: OnnxPort, where: string): readonly number[] {
  if (dims === null) throw fileProblem(where, `input '${printable(name)}'`, 'must state its shape');
  const known = dims.map((n) => n ?? 1);
  if (known.some((n) => n < 1) || sizeOf(known) > 2 ** 26) {
    throw fileProblem(where, `input '${printable(name)}'`, `must have 1 to 2^26 elements, got [${known.join(', ')}]`);
  }
  return known;
}

/** Every tensor of the graph for these inputs, by name. Values of an input are row-major in its dims. */
export function executeGraph(
  model: OnnxModel,
  inputs: ReadonlyMap<string, Float64Array>,
  where: string,
): Map<string, Value> {
  const values = constantValues(model);
  for (const port of model.inputs) {
    const given = inputs.get(port.name);
    const dims = inputDims(port, where);
    if (given?.length !== sizeOf(dims)) {
      throw new FlexorError(
        'data',
        `input '${printable(port.name)}' needs ${sizeOf(dims)} numbers, got ${given?.length}`,
      );
    }
    values.set(port.name, exactValue(dims, port.type ?? 'float32', given, false));
  }
  for (const node of model.nodes) executeNode(node, values, model.opset, where);
  return values;
}

export function constantValues(model: OnnxModel): Map<string, Value> {
  return new Map(Array.from(model.initialisers, ([name, tensor]) => [name, constantOf(tensor)]));
}

/** Computes one node from the tensors that are there, and adds its outputs to them. */
export function executeNode(node: OnnxNode, values: Map<string, Value>, opset: number, where: string): void {
  const operator = operatorOf(node);
  const inputs = node.inputs.map((name) => (name === '' ? null : (values.get(name) ?? null)));
  const context = new Context(node, inputs, opset, where);
  if (operator === null) throw context.problem('is no operator that is supported');
  const outputs = operator(context);
  const constant = context.inputs().every((value) => value.constant);
  node.outputs.forEach((name, i) => {
    if (name === '') return;
    const output = outputs[i];
    if (output === undefined) throw context.problem(`output ${i} is not supported`);
    values.set(name, constant && !output.constant ? folded(output) : output);
  });
}

/** Constants that operators compute from constants are rounded to their type, as runtimes that fold them do. */
function folded(output: Value): Value {
  const rounded = output.type === 'float32' ? Float64Array.from(output.values, Math.fround) : output.values;
  return exactValue(output.dims, output.type, rounded, true);
}
