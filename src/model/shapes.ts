/** Shapes of a model's tensors, and what a model's graph must be beyond any graph: it ends in logits, one a class. */
import { FlexorError } from '../base/errors.js';
import { isWeighted } from '../graph/order.js';
import { elementCount, inferShapes, type Graph } from '../graph/shapes.js';
import type { Shape } from '../graph/types.js';

/** What the checks need of a model; a `FlexorModel` is one. */
export interface Topology extends Graph {
  readonly name: string;
  readonly classes: readonly string[];
}

/**
 * Checks names, edges and shapes of the graph and returns the output shape of every node by name, plus the network's
 * input under INPUT_NAME. `where` starts error texts (a file's name).
 */
export function modelShapes(model: Topology, where: string = model.name): Map<string, Shape> {
  const shapes = inferShapes(model, where, 'model-file');
  const node = model.nodes.find((candidate) => candidate.name === model.output)!;
  if (!isWeighted(node)) {
    throw problem(`${where}: output: must name a conv or dense node, got '${model.output}' (${node.kind})`);
  }
  const logits = elementCount(shapes.get(model.output)!);
  if (model.classes.length !== logits) {
    throw problem(`${where}: classes: must be as many as the logits (${logits}), got ${model.classes.length}`);
  }
  return shapes;
}

function problem(message: string): FlexorError {
  return new FlexorError('model-file', message);
}
