/** Makes a model of an ONNX or QONNX file, and compares the two on random and given inputs. */
import { basename } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { Random } from '../base/random.js';
import { saveModel } from '../model/write.js';
import type { FlexorModel } from '../model/types.js';
import { inputDims } from '../onnx/execute/run.js';
import { importOnnx, ImportProblems } from '../onnx/import/import.js';
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

/** Random inputs from which ranges are measured where nothing is compared. */
const RANGE_SAMPLES = 4;

/**
 * Imports a file and writes the model. Nothing is written where something cannot be taken (`ImportProblems`) or where a
 * quantised tensor differs.
 */
export function importModel(path: string, request: ImportRequest): ImportResult {
  const onnx = loadOnnx(path);
  const inputs = randomInputs(onnx, path, request, Math.max(request.verify, RANGE_SAMPLES));
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
    samples: inputs.slice(0, RANGE_SAMPLES),
  });
  const verification =
    request.verify === 0 ? null : verifyImport(onnx, imported, inputs.slice(0, request.verify), path, {});
  const { model, notes } = imported;
  const wrong = verification?.tensors.find(
    ({ exact, integerDiffers, floatDiffers }) => exact && integerDiffers + floatDiffers > 0,
  );
  if (wrong !== undefined) {
    throw new FlexorError(
      'mismatch',
      `${path}: tensor '${wrong.tensor}' (${wrong.node}): ${wrong.integerDiffers} integers of the integer network and ` +
        `${wrong.floatDiffers} of the float network differ from the graph; nothing is written`,
    );
  }
  saveModel(request.output, model);
  return { model, notes, verification };
}

/** Random pixels as the graph's input takes them. */
function randomInputs(
  onnx: OnnxModel,
  path: string,
  { seed, mean, std }: ImportRequest,
  count: number,
): Float64Array[] {
  const [port] = onnx.inputs;
  if (port === undefined) throw new FlexorError('unsupported', `${path}: must have one input, got none`);
  const dims = inputDims(port, path);
  const size = sizeOf(dims);
  const channels = dims.length > 2 ? dims[1]! : 1;
  const random = Random.derive(seed, 'import');
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: size }, (_, i) => {
      const c = Math.floor(i / (size / channels)) % channels;
      const value = (random.below(256) / 255 - (mean[c] ?? mean[0]!)) / (std[c] ?? std[0]!);
      return Math.fround(value);
    }),
  );
}

export { ImportProblems };
export type { Problem };
