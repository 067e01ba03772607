/** One training step: decrypt, loss and gradients on the engine, FleXOR gradients and the optimiser on plain arrays. */
import { invariant } from '../../base/errors.js';
import type { Engine, Tensor, Tensor1D, Tensor4D } from '../engine/engine.js';
import type { GradientRule } from '../weights/flexor-op.js';
import { layerTensors, logits, type LayerTensors, type Observers } from './forward.js';
import type { NetworkSpec } from '../networks/network.js';
import { clip, momentumStep, type OptimiserSpec } from '../weights/optimiser.js';
import { allParameters, refreshWeights, type LayerParameters, type Parameter } from '../weights/parameters.js';
import { fusedPlan } from '../networks/plan.js';
import { latentGradient } from '../weights/quantisers.js';

/** Share of a batch's moments in the moving averages of a batch norm. */
const NEW_SHARE = 0.1;

export interface GradientSpec {
  readonly rule: GradientRule;
  readonly sTanh: number;
  /** Fraction of the run that is done. */
  readonly progress: number;
}

/** Where the gradient of a differentiated tensor goes. */
interface Target {
  readonly tensor: Tensor;
  receive(gradient: Float32Array): void;
}

const into =
  (parameter: Parameter) =>
  (gradient: Float32Array): void =>
    parameter.gradient.set(gradient);

function gradientTargets(engine: Engine, layer: LayerParameters, tensors: LayerTensors, spec: GradientSpec): Target[] {
  const list = layer.kept === null ? weightTargets(engine, layer, tensors, spec) : [];
  if (layer.bias !== null) list.push({ tensor: tensors.bias!, receive: into(layer.bias) });
  if (layer.step !== null) list.push({ tensor: tensors.step!, receive: into(layer.step) });
  if (layer.batchNorm !== null && tensors.norm?.kind === 'batch') {
    list.push({ tensor: tensors.norm.gamma, receive: into(layer.batchNorm.gamma) });
    list.push({ tensor: tensors.norm.beta, receive: into(layer.batchNorm.beta) });
  }
  return list;
}

function weightTargets(
  engine: Engine,
  { weights }: LayerParameters,
  tensors: LayerTensors,
  { rule, sTanh }: GradientSpec,
): Target[] {
  if (weights === null) return [];
  if (weights.kind === 'latent') {
    invariant(tensors.weights?.kind === 'latent', 'kind of weights');
    return [{ tensor: tensors.weights.used, receive: (g) => latentGradient(weights, g) }];
  }
  invariant(tensors.weights?.kind === 'flexor', 'kind of weights');
  const { codes, alpha } = tensors.weights;
  return weights.planes.flatMap(({ op, x, codes: signs, alpha: scale }, i): Target[] => [
    {
      tensor: codes[i]!,
      receive: (g) => engine.arrays.decryptGradient(op, rule, sTanh, x.values, signs, g, x.gradient),
    },
    { tensor: alpha[i]!, receive: into(scale) },
  ]);
}

/** Lets the moving averages of the batch norms follow the moments of a batch. */
function averageMoments(engine: Engine, layers: ReadonlyMap<string, LayerParameters>): Observers {
  const follow = (average: Float32Array, moment: Tensor1D): void =>
    engine.read(moment).forEach((value, c) => (average[c]! += NEW_SHARE * (value - average[c]!)));
  return {
    moments: (name, mean, variance) => {
      const { batchNorm } = layers.get(name)!;
      follow(batchNorm!.mean, mean);
      follow(batchNorm!.variance, variance);
    },
  };
}

/**
 * Loss of a batch of pixels [B, H, W, C] against the probabilities of its classes (targets.ts); leaves ∂loss/∂parameter in every parameter's `gradient`, and the batch's moments in the moving
 * averages of the batch norms.
 */
export function computeGradients(
  engine: Engine,
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  spec: GradientSpec,
  pixels: Float32Array,
  targets: Float32Array,
): number {
  const { tf } = engine;
  const { height, width, channels } = network.input;
  const plan = fusedPlan(network);
  refreshWeights(engine.arrays, layers.values(), spec.progress);
  return tf.tidy(() => {
    const batch: Tensor4D = tf.tensor4d(pixels, [pixels.length / (height * width * channels), height, width, channels]);
    const tensors = new Map([...layers].map(([name, layer]) => [name, layerTensors(engine, layer, 'training')]));
    const wanted = [...layers].flatMap(([name, layer]) => gradientTargets(engine, layer, tensors.get(name)!, spec));
    const observers = averageMoments(engine, layers);
    const loss = (): Tensor => engine.crossEntropy(logits(engine, plan, tensors, batch, observers), targets);
    const { value, grads } = tf.valueAndGrads(loss)(
      wanted.map((target) => target.tensor),
      undefined,
    );
    wanted.forEach((target, i) => {
      const gradient = engine.read(grads[i]!);
      invariant(gradient.length === target.tensor.size, 'gradient size');
      target.receive(gradient);
    });
    return engine.read(value)[0]!;
  });
}

/** The optimiser on every parameter; `step` counts from 1. */
export function updateParameters(
  engine: Engine,
  layers: ReadonlyMap<string, LayerParameters>,
  { optimiser, momentum, weightDecay, decayOn }: OptimiserSpec,
  rate: number,
  step: number,
): void {
  for (const { values, gradient, moments, role } of allParameters(layers.values())) {
    if (optimiser === 'adam') {
      engine.arrays.adam(values, gradient, { m: moments[0]!, v: moments[1]! }, rate, step);
    } else {
      const decay = decayOn.includes(role) ? weightDecay : 0;
      momentumStep(values, gradient, moments[0]!, rate, {
        momentum,
        weightDecay: decay,
        nesterov: optimiser === 'nesterov',
      });
    }
  }
}

/** Holds the encrypted weights within ±limit: beyond 2/S_tanh or so eq. 6 has next to no gradient that could bring them back. */
export function clipEncrypted(layers: ReadonlyMap<string, LayerParameters>, limit: number): void {
  for (const { weights } of layers.values()) {
    if (weights?.kind === 'flexor') for (const { x } of weights.planes) clip(x.values, limit);
  }
}
