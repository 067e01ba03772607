/**
 * Float and integer network tensor by tensor, where tensors carry quantisers: their integers are to be equal, so what is
 * counted here is 0 for a network whose layers are all exact (docs/numbers.md, Quantised tensors and integer weights).
 */
import { exactTensors, isReadable } from '../model/exact-tensors.js';
import { floatEvaluator } from '../model/evaluate.js';
import { modelShapes } from '../model/shapes.js';
import { INPUT_NAME } from '../graph/order.js';
import { createSimulator } from '../simulate/simulate.js';
import type { LoweredModel, TestImages } from './inputs.js';

/** Most images: single-threaded, and a difference that is there at all shows early. */
const MOST_IMAGES = 500;

export interface TensorDifferences {
  /** The first images of the run. */
  readonly images: number;
  /** Tensors of an image that are integers behind a quantiser, the input left out. */
  readonly tensors: number;
  /** Tensors of all images of which any element differs. */
  readonly differing: number;
  readonly elements: number;
  readonly differingElements: number;
}

/** A quantised tensor: where it is among the streams of the integer network, and what its integers stand for. */
interface Compared {
  readonly stream: number;
  readonly scale: number;
  readonly zero: number;
}

/** Null where no tensor behind the input carries a quantiser. */
export function compareTensors(
  { model, network, places }: LoweredModel,
  { preprocessed, quantised, count }: Pick<TestImages, 'preprocessed' | 'quantised' | 'count'>,
): TensorDifferences | null {
  const compared = comparedTensors({ model, network, places });
  if (compared.size === 0) return null;
  const images = Math.min(count, MOST_IMAGES);
  const evaluator = floatEvaluator(model);
  const simulator = createSimulator(network);
  const size = evaluator.inputElements;
  let [differing, elements, differingElements] = [0, 0, 0];
  for (let i = 0; i < images; i++) {
    const trace = simulator.trace(quantised[i]!);
    evaluator.logits(preprocessed.subarray(i * size, (i + 1) * size), (name, values) => {
      const tensor = compared.get(name);
      if (tensor === undefined) return;
      const integers = trace[tensor.stream]!;
      const wrong = values.reduce((n, x, at) => n + (differs(x, integers[at]!, tensor) ? 1 : 0), 0);
      differing += wrong > 0 ? 1 : 0;
      elements += values.length;
      differingElements += wrong;
    });
  }
  return { images, tensors: compared.size, differing, elements, differingElements };
}

/** Integers are 1 apart, halves in a bipolar tensor; what is less is the rounding of a real value to single precision. */
function differs(x: number, integer: number, { scale, zero }: Compared): boolean {
  return Math.abs(x / scale + zero - integer) > 0.25;
}

function comparedTensors({ model, network, places }: Pick<LoweredModel, 'model' | 'network' | 'places'>) {
  const streams = [INPUT_NAME, ...network.nodes.map(({ name }) => name)];
  const tensors = [network.input, ...network.nodes.map(({ outputTensor }) => outputTensor)];
  const exact = exactTensors(model, modelShapes(model));
  const compared = new Map<string, Compared>();
  for (const { name } of model.nodes) {
    const [tensor, place] = [exact.get(name), places.get(name)];
    if (tensor === undefined || !isReadable(tensor) || place === undefined || name === model.output) continue;
    const stream = streams.indexOf(place);
    const { scale, zero = 0 } = tensors[stream]!;
    compared.set(name, { stream, scale, zero });
  }
  return compared;
}
