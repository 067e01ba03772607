/**
 * Reference logits: what the maker of a model got for some inputs. A reader computes them anew, so that weights that were
 * written in another order, or a layer that was misunderstood, are noticed when the file is opened.
 */
import { elementCount } from '../graph/shapes.js';
import { floatEvaluator } from './evaluate.js';
import { fileProblem } from './problem.js';
import type { ModelDocument } from './schema.js';
import type { TensorReader, TensorTable } from './tensors.js';
import type { FlexorModel, ModelReference } from './types.js';

/** Most images, so that opening a file stays quick. */
const MAX_IMAGES = 64;

/**
 * Largest root mean square of the differences, as a share of that of the logits. Single precision and quantised values that
 * fall to either side of a step stay far below it, weights in another order far above.
 */
const TOLERANCE = 0.05;

type ReferenceDocument = NonNullable<ModelDocument['reference']>;

/** Sizes of the tensors: inputs [n, height, width, channels], logits [n, classes]. */
export function checkReferenceTensors(
  { inputs, logits }: ReferenceDocument,
  { input, classes }: Pick<ModelDocument, 'input' | 'classes'>,
  tensors: TensorReader,
  where: string,
): void {
  const images = tensors.length(inputs);
  if (images < 1 || images > MAX_IMAGES) {
    throw fileProblem(where, 'reference.inputs', `must have 1 to ${MAX_IMAGES} images, got ${images}`);
  }
  tensors.check(inputs, 'F32', [images, ...input.shape]);
  tensors.check(logits, 'F32', [images, classes.length]);
}

export function readReference({ inputs, logits }: ReferenceDocument, tensors: TensorReader): ModelReference {
  return { inputs: tensors.floats(inputs), logits: tensors.floats(logits) };
}

/** The field, where the model has a reference. */
export function referenceDocument(model: FlexorModel, tensors: TensorTable): { reference?: ReferenceDocument } {
  const { reference, classes, input } = model;
  if (reference === undefined) return {};
  const { height, width, channels } = input.shape;
  const images = reference.logits.length / classes.length;
  return {
    reference: {
      inputs: tensors.floats('reference.inputs', reference.inputs, [images, height, width, channels]),
      logits: tensors.floats('reference.logits', reference.logits, [images, classes.length]),
    },
  };
}

/** Throws where the reference is none that a file can hold. */
export function verifyReference({ reference, input, classes }: FlexorModel, where: string): void {
  if (reference === undefined) return;
  const { inputs, logits } = reference;
  const images = logits.length / classes.length;
  if (
    !Number.isInteger(images) ||
    images < 1 ||
    images > MAX_IMAGES ||
    inputs.length !== images * elementCount(input.shape)
  ) {
    throw fileProblem(where, 'reference', `must have 1 to ${MAX_IMAGES} images, and ${classes.length} logits for each`);
  }
  for (const values of [inputs, logits]) {
    const wrong = values.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw fileProblem(where, 'reference', `must hold finite values, got ${wrong}`);
  }
}

/** Throws where the model does not give the logits that its file states. */
export function checkReference(model: FlexorModel, where: string): void {
  const { reference } = model;
  if (reference === undefined) return;
  const expected = reference.logits;
  const logits = floatEvaluator(model).logits(reference.inputs);
  const difference = rootMeanSquare(logits.map((value, i) => value - expected[i]!));
  const share = difference === 0 ? 0 : difference / rootMeanSquare(expected);
  if (share <= TOLERANCE) return;
  const worst = logits.reduce((at, _, i) => (gap(logits, expected, i) > gap(logits, expected, at) ? i : at), 0);
  const [image, at] = [Math.floor(worst / model.classes.length), worst % model.classes.length];
  throw fileProblem(
    where,
    'reference.logits',
    `must be what the model gives, within ${100 * TOLERANCE} % (root mean square), got ${logits[worst]!.toPrecision(4)} ` +
      `for ${expected[worst]!.toPrecision(4)} (image ${image}, logit ${at}): are weights in another order than stated?`,
  );
}

function gap(logits: Float32Array, expected: Float32Array, i: number): number {
  return Math.abs(logits[i]! - expected[i]!);
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
