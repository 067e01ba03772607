/** A run that starts from a trained full-precision network: which parts it takes over, and whether the two fit together. */
import { FlexorError, invariant } from '../../base/errors.js';
import { isWeighted } from '../../graph/order.js';
import { windowSize } from '../../graph/shapes.js';
import type { FlexorModel, LayerWeights, ModelNode, WeightedNode } from '../../model/types.js';
import { tensorShapes, type NetworkSpec, type WeightedSpec } from '../networks/network.js';

/** The model to start from. */
export interface StartModel {
  /** Its file, for messages. */
  readonly path: string;
  readonly model: FlexorModel;
}

/** What a layer starts with. */
export interface StartingLayer extends Pick<WeightedNode, 'bias' | 'batchNorm'> {
  /** [V, C_out], index v·C_out + c. */
  readonly values: Float32Array;
  /** The weights as the model has them, where they are to stay; absent where they are learnt further. */
  readonly kept?: LayerWeights;
}

/** First values of every weighted layer, by name; refuses a model of another network or one that is quantised. */
export function startingLayers({ path, model }: StartModel, network: NetworkSpec): Map<string, StartingLayer> {
  const refuse = (what: string): FlexorError =>
    new FlexorError('usage', `--init needs a full-precision model of this ${network.name}: ${path} ${what}`);
  const more = model.nodes[network.layers.length];
  if (more !== undefined) throw refuse(`also has a layer ${more.name}`);
  const layers = new Map<string, StartingLayer>();
  const shapes = tensorShapes(network);
  network.layers.forEach((layer, i) => {
    const node = model.nodes[i];
    if (node?.name !== layer.name || node.kind !== layer.kind) throw refuse(`has no ${layer.kind} ${layer.name}`);
    if (!isWeighted(layer)) return;
    const count = windowSize(layer, shapes.get(layer.input)!) * layer.outChannels;
    layers.set(layer.name, startingLayer(layer, node, count, refuse));
  });
  return layers;
}

function startingLayer(
  layer: WeightedSpec,
  node: ModelNode,
  count: number,
  refuse: (what: string) => FlexorError,
): StartingLayer {
  invariant(isWeighted(node), `kind of ${layer.name}`);
  const { weights, bias, batchNorm } = node;
  if (weights.encoding !== 'float') throw refuse(`has binary codes in ${layer.name}; train one with --weights full`);
  const { values } = weights;
  if (values.length !== count) throw refuse(`has ${values.length} weights in ${layer.name}, not ${count}`);
  if ((bias !== null) !== layer.bias) throw refuse(`has ${bias === null ? 'no' : 'a'} bias in ${layer.name}`);
  if ((batchNorm !== null) !== layer.batchNorm) {
    throw refuse(`has ${batchNorm === null ? 'no' : 'a'} batch norm in ${layer.name}`);
  }
  return { values, bias, batchNorm };
}
