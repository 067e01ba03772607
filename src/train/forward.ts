/**
 * The network as a function of tensors. α multiplies whichever is smaller, the codes or the layer's output: with one
 * plane x·(α·b) = α·(x·b), and a dense layer has far more weights than outputs.
 */
import { invariant } from '../base/errors.js';
import type { Engine, Tensor, Tensor1D, Tensor2D, Tensor4D } from './engine.js';
import type { LayerSpec, NetworkSpec, WeightedSpec } from './network.js';
import { isWeighted } from './network.js';
import type { LayerParameters } from './parameters.js';

/** Tensors of one weighted layer. */
export interface LayerTensors {
  readonly codes: readonly Tensor[];
  readonly alpha: readonly Tensor1D[];
  readonly bias: Tensor1D | null;
}

/** Uploads a layer's codes, scales and bias. The caller disposes of them. */
export function layerTensors(engine: Engine, layer: LayerParameters): LayerTensors {
  const { tf } = engine;
  return {
    codes: layer.planes.map((p) => tf.tensor(p.codes, [...layer.shape], 'float32')),
    alpha: layer.planes.map((p) => tf.tensor1d(p.alpha.values)),
    bias: layer.bias === null ? null : tf.tensor1d(layer.bias.values),
  };
}

/** Applies one weighted layer without its ReLU. */
function applyWeighted(
  engine: Engine,
  spec: WeightedSpec,
  x: Tensor,
  tensors: LayerTensors,
  constantInput: boolean,
): Tensor {
  const { tf } = engine;
  const product = (weights: Tensor): Tensor =>
    spec.kind === 'conv'
      ? engine.conv2d(x as Tensor4D, weights as Tensor4D, spec, constantInput)
      : engine.dense(x as Tensor2D, weights as Tensor2D);
  const [codes] = tensors.codes;
  const [alpha] = tensors.alpha;
  invariant(codes && alpha, `layer ${spec.name} has no plane`);
  let y: Tensor;
  if (spec.kind === 'dense' && tensors.codes.length === 1) {
    y = engine.scale(product(codes), alpha);
  } else {
    let weights = engine.scale(codes, alpha);
    for (let i = 1; i < tensors.codes.length; i++)
      weights = tf.add(weights, engine.scale(tensors.codes[i]!, tensors.alpha[i]!));
    y = product(weights);
  }
  return tensors.bias === null ? y : engine.addBias(y, tensors.bias);
}

function applyLayer(
  engine: Engine,
  layer: LayerSpec,
  x: Tensor,
  tensors: ReadonlyMap<string, LayerTensors>,
  isFirst: boolean,
): Tensor {
  switch (layer.kind) {
    case 'conv':
    case 'dense':
      return applyWeighted(engine, layer, x, tensors.get(layer.name)!, isFirst);
    case 'maxPool':
      return engine.maxPool(x as Tensor4D, layer);
    case 'flatten':
      return engine.tf.reshape(x, [x.shape[0]!, x.size / x.shape[0]!]);
  }
}

/**
 * Logits [B, classes] of a batch [B, H, W, C]. A ReLU in front of a max pool is taken behind it: the same values, a
 * quarter of the work. `observe` sees the output of each weighted layer, its ReLU included, and turns that off.
 */
export function logits(
  engine: Engine,
  network: NetworkSpec,
  tensors: ReadonlyMap<string, LayerTensors>,
  batch: Tensor4D,
  observe?: (name: string, output: Tensor) => void,
): Tensor2D {
  let x: Tensor = batch;
  let reluPending = false;
  network.layers.forEach((layer, index) => {
    x = applyLayer(engine, layer, x, tensors, index === 0);
    if (isWeighted(layer)) reluPending = layer.relu;
    const pooledNext = network.layers[index + 1]?.kind === 'maxPool';
    if (reluPending && (observe !== undefined || !pooledNext)) {
      x = engine.relu(x);
      reluPending = false;
    }
    if (observe !== undefined && isWeighted(layer)) observe(layer.name, x);
  });
  return x as Tensor2D;
}
