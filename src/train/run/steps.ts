/**
 * Steps of learnt quantisers over a run: their first values from the first images, and that they stay above 0 (Esser et
 * al., Learned Step Size Quantization, ICLR 2020, section 2.1).
 */
import { quantiserLimits } from '../../model/quantiser.js';
import type { Engine, Tensor4D } from '../engine/engine.js';
import { atStep, learnedQuantiser, type NetworkSpec } from '../networks/network.js';
import { fusedPlan } from '../networks/plan.js';
import { refreshWeights, type LayerParameters } from '../weights/parameters.js';
import { layerTensors, logits } from './forward.js';

/** Smallest step: far below any that helps, and far above what would make an activation over its step overflow. */
const LEAST_STEP = 2 ** -30;

/** Whether the network has quantisers with steps to learn. */
function learnsSteps(layers: ReadonlyMap<string, LayerParameters>): boolean {
  return [...layers.values()].some(({ step }) => step !== null);
}

/**
 * Sets every step to 2·mean|y| / √high over a batch of pixels [B, H, W, C], where y are the layer's outputs with no learnt
 * quantiser in the network and high is the largest integer of the format.
 */
export function startSteps(
  engine: Engine,
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  pixels: Float32Array,
): void {
  if (!learnsSteps(layers)) return;
  const { tf } = engine;
  const { height, width, channels } = network.input;
  const { inputQuantiser, steps } = fusedPlan(network);
  const unrounded = steps.map((step) => (step.quantiser?.kind === 'learned' ? { ...step, quantiser: null } : step));
  const learned = new Map(network.layers.map((layer) => [layer.name, learnedQuantiser(layer)]));
  refreshWeights(engine.arrays, layers.values(), 0);
  tf.tidy(() => {
    const batch: Tensor4D = tf.tensor4d(pixels, [pixels.length / (height * width * channels), height, width, channels]);
    const tensors = new Map([...layers].map(([name, layer]) => [name, layerTensors(engine, layer, 'training')]));
    logits(engine, { inputQuantiser, steps: unrounded }, tensors, batch, {
      output: (name, value) => {
        const quantiser = learned.get(name) ?? null;
        if (quantiser === null) return;
        const values = engine.read(value);
        const mean = values.reduce((sum, v) => sum + Math.abs(v), 0) / values.length;
        const { high } = quantiserLimits(atStep(quantiser, 1));
        layers.get(name)!.step!.values[0] = Math.max(LEAST_STEP, (2 * mean) / Math.sqrt(Math.max(1, high)));
      },
    });
  });
}

/** Holds steps above 0 after an update. */
export function holdSteps(layers: ReadonlyMap<string, LayerParameters>): void {
  for (const { step } of layers.values()) if (step !== null) step.values[0] = Math.max(LEAST_STEP, step.values[0]!);
}
