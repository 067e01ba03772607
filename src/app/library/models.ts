/** Models for programs that use the library: read, build, write, lower, and inputs for the integer network. */
import { FlexorError } from '../../base/errors.js';
import { shippedFile } from '../../base/places.js';
import { lower as lowerModel, type LowerOptions } from '../../fixed/lower.js';
import { quantiseInput } from '../../fixed/scales.js';
import { elementCount } from '../../graph/shapes.js';
import type { IntNetwork } from '../../fixed/types.js';
import { preprocess } from '../../model/evaluate.js';
import { loadModel as loadModelFile, readModel, type LoadedModel } from '../../model/read.js';
import type { FlexorModel } from '../../model/types.js';
import { writeModel } from '../../model/write.js';

/**
 * Reads a model file.
 *
 * @param path - A `.flexor` file; `models/NAME.flexor` is a shipped model where the current folder has none of this name.
 * @throws FlexorError of code `file-system` where it cannot be read, `model-file` where it is damaged or breaks the format.
 */
export function loadModel(path: string): LoadedModel {
  return loadModelFile(shippedFile(path));
}

/**
 * Reads a model from the bytes of a file.
 *
 * @param name - Begins the text of errors.
 * @throws FlexorError of code `model-file`.
 */
export function parseModel(bytes: Uint8Array, name: string): LoadedModel {
  return readModel(bytes, name);
}

/**
 * Checks a model that a program has put together, as a file of it would be checked, and gives it its digest.
 *
 * @param model - Nodes in order of evaluation. A binary plane has N_in bits a slice, packed eight a byte, the least
 *   significant first; M⊕ gives weight bit f = v·C_out + c of window element v and output channel c (docs/format.md).
 * @throws FlexorError of code `model-file` that names the node and the field.
 */
export function buildModel(model: FlexorModel): LoadedModel {
  return readModel(writeModel(model), model.name);
}

/**
 * The integer network of a model: what the hardware computes, bit for bit.
 *
 * @param options - Bits; docs/numbers.md says of what.
 * @throws FlexorError of code `usage` for bits out of range, `width` where a sum would not fit, `unsupported` for a graph
 *   that the hardware cannot do.
 */
export function lower({ model, digest }: LoadedModel, options: LowerOptions = {}): IntNetwork {
  return lowerModel(model, digest, options);
}

/**
 * Inputs of the integer network from pixels, preprocessed as the model says.
 *
 * @param pixels - images × height × width × channels (NHWC), each 0 to 255.
 * @returns One array an image, height × width × channels, in the network's input format.
 * @throws FlexorError of code `data` where the length is not a multiple of the model's input.
 */
export function inputsFromPixels({ model }: LoadedModel, network: IntNetwork, pixels: Uint8Array): Int32Array[] {
  return inputsFromValues(network, preprocess(model, pixels));
}

/**
 * Inputs of the integer network from values that are preprocessed already.
 *
 * @param values - images × height × width × channels (NHWC), in the units of the float network's input.
 * @returns One array an image; values outside the input's range are clipped to it.
 * @throws FlexorError of code `data` where the length is not a multiple of the network's input.
 */
export function inputsFromValues(network: IntNetwork, values: ArrayLike<number>): Int32Array[] {
  const size = elementCount(network.input.shape);
  if (values.length % size !== 0) {
    throw new FlexorError('data', `values must be a multiple of the network's ${size} inputs, got ${values.length}`);
  }
  const integers = quantiseInput(network, values);
  return Array.from({ length: values.length / size }, (_, i) => integers.slice(i * size, (i + 1) * size));
}
