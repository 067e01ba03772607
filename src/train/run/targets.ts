/**
 * What the loss compares a batch's outputs with: the probability of every class [B·classes], one distribution an image.
 * Label smoothing (Szegedy et al., Rethinking the Inception Architecture, 2016) spreads a share ε evenly over all
 * classes; distillation (Hinton et al., 2015, at temperature 1) takes a share of what a trained network says.
 */
import type { TrainConfig } from './config.js';

/** All on the label, but for ε of label smoothing, of which every class gets ε/classes. */
export function labelTargets(labels: Int32Array, classes: number, smoothing: number): Float32Array {
  const targets = new Float32Array(labels.length * classes).fill(smoothing / classes);
  labels.forEach((label, i) => (targets[i * classes + label]! += 1 - smoothing));
  return targets;
}

/** The targets of a step; `teacher` holds a trained network's probabilities of the same images, null where there is none. */
export function trainingTargets(
  labels: Int32Array,
  classes: number,
  { labelSmoothing, distilShare }: Pick<TrainConfig, 'labelSmoothing' | 'distilShare'>,
  teacher: Float32Array | null,
): Float32Array {
  const targets = labelTargets(labels, classes, labelSmoothing);
  if (teacher === null) return targets;
  return targets.map((target, i) => (1 - distilShare) * target + distilShare * teacher[i]!);
}
