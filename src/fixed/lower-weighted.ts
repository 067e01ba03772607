/** Lowers one convolution or dense layer, with the addition that is fused into it where there is one. */
import { FlexorError } from '../base/errors.js';
import type { AddNode, ConvNode, DenseNode } from '../model/types.js';
import { lowerWeights } from './lower-weights.js';
import type { LowerOptions } from './options.js';
import { foldAffine, hiddenRequantiser, logitRequantiser } from './requantise.js';
import type { Affine, LayerScale } from './requantise.js';
import { activationFormat, outputRange } from './scales.js';
import type { ActivationFormat } from './scales.js';
import { formatRange } from './shapes.js';
import type {
  IntConvNode,
  IntDenseNode,
  IntFormat,
  IntResidual,
  IntShape,
  IntTensor,
  LoweredBits,
  Requantiser,
} from './types.js';
import { deriveWidths } from './widths.js';

/** Multipliers of a model that is loaded later may be four times as large as those of the one that hardware is made for. */
const LOAD_HEADROOM_BITS = 2;

export interface WeightedLayer {
  readonly node: ConvNode | DenseNode;
  readonly add: AddNode | null;
  readonly link: { readonly name: string; readonly input: string; readonly inputTensor: IntTensor };
  /** The other input of the addition. */
  readonly residual: Omit<IntResidual, 'multiplier'> | null;
  readonly shape: IntShape;
  /** V: elements of the window. */
  readonly window: number;
  /** Yields the logits. */
  readonly last: boolean;
  /** What the output shares with other tensors of a concatenation; null: its own. */
  readonly shared: ActivationFormat | null;
}

/** `bits`: those of the network; of the options only what is no number of bits counts. */
export function lowerWeighted(
  layer: WeightedLayer,
  bits: LoweredBits,
  { loadable = false, shifts }: Pick<LowerOptions, 'loadable' | 'shifts'>,
): IntConvNode | IntDenseNode {
  const { node, link, residual, shape, window } = layer;
  const { planes, alphas, joined } = lowerWeights(node, window, bits.floatBits);
  const { low, high } = formatRange(link.inputTensor.format);
  const scale: LayerScale = {
    name: node.name,
    inputScale: link.inputTensor.scale,
    largestSum: window * Math.max(-low, high) * (joined ? 2 ** planes.length - 1 : 1),
    joined,
    residual: residual && residual.tensor,
    multiplierBits: bits.multiplierBits,
    shift: shifts?.get(link.name) ?? null,
    headroomBits: loadable && shifts === undefined ? LOAD_HEADROOM_BITS : 0,
  };
  const affine = foldAffine(node, alphas);
  const lowered = layer.last ? lowerLogits(layer, affine, scale) : lowerHidden(layer, affine, scale, bits);
  const { requantiser, outputScale, outputFormat } = lowered;
  const arithmetic = {
    windowSize: window,
    outChannels: node.outChannels,
    planes,
    residual: residual && { ...residual, multiplier: lowered.residualMultiplier },
    requantiser,
  };
  const widths = deriveWidths({ name: node.name, inputFormat: link.inputTensor.format, ...arithmetic }, loadable);
  const outputTensor = { shape, format: outputFormat ?? widths.scaled, scale: outputScale };
  const common = { ...link, outputTensor, ...arithmetic, widths };
  if (node.kind === 'dense') return { kind: 'dense', ...common };
  const { kernel, stride, padding, dilation, groups } = node;
  return { kind: 'conv', ...common, kernel, stride, padding, dilation, groups };
}

interface Lowered {
  readonly requantiser: Requantiser;
  /** m_r; 0 without a residual input. */
  readonly residualMultiplier: number;
  readonly outputScale: number;
  /** null: the format of z. */
  readonly outputFormat: IntFormat | null;
}

function lowerHidden(
  layer: WeightedLayer,
  affine: Affine,
  scale: LayerScale,
  { activationBits, layerBits }: LoweredBits,
): Lowered {
  const { name, relu } = layer.add ?? layer.node;
  const bits = layerBits[name] ?? activationBits;
  const output = layer.shared ?? activationFormat(outputRange(layer.add ?? layer.node), bits, name);
  const { low, high } = formatRange(output.format);
  // ReLU is the clamp at 0, which an unsigned output has anyway.
  const stage = { scale: output.scale, clamp: { low: relu ? 0 : low, high } };
  return { ...hiddenRequantiser(affine, scale, stage), outputScale: output.scale, outputFormat: output.format };
}

function lowerLogits({ node, shape }: WeightedLayer, affine: Affine, scale: LayerScale): Lowered {
  if (node.relu) {
    throw new FlexorError('unsupported', `layer ${node.name}: the last layer yields logits and cannot have a ReLU`);
  }
  if (shape.height !== 1 || shape.width !== 1) {
    throw new FlexorError(
      'unsupported',
      `layer ${node.name}: the last layer must yield 1×1 pixels, got ${shape.height}×${shape.width}`,
    );
  }
  const { requantiser, scale: outputScale } = logitRequantiser(affine, scale);
  return { requantiser, residualMultiplier: 0, outputScale, outputFormat: null };
}
