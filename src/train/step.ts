/** One training step: decrypt, loss and gradients on the engine, FleXOR gradients and Adam on plain arrays. */
import { invariant } from '../base/errors.js';
import type { Engine, Tensor, Tensor4D } from './engine.js';
import type { GradientRule } from './flexor-op.js';
import { layerTensors, logits, type LayerTensors } from './forward.js';
import type { NetworkSpec } from './network.js';
import { allParameters, refreshCodes, type LayerParameters, type Parameter } from './parameters.js';

export interface GradientSpec {
  readonly rule: GradientRule;
  readonly sTanh: number;
}

/** Where the gradient of a differentiated tensor goes. */
interface Target {
  readonly tensor: Tensor;
  receive(gradient: Float32Array): void;
}

function targets(engine: Engine, layer: LayerParameters, tensors: LayerTensors, spec: GradientSpec): Target[] {
  const { decryptGradient } = engine.arrays;
  const into = (parameter: Parameter) => (g: Float32Array) => parameter.gradient.set(g);
  const list = layer.planes.flatMap((plane, i): Target[] => [
    {
      tensor: tensors.codes[i]!,
      receive: (g) =>
        decryptGradient(plane.op, spec.rule, spec.sTanh, plane.x.values, plane.codes, g, plane.x.gradient),
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
  refreshCodes(engine.arrays, layers.values());
  return tf.tidy(() => {
    const batch: Tensor4D = tf.tensor4d(pixels, [labels.length, height, width, channels]);
    const tensors = new Map([...layers].map(([name, layer]) => [name, layerTensors(engine, layer)]));
    const wanted = [...layers].flatMap(([name, layer]) => targets(engine, layer, tensors.get(name)!, spec));
    const loss = (): Tensor => engine.crossEntropy(logits(engine, network, tensors, batch), labels);
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
export function updateParameters(
  engine: Engine,
  layers: ReadonlyMap<string, LayerParameters>,
  rate: number,
  step: number,
): void {
  for (const p of allParameters(layers.values())) engine.arrays.adam(p.values, p.gradient, p.adam, rate, step);
}
