/** Lowers one convolution or dense layer, with the addition that is fused into it where there is one. */
import { own } from '../base/dictionary.js';
import { FlexorError } from '../base/errors.js';
import type { Exact } from '../base/exact.js';
import type { ChainStage } from '../model/chain.js';
import type { AddNode, ConvNode, DenseNode, Quantiser } from '../model/types.js';
import { exactRequantiser, exactSum } from './exact-requantiser.js';
import type { ExactLayer } from './exact-requantiser.js';
import { lowerWeights } from './lower-weights.js';
import type { LowerOptions } from './options.js';
import { belowWhole, clampOf, roundingOffset, roundsUp } from './output-rounding.js';
import type { LoweredWeights } from './lower-weights.js';
import { pointLayer } from './point-layers.js';
import { residualSteps } from './residual-steps.js';
import type { Added } from './residual-steps.js';
import { affineOf, hiddenRequantiser, logitRequantiser } from './requantise.js';
import type { Affine, LayerScale } from './requantise.js';
import { activationFormat, outputRange } from './scales.js';
import type { ActivationFormat } from './scales.js';
import { quantisedFormat, stageSlopes, stageThresholds } from './quantise-stage.js';
import type { Encoding, StageInput } from './quantise-stage.js';
import { formatRange } from './shapes.js';
import type { Interval } from './shapes.js';
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
import { twoStages } from './tied-steps.js';
import { deriveWidths, onesPerChannel, planeWeight } from './widths.js';

/** Multipliers of a model that is loaded later may be four times as large as those of the one that hardware is made for. */
const LOAD_HEADROOM_BITS = 2;

export interface WeightedLayer {
  readonly node: ConvNode | DenseNode;
  readonly link: { readonly name: string; readonly input: string; readonly inputTensor: IntTensor };
  /** The other input of the addition. */
  readonly residual: Omit<IntResidual, 'multiplier'> | null;
  readonly shape: IntShape;
  /** V: elements of the window. */
  readonly window: number;
  /** What is done to its sums: bias, batch norm, ReLU, and activations behind it that nothing else reads. */
  readonly stages: readonly ChainStage[];
  /** The model's quantiser of the output; null: format and scale from the range. */
  readonly quantiser: Quantiser | null;
  /** The output is bipolar and stored in one bit. */
  readonly oneBit: boolean;
  /** Range, ReLU and name of the output, which may be that of an addition. */
  readonly output: Pick<AddNode, 'name' | 'relu' | 'range'>;
  /** The model's integers behind the sums where all of them are exact (exact-tensors.ts). */
  readonly exact: { readonly units: readonly Exact[]; readonly encoding: Encoding } | null;
  /** The integers of the residual input; null without one, and where its elements are none. */
  readonly added: Added | null;
  /** Yields the logits. */
  readonly last: boolean;
  /** What a second layer is called where steps take two. */
  readonly secondName: string;
  /** What the output shares with other tensors of a concatenation; null: its own. */
  readonly shared: ActivationFormat | null;
}

/** One layer, or two where its steps take two. `bits`: those of the network; of the options only what is no number of bits counts. */
export function lowerWeighted(
  layer: WeightedLayer,
  bits: LoweredBits,
  { loadable = false, shifts }: Pick<LowerOptions, 'loadable' | 'shifts'>,
): readonly (IntConvNode | IntDenseNode)[] {
  const { node, link, residual, window } = layer;
  const weights = lowerWeights(node, window, bits.floatBits);
  const { planes, alphas, joined } = weights;
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
  const affine = (): Affine => foldStages(layer, alphas, weightSums(weights, node.outChannels));
  const lowered = layer.last
    ? lowerLogits(layer, affine(), scale)
    : (lowerExactly(layer, weights, loadable) ?? lowerHidden(layer, affine(), scale, bits));
  return nodesOf(layer, weights, lowered, loadable);
}

/** The layer where its requantiser can be exact at every sum; null where none is. */
export function lowerExactSum(
  layer: WeightedLayer,
  bits: LoweredBits,
  { loadable = false }: Pick<LowerOptions, 'loadable'>,
): readonly (IntConvNode | IntDenseNode)[] | null {
  const weights = lowerWeights(layer.node, layer.window, bits.floatBits);
  const lowered = lowerExactly(layer, weights, loadable);
  return lowered && nodesOf(layer, weights, lowered, loadable);
}

function nodesOf(
  { node, link, residual, shape, window, secondName }: WeightedLayer,
  { planes, twosComplement }: LoweredWeights,
  { requantiser, output, residualMultiplier, second }: Lowered,
  loadable: boolean,
): readonly (IntConvNode | IntDenseNode)[] {
  const arithmetic = {
    windowSize: window,
    outChannels: node.outChannels,
    planes,
    ...(twosComplement === undefined ? {} : { twosComplement }),
    residual: residual && { ...residual, multiplier: residualMultiplier },
    requantiser,
  };
  const widths = deriveWidths({ name: node.name, inputFormat: link.inputTensor.format, ...arithmetic }, loadable);
  const outputTensor = { shape, ...output, format: output.format ?? widths.scaled };
  const common = { ...link, outputTensor, ...arithmetic, widths };
  const { kind } = node;
  const first: IntConvNode | IntDenseNode =
    kind === 'dense' ? { kind, ...common } : { kind, ...common, ...windowOf(node) };
  if (second === undefined) return [first];
  // A layer that does nothing but round.
  const behind = { name: secondName, input: node.name, inputTensor: outputTensor };
  return [first, pointLayer(behind, { shape, ...second.output }, null, second.requantiser)];
}

function windowOf({ kernel, stride, padding, dilation, groups }: ConvNode) {
  return { kernel, stride, padding, dilation, groups };
}

interface Lowered {
  readonly requantiser: Requantiser;
  /** m_r; 0 without a residual input. */
  readonly residualMultiplier: number;
  /** Format null: that of z. */
  readonly output: Pick<IntTensor, 'scale' | 'zero'> & { readonly format: IntFormat | null };
  /** What is done behind `output` by a layer of its own (tied-steps.ts). */
  readonly second?: { readonly requantiser: Requantiser; readonly output: Omit<IntTensor, 'shape'> };
}

/**
 * α, the chain of the layer and the zero of its input as one affine map in doubles. An integer q of the input stands for
 * s·(q − zero), so that Σ w·a = s·(Σ w·q − zero·Σ w).
 */
function foldStages(
  { node, link, residual, stages, last }: WeightedLayer,
  alphas: readonly Float64Array[],
  sums: readonly Float64Array[],
): Affine {
  const { scale, zero = 0 } = link.inputTensor;
  const gains = alphas.map((alpha) => Float64Array.from(alpha));
  const offsets = Float64Array.from({ length: node.outChannels }, (_, c) =>
    alphas.reduce((sum, alpha, i) => sum - alpha[c]! * scale * zero * sums[i]![c]!, 0),
  );
  for (const [i, stage] of stages.entries()) {
    // A clamp behind everything else is the clamp of the output.
    if (stage.kind === 'clamp') {
      if (!last && stages.slice(i + 1).every(({ kind }) => kind === 'clamp')) break;
      const what = last
        ? 'the last layer yields logits and cannot have a ReLU'
        : 'nothing but a quantiser may follow a ReLU or clamp';
      throw new FlexorError('unsupported', `layer ${node.name}: ${what}`);
    }
    const { gain, offset } = affineOf(stage, node.outChannels);
    for (let c = 0; c < offsets.length; c++) {
      for (const row of gains) row[c]! *= gain[c]!;
      offsets[c] = offsets[c]! * gain[c]! + offset[c]!;
    }
  }
  if (residual !== null) {
    // What is added behind the chain is s_r·(q − zero).
    const { scale: unit, zero: middle = 0 } = residual.tensor;
    for (let c = 0; c < offsets.length; c++) offsets[c]! -= unit * middle;
  }
  return { gains, offsets };
}

/** Σ_v of the weights of each multiplier, channel by channel, in units of its α. */
function weightSums({ planes, joined, twosComplement }: LoweredWeights, outChannels: number): readonly Float64Array[] {
  const sums = planes.map(({ codes }) => {
    const ones = onesPerChannel(codes, outChannels);
    const window = codes.length / outChannels;
    return Float64Array.from(ones, (n) => (twosComplement ? n : 2 * n - window));
  });
  if (!joined) return sums;
  return [
    sums[0]!.map((_, c) =>
      sums.reduce((total, sum, i) => total + planeWeight(i, planes.length, twosComplement) * sum[c]!, 0),
    ),
  ];
}

/** Thresholds, or multipliers that give the same; null where the layer is not exact. */
function lowerExactly(layer: WeightedLayer, weights: LoweredWeights, loadable: boolean): Lowered | null {
  const { exact, quantiser, node, residual, link, stages } = layer;
  if (exact === null || quantiser === null) return null;
  const target = quantisedFormat(quantiser, layer.oneBit);
  const [sums] = weightSums(weights, node.outChannels) as [Float64Array];
  const input: StageInput = {
    units: exact.units,
    stages,
    factor: exact.encoding.factor,
    base: sums.map((sum) => exact.encoding.offset * sum),
    intervals: sumIntervals(weights, node.outChannels, formatRange(link.inputTensor.format)),
  };
  const { low, high, format, scale, zero } = target;
  const form = {
    intervals: input.intervals,
    slopes: stageSlopes(target, input),
    ...{ low, high, joined: weights.joined },
  };
  const output = { format, scale, ...(zero === undefined ? {} : { zero }) };
  if (residual !== null) {
    const rows = layer.added && !loadable ? residualSteps(quantiser, target, input, layer.added) : null;
    const sum = rows && exactSum(form, rows);
    return sum && { ...sum, output };
  }
  const steps: ExactLayer = { ...form, channels: stageThresholds(quantiser, target, input) };
  const requantiser = exactRequantiser(steps);
  if (requantiser !== null) return { requantiser, residualMultiplier: 0, output };
  const two = loadable ? null : twoStages(steps);
  if (two === null) {
    throw new FlexorError(
      'width',
      `layer ${node.name}: no multiplier of 32 bits gives the steps of its quantiser, ${stepsOf(quantiser)}; round ` +
        "'half-even', 'half-up' or 'floor', use fewer bits, or put a ReLU in front of it",
    );
  }
  // The integers between count sums of the layer: no number of the model.
  const between = { format: two.between, scale: 1 };
  return {
    ...{ requantiser: two.first, residualMultiplier: 0, output: between },
    second: { requantiser: two.second, output },
  };
}

function stepsOf(quantiser: Quantiser): string {
  if (quantiser.kind === 'bipolar') return 'bipolar';
  const { bits, signed, rounding } = quantiser;
  return `${bits} bits ${signed ? 'signed' : 'unsigned'} that round '${rounding}'`;
}

/** What Σ w·q lies in, channel by channel, for any input of its format. */
function sumIntervals({ planes, twosComplement }: LoweredWeights, outChannels: number, a: Interval): Interval[] {
  const [low, high] = [new Float64Array(outChannels), new Float64Array(outChannels)];
  for (let f = 0; f < planes[0]!.codes.length; f++) {
    const weight = twosComplement
      ? planes.reduce((sum, { codes }, i) => sum + codes[f]! * planeWeight(i, planes.length, twosComplement), 0)
      : 2 * planes[0]!.codes[f]! - 1;
    const c = f % outChannels;
    low[c]! += Math.min(weight * a.low, weight * a.high);
    high[c]! += Math.max(weight * a.low, weight * a.high);
  }
  // Windows that reach into padding lack some of their elements.
  return Array.from(low, (least, c) => ({ low: Math.min(0, least), high: Math.max(0, high[c]!) }));
}

function lowerHidden(
  layer: WeightedLayer,
  affine: Affine,
  scale: LayerScale,
  { activationBits, layerBits }: LoweredBits,
): Lowered {
  const { name, relu } = layer.output;
  const target = layer.quantiser && quantisedFormat(layer.quantiser, layer.oneBit);
  const bits = own(layerBits, name) ?? activationBits;
  const output = target ?? layer.shared ?? activationFormat(outputRange(layer.output), bits, name);
  const { low, high } = target ?? formatRange(output.format);
  // ReLU is the clamp at 0, which an unsigned output has anyway.
  const clamp = clampOf(layer.stages, output.scale, { low: relu ? Math.max(0, low) : low, high });
  const added = layer.quantiser === null ? 0 : roundingOffset(layer.quantiser, clamp, name) * output.scale;
  const offsets = affine.offsets.map((offset) => offset + added);
  const rounded = hiddenRequantiser({ ...affine, offsets }, scale, { scale: output.scale, clamp });
  const lowered = roundsUp(layer.quantiser) ? belowWhole(rounded) : rounded;
  if (target === null) return { ...lowered, output: { format: output.format, scale: output.scale } };
  const zero = target.zero === undefined ? {} : { zero: target.zero };
  const requantiser = { ...lowered.requantiser, quantised: 'near' } as const;
  return { ...lowered, requantiser, output: { format: target.format, scale: target.scale, ...zero } };
}

function lowerLogits({ node, shape }: WeightedLayer, affine: Affine, scale: LayerScale): Lowered {
  if (shape.height !== 1 || shape.width !== 1) {
    throw new FlexorError(
      'unsupported',
      `layer ${node.name}: the last layer must yield 1×1 pixels, got ${shape.height}×${shape.width}`,
    );
  }
  const { requantiser, scale: outputScale } = logitRequantiser(affine, scale);
  return { requantiser, residualMultiplier: 0, output: { format: null, scale: outputScale } };
}
