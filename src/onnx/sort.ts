/** The order of a graph's nodes: every node behind those that it reads. Files should be sorted, and not all are. */
import { printable } from '../base/json.js';
import { fileProblem } from '../model/problem.js';
import type { OnnxNode, OnnxPort } from './types.js';

/** Sorts nodes, keeping the file's order where it can; `given` are the names of tensors that need no node. */
export function sortNodes(
  nodes: readonly OnnxNode[],
  given: readonly string[],
  outputs: readonly OnnxPort[],
  where: string,
): OnnxNode[] {
  const makers = new Map<string, OnnxNode>();
  const sources = new Set(given);
  for (const node of nodes) {
    for (const name of node.outputs.filter((each) => each !== '')) {
      if (makers.has(name) || sources.has(name)) {
        throw fileProblem(where, nodeText(node), `gives tensor '${printable(name)}', which has another source, too`);
      }
      makers.set(name, node);
    }
  }
  for (const node of nodes) {
    const missing = node.inputs.find((name) => name !== '' && !makers.has(name) && !sources.has(name));
    if (missing !== undefined) {
      throw fileProblem(
        where,
        nodeText(node),
        `reads tensor '${printable(missing)}', which is no input, no initialiser and no node's output`,
      );
    }
  }
  checkOutputs(outputs, makers, sources, where);
  return depthFirst(nodes, makers, where);
}

function checkOutputs(
  outputs: readonly OnnxPort[],
  makers: ReadonlyMap<string, OnnxNode>,
  sources: ReadonlySet<string>,
  where: string,
): void {
  if (outputs.length === 0) throw fileProblem(where, 'graph', 'must have an output, got none');
  const lost = outputs.find(({ name }) => !makers.has(name) && !sources.has(name));
  if (lost !== undefined) {
    throw fileProblem(where, `output '${printable(lost.name)}'`, 'must be the output of a node, no node gives it');
  }
}

/** Depth first without recursion: a chain in a file can be longer than a stack. */
function depthFirst(nodes: readonly OnnxNode[], makers: ReadonlyMap<string, OnnxNode>, where: string): OnnxNode[] {
  const sorted: OnnxNode[] = [];
  const state = new Map<OnnxNode, 'open' | 'done'>();
  for (const start of nodes) {
    const stack: OnnxNode[] = [start];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      if (state.get(node) === 'done') {
        stack.pop();
        continue;
      }
      const waiting = node.inputs
        .map((name) => makers.get(name))
        .filter((maker): maker is OnnxNode => maker !== undefined && state.get(maker) !== 'done');
      if (waiting.length === 0) {
        state.set(node, 'done');
        sorted.push(node);
        stack.pop();
        continue;
      }
      state.set(node, 'open');
      const cycle = waiting.find((maker) => state.get(maker) === 'open');
      if (cycle !== undefined) {
        throw fileProblem(
          where,
          nodeText(node),
          `reads the output of ${nodeText(cycle)}, which depends on it (a cycle)`,
        );
      }
      stack.push(waiting[0]!);
    }
  }
  return sorted;
}

/** How errors call a node. */
export function nodeText({ name, operator }: OnnxNode): string {
  return `node ${printable(name)} (${printable(operator)})`;
}
