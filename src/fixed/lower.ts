/**
 * Lowers a float model to the integer network (design in docs/numbers.md): activations get formats and scales from their
 * ranges, α, batch norm, bias and ReLU fold into the requantiser, flatten nodes disappear (a stream has no shape).
 */
import { unpackBits } from '../base/bits.js';
import { FlexorError, invariant } from '../base/errors.js';
import { inferShapes, windowSize } from '../model/shapes.js';
import type { CodePlane, ConvNode, DenseNode, FlexorModel, MaxPoolNode } from '../model/types.js';
import { decrypt, sliceCount } from '../xor/matrix.js';
import { foldAffine, hiddenRequantiser, logitRequantiser } from './requantise.js';
import type { LayerScale } from './requantise.js';
import { activationFormat } from './scales.js';
import { formatRange } from './shapes.js';
import type {
  IntConvNode,
  IntDenseNode,
  IntFormat,
  IntNetwork,
  IntNode,
  IntPlane,
  IntShape,
  IntTensor,
  Requantiser,
} from './types.js';
import { MAX_MULTIPLIER_BITS } from './verify-weights.js';
import { MAX_ACTIVATION_BITS, verifyNetwork } from './verify.js';
import { deriveWidths } from './widths.js';

export interface LowerOptions {
  /** A: bits of hidden activations; 8. */
  readonly activationBits?: number | undefined;
  /** M: bits of the requantiser's multipliers, sign included; 16. */
  readonly multiplierBits?: number | undefined;
  /** Bits of the network's input; 8. */
  readonly inputBits?: number | undefined;
}

/** Bits where the user does not say. */
export const DEFAULT_BITS = { activationBits: 8, multiplierBits: 16, inputBits: 8 } as const;

/** The integer network of a model. `digest` is the SHA-256 of the model file's tensor bytes. */
export function lower(model: FlexorModel, digest: string, options: LowerOptions = {}): IntNetwork {
  checkBits('activation bits', options.activationBits, 1, MAX_ACTIVATION_BITS);
  checkBits('input bits', options.inputBits, 1, MAX_ACTIVATION_BITS);
  checkBits('multiplier bits', options.multiplierBits, 2, MAX_MULTIPLIER_BITS);
  const shapes = inferShapes(model);
  const { format, scale } = activationFormat(model.input.range, options.inputBits ?? DEFAULT_BITS.inputBits, 'input');
  const input: IntTensor = { shape: model.input.shape, format, scale };
  const nodes: IntNode[] = [];
  let tensor = input;
  for (const node of model.nodes) {
    if (node.kind === 'flatten') continue;
    const before = shapes.get(node.input);
    const after = shapes.get(node.name);
    invariant(before && after, `no shape for node ${node.name}`);
    const link = { name: node.name, input: nodes.at(-1)?.name ?? 'input', inputTensor: tensor };
    if (node.kind !== 'dense' && !sameShape(before, tensor.shape)) {
      throw new FlexorError('unsupported', `layer ${node.name}: only a dense layer can follow a flattened tensor`);
    }
    const lowered =
      node.kind === 'maxPool'
        ? lowerPool(node, link, after)
        : lowerWeighted(node, link, after, windowSize(node, before), node.name === model.output, options);
    nodes.push(lowered);
    tensor = lowered.outputTensor;
  }
  return verifyNetwork({ name: model.name, modelDigest: digest, input, nodes, classes: model.classes });
}

function checkBits(what: string, bits: number | undefined, least: number, most: number): void {
  if (bits === undefined || (Number.isInteger(bits) && bits >= least && bits <= most)) return;
  throw new FlexorError('usage', `${what} must be an integer from ${least} to ${most}, got ${bits}`);
}

interface Link {
  readonly name: string;
  readonly input: string;
  readonly inputTensor: IntTensor;
}

function lowerPool(node: MaxPoolNode, link: Link, shape: IntShape): IntNode {
  const { kernel, stride, padding } = node;
  return { kind: 'maxPool', ...link, kernel, stride, padding, outputTensor: { ...link.inputTensor, shape } };
}

function lowerWeighted(
  node: ConvNode | DenseNode,
  link: Link,
  shape: IntShape,
  window: number,
  last: boolean,
  options: LowerOptions,
): IntConvNode | IntDenseNode {
  const { inputTensor } = link;
  const { low, high } = formatRange(inputTensor.format);
  const layer = {
    name: node.name,
    inputScale: inputTensor.scale,
    largestSum: window * Math.max(-low, high),
    multiplierBits: options.multiplierBits ?? DEFAULT_BITS.multiplierBits,
  };
  const { requantiser, outputScale, outputFormat } = last
    ? lowerLogits(node, layer, shape)
    : lowerHidden(node, layer, options.activationBits ?? DEFAULT_BITS.activationBits);
  const outChannels = node.outChannels;
  const planes = node.weights.planes.map((plane) => lowerPlane(plane, window * outChannels));
  const weights = { windowSize: window, outChannels, planes, requantiser };
  const widths = deriveWidths({ name: node.name, inputFormat: inputTensor.format, ...weights });
  const outputTensor = { shape, format: outputFormat ?? widths.scaled, scale: outputScale };
  const common = { ...link, outputTensor, ...weights, widths };
  if (node.kind === 'dense') return { kind: 'dense', ...common };
  return { kind: 'conv', ...common, kernel: node.kernel, stride: node.stride, padding: node.padding };
}

interface Lowered {
  readonly requantiser: Requantiser;
  readonly outputScale: number;
  /** null: the format of z. */
  readonly outputFormat: IntFormat | null;
}

function lowerHidden(node: ConvNode | DenseNode, layer: LayerScale, bits: number): Lowered {
  // ReLU is the clamp at 0 of an unsigned output.
  const range = node.relu ? { min: 0, max: Math.max(0, node.range.max) } : node.range;
  const { format, scale } = activationFormat(range, bits, node.name);
  const requantiser = hiddenRequantiser(foldAffine(node), layer, { scale, clamp: formatRange(format) });
  return { requantiser, outputScale: scale, outputFormat: format };
}

function lowerLogits(node: ConvNode | DenseNode, layer: LayerScale, shape: IntShape): Lowered {
  if (node.relu) {
    throw new FlexorError('unsupported', `layer ${node.name}: the last layer yields logits and cannot have a ReLU`);
  }
  if (shape.height !== 1 || shape.width !== 1) {
    throw new FlexorError(
      'unsupported',
      `layer ${node.name}: the last layer must yield 1×1 pixels, got ${shape.height}×${shape.width}`,
    );
  }
  const { requantiser, scale } = logitRequantiser(foldAffine(node), layer);
  return { requantiser, outputScale: scale, outputFormat: null };
}

function lowerPlane({ matrix, encrypted }: CodePlane, weights: number): IntPlane {
  const bits = unpackBits(encrypted, sliceCount(weights, matrix) * matrix.nIn);
  const codes = decrypt(bits, matrix, weights);
  return { nIn: matrix.nIn, nOut: matrix.nOut, matrix: matrix.bits, encrypted: bits, codes };
}

function sameShape(a: IntShape, b: IntShape): boolean {
  return a.height === b.height && a.width === b.width && a.channels === b.channels;
}
