/** One training step: decrypt, loss and gradients on the engine, FleXOR gradients and Adam in plain arrays. */
import { invariant } from '../base/errors.js';
import { adamStep } from './adam.js';
import type { Engine, Tensor, Tensor4D } from './engine.js';
import { backward, type GradientRule } from './flexor-op.js';
import { layerTensors, logits, type LayerTensors } from './forward.js';
import type { NetworkSpec } from './network.js';
import { allParameters, refreshCodes, type LayerParameters, type Parameter } from './parameters.js';

export interface GradientSpec {
  readonly rule: GradientRule;
  readonly sTanh: number;
}

/** Mean softmax cross-entropy of logits [B, classes] against labels [B]. */
export function crossEntropy(engine: Engine, outputs: Tensor, labels: Uint8Array, classes: number): Tensor {
  const { tf } = engine;
  const target = tf.oneHot(tf.tensor1d(labels, 'int32'), classes);
  return tf.losses.softmaxCrossEntropy(target, outputs);
}

/** Where the gradient of a differentiated tensor goes. */
interface Target {
  readonly tensor: Tensor;
  receive(gradient: Float32Array): void;
}

function targets(layer: LayerParameters, tensors: LayerTensors, spec: GradientSpec): Target[] {
  const into = (parameter: Parameter) => (g: Float32Array) => parameter.gradient.set(g);
  const list = layer.planes.flatMap((plane, i): Target[] => [
    {
      tensor: tensors.codes[i]!,
      receive: (g) => backward(plane.op, spec.rule, spec.sTanh, plane.x.values, plane.codes, g, plane.x.gradient),
    },
    { tensor: tensors.alpha[i]!, receive: into(plane.alpha) },
  ]);
  if (layer.bias !== null) list.push({ tensor: tensors.bias!, receive: into(layer.bias) });
  return list;
}

/** Loss of a batch; leaves ∂loss/∂parameter in every parameter's `gradient`. */
export function computeGradients(
  engine: Engine,
  network: NetworkSpec,
  layers: ReadonlyMap<string, LayerParameters>,
  spec: GradientSpec,
  pixels: Float32Array,
  labels: Uint8Array,
): number {
  const { tf } = engine;
  const { height, width, channels } = network.input;
  refreshCodes(layers.values());
  return tf.tidy(() => {
    const batch: Tensor4D = tf.tensor4d(pixels, [labels.length, height, width, channels]);
    const tensors = new Map([...layers].map(([name, layer]) => [name, layerTensors(engine, layer)]));
    const wanted = [...layers].flatMap(([name, layer]) => targets(layer, tensors.get(name)!, spec));
    const loss = (): Tensor => {
      const outputs = logits(engine, network, tensors, batch);
      return crossEntropy(engine, outputs, labels, outputs.shape[1]);
    };
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

/** Adam on every parameter; `step` counts from 1. */
export function updateParameters(layers: ReadonlyMap<string, LayerParameters>, rate: number, step: number): void {
  for (const p of allParameters(layers.values())) adamStep(p.values, p.gradient, p.adam, rate, step);
}
