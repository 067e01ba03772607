/**
 * The network as a function of tensors. α multiplies whichever is smaller, the codes or the layer's output: with one
 * plane x·(α·b) = α·(x·b), and a dense layer has far more weights than outputs.
 */
import { invariant } from '../../base/errors.js';
import { INPUT_NAME } from '../../graph/order.js';
import { quantiserLimits } from '../../model/quantiser.js';
import type { Engine, Tensor, Tensor1D, Tensor2D, Tensor4D, Tfjs } from '../engine/engine.js';
import { atStep, type ActivationQuantiser, type WeightedSpec } from '../networks/network.js';
import { EPSILON, type LayerParameters, type WeightParameters } from '../weights/parameters.js';
import type { Plan, Step } from '../networks/plan.js';

/** In training the batch's moments, in evaluation a factor and an offset per channel. */
export type NormTensors =
  | { readonly kind: 'batch'; readonly gamma: Tensor1D; readonly beta: Tensor1D }
  | { readonly kind: 'fixed'; readonly factor: Tensor1D; readonly offset: Tensor1D };

export type WeightTensors =
  | { readonly kind: 'flexor'; readonly codes: readonly Tensor[]; readonly alpha: readonly Tensor1D[] }
  | { readonly kind: 'latent'; readonly used: Tensor };

/** Tensors of one layer that learns something. */
export interface LayerTensors {
  /** Null: a layer without weights. */
  readonly weights: WeightTensors | null;
  /** Null where there is none, or where a fixed batch norm has it in its offset. */
  readonly bias: Tensor1D | null;
  readonly norm: NormTensors | null;
  /** The step of a learnt quantiser [1]. */
  readonly step: Tensor1D | null;
}

/** Uploads what a layer learns. The caller disposes of it. */
export function layerTensors(engine: Engine, layer: LayerParameters, mode: 'training' | 'evaluation'): LayerTensors {
  const { tf } = engine;
  const { weights, bias } = layer;
  return {
    weights: weights === null ? null : weightTensors(tf, weights, layer.shape),
    bias: bias === null || (mode === 'evaluation' && layer.batchNorm !== null) ? null : tf.tensor1d(bias.values),
    norm: normTensors(engine, layer, mode),
    step: layer.step === null ? null : tf.tensor1d(layer.step.values),
  };
}

function weightTensors(tf: Tfjs, weights: WeightParameters, shape: readonly number[]): WeightTensors {
  const upload = (values: Float32Array): Tensor => tf.tensor(values, [...shape], 'float32');
  if (weights.kind === 'latent') return { kind: 'latent', used: upload(weights.used) };
  return {
    kind: 'flexor',
    codes: weights.planes.map((p) => upload(p.codes)),
    alpha: weights.planes.map((p) => tf.tensor1d(p.alpha.values)),
  };
}

function normTensors({ tf }: Engine, { batchNorm, bias }: LayerParameters, mode: string): NormTensors | null {
  if (batchNorm === null) return null;
  const { gamma, beta, mean, variance } = batchNorm;
  if (mode === 'training') return { kind: 'batch', gamma: tf.tensor1d(gamma.values), beta: tf.tensor1d(beta.values) };
  const factor = gamma.values.map((g, c) => g / Math.sqrt(variance[c]! + EPSILON));
  const offset = beta.values.map((b, c) => b + ((bias?.values[c] ?? 0) - mean[c]!) * factor[c]!);
  return { kind: 'fixed', factor: tf.tensor1d(factor), offset: tf.tensor1d(offset) };
}

export interface Observers {
  /** Sees the result of every step. */
  output?(name: string, value: Tensor): void;
  /** Sees the moments of the batch at every batch norm in training, by layer. */
  moments?(name: string, mean: Tensor1D, variance: Tensor1D): void;
  /** Sees what comes out of every batch norm in evaluation, before residual and ReLU, by layer. */
  normed?(name: string, value: Tensor): void;
}

/** Logits [B, classes] of a batch [B, H, W, C]. */
export function logits(
  engine: Engine,
  { inputQuantiser, steps }: Plan,
  layers: ReadonlyMap<string, LayerTensors>,
  batch: Tensor4D,
  observers: Observers = {},
): Tensor2D {
  const quantised = (y: Tensor, quantiser: ActivationQuantiser | null, name: string): Tensor => {
    if (quantiser === null) return y;
    if (quantiser.kind !== 'learned') return engine.quantise(y, quantiser);
    return engine.quantiseLearned(y, layers.get(name)!.step!, quantiserLimits(atStep(quantiser, 1)));
  };
  const tensors = new Map<string, Tensor>([[INPUT_NAME, quantised(batch, inputQuantiser, INPUT_NAME)]]);
  let last: Tensor = batch;
  for (const step of steps) {
    last = quantised(applyStep(engine, step, tensors, layers, observers), step.quantiser, step.output);
    tensors.set(step.output, last);
    observers.output?.(step.output, last);
  }
  return last as Tensor2D;
}

function applyStep(
  engine: Engine,
  step: Step,
  tensors: ReadonlyMap<string, Tensor>,
  layers: ReadonlyMap<string, LayerTensors>,
  observers: Observers,
): Tensor {
  const { layer, relu } = step;
  const rectified = (y: Tensor): Tensor => (relu ? engine.relu(y) : y);
  if (layer.kind === 'add') {
    const [a, b] = layer.inputs.map((name) => tensors.get(name)!) as [Tensor, Tensor];
    return rectified(engine.tf.add(a, b));
  }
  if (layer.kind === 'concat') {
    return engine.tf.concat(
      layer.inputs.map((name) => tensors.get(name)!),
      -1,
    );
  }
  const x = tensors.get(layer.input)!;
  switch (layer.kind) {
    case 'conv':
    case 'dense':
      return applyWeighted(engine, layer, step, tensors, layers.get(layer.name)!, observers);
    case 'maxPool':
      return rectified(engine.maxPool(x as Tensor4D, layer));
    case 'avgPool':
      return engine.avgPool(x as Tensor4D, layer);
    case 'activation':
      return engine.clamp(x, ...layer.clamp);
    case 'subsample':
      return engine.subsample(x as Tensor4D, layer.stride, layer.channelPadding);
    case 'flatten':
      return flattened(engine, x);
  }
}

/** [B, H, W, C] as [B, V]; a dense layer reads its whole input with or without a flatten before it. */
function flattened({ tf }: Engine, x: Tensor): Tensor2D {
  return x.rank === 2 ? (x as Tensor2D) : tf.reshape(x, [x.shape[0]!, x.size / x.shape[0]!]);
}

/** Weights, bias or batch norm, residual, ReLU. */
function applyWeighted(
  engine: Engine,
  spec: WeightedSpec,
  { residual, relu }: Step,
  tensors: ReadonlyMap<string, Tensor>,
  { weights, bias, norm }: LayerTensors,
  observers: Observers,
): Tensor {
  const added = residual === null ? null : tensors.get(residual)!;
  let y = product(engine, spec, tensors.get(spec.input)!, weights, norm?.kind === 'fixed' ? norm.factor : null);
  if (bias !== null) y = engine.addBias(y, bias);
  if (norm?.kind === 'batch') {
    const result = engine.batchNorm(y, norm.gamma, norm.beta, added, { epsilon: EPSILON, relu });
    observers.moments?.(spec.name, result.mean, result.variance);
    return result.y;
  }
  if (norm !== null) {
    y = engine.addBias(y, norm.offset);
    observers.normed?.(spec.name, y);
  }
  if (added !== null) y = engine.tf.add(y, added);
  return relu ? engine.relu(y) : y;
}

/** x times the weights, times a factor per channel where there is one. */
function product(
  engine: Engine,
  spec: WeightedSpec,
  x: Tensor,
  weights: WeightTensors | null,
  factor: Tensor1D | null,
): Tensor {
  invariant(weights !== null, `layer ${spec.name} has no weights`);
  const isFirst = spec.input === INPUT_NAME;
  const multiply = (w: Tensor): Tensor =>
    spec.kind === 'conv'
      ? engine.conv2d(x as Tensor4D, w as Tensor4D, spec, isFirst)
      : engine.dense(flattened(engine, x), w as Tensor2D);
  const scaled = (w: Tensor): Tensor => (factor === null ? w : engine.scale(w, factor));
  if (weights.kind === 'latent') return multiply(scaled(weights.used));
  const [codes, ...otherCodes] = weights.codes;
  const [alpha, ...otherAlpha] = weights.alpha;
  invariant(codes && alpha, `layer ${spec.name} has no plane`);
  if (spec.kind === 'dense' && otherCodes.length === 0) return scaled(engine.scale(multiply(codes), alpha));
  const sum = otherCodes.reduce(
    (w, c, i) => engine.tf.add(w, engine.scale(c, otherAlpha[i]!)),
    engine.scale(codes, alpha),
  );
  return multiply(scaled(sum));
}
