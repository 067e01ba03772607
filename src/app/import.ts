/** Makes a model of an ONNX or QONNX file, and compares the two on random and given inputs. */
import { basename } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { readNpy } from '../data/own/npy.js';
import { Random } from '../base/random.js';
import { loweringProblems } from '../fixed/lower.js';
import { saveModel } from '../model/write.js';
import type { FlexorModel } from '../model/types.js';
import { inputDims } from '../onnx/execute/run.js';
import { importOnnx, ImportProblems, MOVES, type Imported } from '../onnx/import/import.js';
import type { Problem } from '../onnx/import/builder.js';
import { loadOnnx } from '../onnx/read.js';
import type { OnnxModel } from '../onnx/types.js';
import { sizeOf } from '../onnx/execute/value.js';
import { verifyImport } from './import-verify.js';
import type { Verification } from './import-verify.js';

export interface ImportRequest {
  readonly output: string;
  /** Random inputs on which graph and networks are compared. */
  readonly verify: number;
  readonly seed: number;
  /**
   * `.npy` file of inputs that are compared besides: [N, …] with the graph's own dimensions. Bytes are pixels, other numbers
   * are what the graph takes.
   */
  readonly inputs?: string;
  /** How a pixel p becomes a number of the graph's input: (p/255 − mean)/std; one number or one a channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Name of the data set that the model is for. */
  readonly dataset: string;
  readonly classes: readonly string[] | null;
}

export interface ImportResult {
  readonly model: FlexorModel;
  readonly notes: readonly string[];
  readonly verification: Verification | null;
}

/** Random inputs, and given ones, from which ranges are measured. */
const RANGE_SAMPLES = 4;
const RANGE_INPUTS = 64;

/**
 * Imports a file and writes the model. Nothing is written where something cannot be taken (`ImportProblems`) or where a
 * quantised tensor differs.
 */
export function importModel(path: string, request: ImportRequest): ImportResult {
  const onnx = loadOnnx(path);
  const random = randomInputs(onnx, path, request, Math.max(request.verify, RANGE_SAMPLES));
  const given = request.inputs === undefined ? [] : givenInputs(onnx, path, request.inputs, request);
  const compared = [...given, ...random.slice(0, request.verify)];
  const name =
    basename(path)
      .replace(/\.onnx$/, '')
      .replace(/[^A-Za-z0-9_.-]/g, '_')
      .slice(0, 64) || 'imported';
  const imported = importOnnx(onnx, path, {
    name,
    pixels: { mean: request.mean, std: request.std },
    classes: request.classes,
    provenance: {
      recipe: `flexor import ${basename(path)}`,
      seed: null,
      dataset: request.dataset,
      testAccuracy: null,
      testImages: null,
      notes: '',
    },
    samples: [...given.slice(0, RANGE_INPUTS), ...random.slice(0, RANGE_SAMPLES)],
  });
  const verification = compared.length === 0 ? null : verifyOrExplain(onnx, imported, compared, path);
  const { model, notes } = imported;
  const wrong = verification?.tensors.find(
    ({ exact, integerDiffers, floatDiffers }) => exact && integerDiffers + floatDiffers > 0,
  );
  if (wrong !== undefined) {
    throw new FlexorError(
      'mismatch',
      `${path}: tensor '${wrong.tensor}' (${wrong.node}): ${wrong.integerDiffers} integers of the integer network and ` +
        `${wrong.floatDiffers} of the float network differ from the graph; nothing is written` +
        (request.inputs === undefined ? '' : '. Inputs must be pixels where the graph does not quantise them'),
    );
  }
  saveModel(request.output, model);
  return { model, notes, verification };
}

/** Where lowering refuses the model, it is asked for all that it refuses, which becomes the table of the graph's nodes. */
function verifyOrExplain(
  onnx: OnnxModel,
  imported: Imported,
  inputs: readonly Float64Array[],
  path: string,
): Verification {
  try {
    return verifyImport(onnx, imported, inputs, path, {});
  } catch (error) {
    if (!(error instanceof FlexorError)) throw error;
    const refused = loweringProblems(imported.model);
    if (refused.length === 0) throw error;
    const problems = refused.map(({ node, error: { message } }) => {
      const [reason, ...remedy] = message.replace(/^layer \S+: /, '').split('; ');
      return problemOf(onnx, imported, node, reason!, remedy.join('; ') || 'see docs/onnx.md');
    });
    throw new ImportProblems(path, problems, onnx.nodes.length);
  }
}

/** A problem of a node of the model, told of the node of the graph that gives its tensor, whatever moves that behind it. */
function problemOf(onnx: OnnxModel, { shared }: Imported, node: string, reason: string, remedy: string): Problem {
  const tensor = shared.find((each) => each.node === node)?.tensor;
  const makerOf = (name: string | undefined) =>
    name === undefined ? undefined : onnx.nodes.find(({ outputs }) => outputs.includes(name));
  let maker = makerOf(tensor);
  while (maker !== undefined && MOVES.includes(maker.operator)) maker = makerOf(maker.inputs[0]);
  return { node: maker?.name || tensor || node, operator: maker?.operator ?? '', reason, remedy };
}

/** The inputs of a file, in single precision as the graph takes them. */
function givenInputs(onnx: OnnxModel, path: string, file: string, { mean, std }: ImportRequest): Float64Array[] {
  const dims = inputDimsOf(onnx, path);
  const size = sizeOf(dims);
  const { shape, values } = readNpy(file);
  const [count = 0, ...rest] = shape;
  const fits = count * size === values.length && count > 0 && rest.join() === dims.slice(1).join();
  if (!fits) {
    const wanted = ['N', ...dims.slice(1)].join(', ');
    throw new FlexorError('data', `${file}: must be [${wanted}] as the graph's input, got [${shape.join(', ')}]`);
  }
  const wrong = values.findIndex((value: number) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new FlexorError('data', `${file}: must be finite numbers, got ${values[wrong]} at element ${wrong}`);
  const arePixels = values instanceof Uint8Array;
  const channelOf = channels(dims);
  const inputs = Float64Array.from(values, (value: number, i: number) => {
    return arePixels ? pixelInput(value, channelOf(i % size), mean, std) : Math.fround(value);
  });
  return Array.from({ length: count }, (_, i) => inputs.subarray(i * size, (i + 1) * size));
}

function inputDimsOf(onnx: OnnxModel, path: string): readonly number[] {
  const [port] = onnx.inputs;
  if (port === undefined) throw new FlexorError('unsupported', `${path}: must have one input, got none`);
  return inputDims(port, path);
}

/** The channel of an element of the graph's input, [1, C, …] or a vector. */
function channels(dims: readonly number[]): (element: number) => number {
  const count = dims.length > 2 ? dims[1]! : 1;
  const plane = sizeOf(dims) / count;
  return (element) => Math.floor(element / plane) % count;
}

/** What the graph takes of a pixel, in single precision. */
function pixelInput(pixel: number, c: number, mean: readonly number[], std: readonly number[]): number {
  return Math.fround((pixel / 255 - (mean[c] ?? mean[0]!)) / (std[c] ?? std[0]!));
}

/** Random pixels as the graph's input takes them. */
function randomInputs(
  onnx: OnnxModel,
  path: string,
  { seed, mean, std }: ImportRequest,
  count: number,
): Float64Array[] {
  const dims = inputDimsOf(onnx, path);
  const size = sizeOf(dims);
  const channelOf = channels(dims);
  const random = Random.derive(seed, 'import');
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: size }, (_, i) => pixelInput(random.below(256), channelOf(i), mean, std)),
  );
}

export { ImportProblems };
export type { Problem };
