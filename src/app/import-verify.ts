/**
 * Compares a graph, executed operator by operator, with what was made of it: the float network and the integer network, on
 * the same inputs, at every tensor that they have in common. Quantised tensors must be equal integers.
 */
import { elementCount } from '../graph/shapes.js';
import { lowerWithPlaces } from '../fixed/lower.js';
import type { LowerOptions } from '../fixed/options.js';
import { quantiseInput } from '../fixed/scales.js';
import type { IntTensor } from '../fixed/types.js';
import { evaluateNodes } from '../model/evaluate.js';
import { exactTensors, isReadable } from '../model/exact-tensors.js';
import { modelShapes } from '../model/shapes.js';
import { executeGraph } from '../onnx/execute/run.js';
import type { Imported } from '../onnx/import/import.js';
import type { OnnxModel } from '../onnx/types.js';
import { createSimulator } from '../simulate/simulate.js';

/** One tensor, over all inputs. */
export interface TensorComparison {
  /** Its name in the graph and in the model. */
  readonly tensor: string;
  readonly node: string;
  readonly elements: number;
  /** Whether integers must be equal. */
  readonly exact: boolean;
  /** Elements whose integers differ, of float and of integer network. */
  readonly floatDiffers: number;
  readonly integerDiffers: number;
  /** Largest difference of real values of the integer network, in units of its tensor. */
  readonly largest: number;
}

export interface Verification {
  readonly inputs: number;
  readonly tensors: readonly TensorComparison[];
  /** Inputs whose class, the largest logit, is another. */
  readonly classDiffers: number;
}

type Tally = { -readonly [K in keyof TensorComparison]: TensorComparison[K] };

/** Runs every input through all three. Inputs are those of the graph, row-major. */
export function verifyImport(
  onnx: OnnxModel,
  imported: Imported,
  inputs: readonly Float64Array[],
  where: string,
  options: LowerOptions,
): Verification {
  const { model, shared } = imported;
  const { network, places } = lowerWithPlaces(model, '0'.repeat(64), options);
  const shapes = modelShapes(model);
  const exact = exactTensors(model, shapes);
  const simulator = createSimulator(network);
  const streams = ['input', ...network.nodes.map(({ name }) => name)];
  const tensors = [network.input, ...network.nodes.map(({ outputTensor }) => outputTensor)];
  const compared = shared.filter(({ node }) => node !== model.output && places.has(node));
  const tallies = compared.map(({ tensor, node }): Tally => {
    const integers = exact.get(node);
    return {
      tensor,
      node,
      elements: elementCount(shapes.get(node)!),
      exact: integers !== undefined && isReadable(integers),
      floatDiffers: 0,
      integerDiffers: 0,
      largest: 0,
    };
  });
  let classDiffers = 0;
  for (const input of inputs) {
    const values = executeGraph(onnx, new Map([[onnx.inputs[0]!.name, input]]), where);
    const image = imported.preprocess(input);
    const floats = evaluateNodes(model, image);
    const trace = simulator.trace(quantiseInput(network, image));
    for (const [k, { tensor, node, places: order }] of compared.entries()) {
      const at = streams.indexOf(places.get(node)!);
      compareTensor(tallies[k]!, values.get(tensor)?.values, order, floats.get(node)!, trace[at]!, tensors[at]!);
    }
    const logits = shared.find(({ node }) => node === model.output)!;
    const expected = values.get(logits.tensor)!.values;
    const actual = trace.at(-1)!;
    const best = largestAt(Float64Array.from(expected, (_, i) => actual[logits.places[i]!]!));
    // Equal logits of the graph are no difference, whichever the network takes.
    if (expected[best]! < expected[largestAt(expected)]! - 1e-9 * (1 + Math.abs(expected[best]!))) classDiffers++;
  }
  return { inputs: inputs.length, tensors: tallies, classDiffers };
}

function compareTensor(
  tally: Tally,
  expected: Float64Array | undefined,
  order: Int32Array,
  floats: Float32Array,
  stream: ArrayLike<number>,
  { scale, zero = 0 }: IntTensor,
): void {
  if (expected === undefined) return;
  for (const [i, value] of expected.entries()) {
    const unit = value / scale;
    const place = order[i]!;
    const difference = Math.abs(stream[place]! - zero - unit);
    tally.largest = Math.max(tally.largest, difference);
    // Integers are 1 apart, bipolar ones too; what is less is the rounding of the division.
    if (difference > 1e-6 * (1 + Math.abs(unit))) tally.integerDiffers++;
    if (Math.abs(floats[place]! / scale - unit) > 1e-6 * (1 + Math.abs(unit))) tally.floatDiffers++;
  }
}

function largestAt(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
