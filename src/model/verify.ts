/**
 * Checks the numbers of a model, whether it was just trained or just read: array lengths, M⊕ rows, trailing bits, finite
 * values, batch-norm variances, ranges, preprocessing. A model that passes can be evaluated, lowered and written.
 */
import { countOnes, packedBytes } from '../base/bits.js';
import { FlexorError } from '../base/errors.js';
import { sliceCount, xorMatrix } from '../xor/matrix.js';
import { checkHistogram } from './histogram.js';
import { isWeighted } from '../graph/order.js';
import { elementCount, windowSize } from '../graph/shapes.js';
import { modelShapes } from './shapes.js';
import { fileProblem } from './problem.js';
import { verifyReference } from './reference.js';
import type {
  ActivationRange,
  BatchNorm,
  BinaryCodes,
  CodePlane,
  ConvNode,
  DenseNode,
  FlexorModel,
  IntWeights,
  Quantiser,
} from './types.js';

/**
 * Magnitudes that single precision holds comfortably. Beyond them a unit of the integer network, or a multiplier between
 * two such units, leaves the doubles, and no training gives such activations.
 */
const [SMALLEST, LARGEST] = [1e-30, 1e30];

/** Throws a one-line error that names the field where something is wrong. `where` starts it (a file's or model's name). */
export function verifyModel(model: FlexorModel, where: string = model.name): void {
  const shapes = modelShapes(model, where);
  checkInput(model, where);
  verifyReference(model, where);
  for (const node of model.nodes) {
    const at = `${where}: ${node.name}`;
    if (node.kind === 'add' || node.kind === 'activation') checkRange(node.range, at);
    if (node.kind === 'activation' && node.batchNorm !== null) {
      checkBatchNorm(node.batchNorm, shapes.get(node.name)!.channels, `${at}.batchNorm`);
    }
    if ('quantiser' in node) checkQuantiser(node.quantiser, at);
    if (isWeighted(node)) {
      checkWeighted(node, windowSize(node, shapes.get(node.input)!), at);
    }
  }
}

function checkInput(model: FlexorModel, where: string): void {
  const { preprocessing, shape, range } = model.input;
  for (const key of ['mean', 'std'] as const) {
    const values = preprocessing[key];
    if (values.length !== shape.channels) {
      throw fileProblem(
        where,
        `input.${key}`,
        `must have one value per channel (${shape.channels}), got ${values.length}`,
      );
    }
    checkFinite(values, `${where}: input.${key}`);
  }
  const std = preprocessing.std.find((value) => value <= 0);
  if (std !== undefined) throw fileProblem(where, 'input.std', `must be positive, got ${std}`);
  if (elementCount(shape) < 1) throw fileProblem(where, 'input.shape', 'must have at least one element');
  checkQuantiser(model.input.quantiser, `${where}: input`);
  checkRange(range, `${where}: input`);
}

function checkQuantiser(quantiser: Quantiser | undefined, at: string): void {
  if (quantiser === undefined) return;
  const { scale } = quantiser;
  if (scale >= SMALLEST && scale <= LARGEST) return;
  throw fileProblem(at, 'quantiser.scale', `must be from ${SMALLEST} to ${LARGEST}, got ${scale}`);
}

function checkWeighted(node: ConvNode | DenseNode, window: number, at: string): void {
  const { weights } = node;
  if (weights.encoding === 'xor') checkPlanes(weights, window, node.outChannels, at);
  else if (weights.encoding === 'int') checkIntWeights(weights, window * node.outChannels, node.outChannels, at);
  else checkVector(weights.values, window * node.outChannels, `${at}.weights.values`, 'weight');
  if (node.bias !== null) checkVector(node.bias, node.outChannels, `${at}.bias`);
  if (node.batchNorm !== null) checkBatchNorm(node.batchNorm, node.outChannels, `${at}.batchNorm`);
  checkRange(node.range, at);
}

function checkIntWeights({ bits, values, scale }: IntWeights, weights: number, channels: number, at: string): void {
  if (values.length !== weights) {
    throw fileProblem(at, 'weights.values', `must have one value per weight (${weights}), got ${values.length}`);
  }
  const limit = 2 ** (bits - 1);
  const outside = values.find((k) => k < -limit || k >= limit);
  if (outside !== undefined) throw fileProblem(at, 'weights.values', `must fit ${bits} signed bits, got ${outside}`);
  checkVector(scale, channels, `${at}.weights.scale`);
}

function checkPlanes({ planes, nominalNIn }: BinaryCodes, window: number, channels: number, at: string): void {
  const first = planes[0];
  if (first === undefined) throw fileProblem(at, 'weights.planes', 'must be at least one, got none');
  planes.forEach((plane, i) => {
    const field = `weights.planes[${i}]`;
    const { nIn, nOut } = plane.matrix;
    if (nIn !== first.matrix.nIn || nOut !== first.matrix.nOut) {
      throw fileProblem(
        at,
        `${field}.matrix`,
        `planes of a layer share N_in and N_out (${first.matrix.nIn}, ${first.matrix.nOut}), got ${nIn}, ${nOut}`,
      );
    }
    checkPlane(plane, nominalNIn ?? null, window * channels, channels, `${at}.${field}`);
  });
}

function checkPlane(plane: CodePlane, nominalNIn: number | null, weights: number, channels: number, at: string): void {
  const { matrix, encrypted, alpha, encryptedHistogram } = plane;
  try {
    xorMatrix(matrix.nIn, matrix.nOut, matrix.bits, `${at}.matrix`);
  } catch (error) {
    // The factory words what is wrong; in a file that is no usage error.
    throw error instanceof FlexorError ? new FlexorError('model-file', error.message) : error;
  }
  const bits = sliceCount(weights, matrix) * matrix.nIn;
  if (encrypted.length !== packedBytes(bits)) {
    throw fileProblem(at, 'encrypted', `must be ${packedBytes(bits)} bytes for ${bits} bits, got ${encrypted.length}`);
  }
  const trailing = bits % 8 === 0 ? 0 : encrypted[encrypted.length - 1]! >> (bits % 8);
  if (trailing !== 0) {
    throw fileProblem(at, 'encrypted', `the trailing bits of the last byte must be 0, got ${trailing.toString(2)}`);
  }
  checkVector(alpha, channels, `${at}.alpha`);
  if (encryptedHistogram === null) return;
  // A histogram is of the bits that were trained: after compaction there are fewer, and others.
  const trained = nominalNIn === null ? bits : sliceCount(weights, matrix) * nominalNIn;
  checkHistogram(encryptedHistogram, trained, nominalNIn === null ? countOnes(encrypted) : null, at);
}

function checkBatchNorm(batchNorm: BatchNorm, channels: number, at: string): void {
  for (const key of ['gamma', 'beta', 'mean', 'variance'] as const)
    checkVector(batchNorm[key], channels, `${at}.${key}`);
  const { epsilon, variance } = batchNorm;
  if (!Number.isFinite(epsilon) || epsilon < 0)
    throw fileProblem(at, 'epsilon', `must be finite and ≥ 0, got ${epsilon}`);
  const channel = variance.findIndex((value) => !(value + epsilon > 0));
  if (channel >= 0) {
    throw fileProblem(
      at,
      'variance',
      `variance + epsilon must be positive, got ${variance[channel]} at channel ${channel}`,
    );
  }
}

function checkVector(values: Float32Array, length: number, at: string, each = 'output channel'): void {
  if (values.length !== length) {
    throw new FlexorError('model-file', `${at}: must have one value per ${each} (${length}), got ${values.length}`);
  }
  checkFinite(values, at);
}

function checkFinite(values: ArrayLike<number>, at: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new FlexorError('model-file', `${at}: must be finite, got ${values[i]} at index ${i}`);
    }
  }
}

function checkRange({ min, max }: ActivationRange, at: string): void {
  if (!Number.isFinite(min) || !Number.isFinite(max) || min > max) {
    throw fileProblem(at, 'range', `must be finite with min ≤ max, got ${min} to ${max}`);
  }
  const magnitude = Math.max(Math.abs(min), Math.abs(max));
  if (magnitude !== 0 && (magnitude < SMALLEST || magnitude > LARGEST)) {
    throw fileProblem(
      at,
      'range',
      `must be 0 or reach a magnitude from ${SMALLEST} to ${LARGEST}, got ${min} to ${max}; calibrate the model again`,
    );
  }
}
