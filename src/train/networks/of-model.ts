/** The network of a model, as training sees it: its layers without their numbers. */
import { FlexorError } from '../../base/errors.js';
import { isWeighted } from '../../graph/order.js';
import type { Sliding } from '../../graph/types.js';
import { quantiserDocument } from '../../model/quantiser-document.js';
import type { FlexorModel, ModelNode } from '../../model/types.js';
import { describedNetwork } from './described.js';
import type { LayerDescription, NetworkDescription } from './description.js';
import type { NetworkSpec } from './network.js';

/** A model and what it is called in errors. */
export interface NamedModel {
  readonly path: string;
  readonly model: FlexorModel;
}

/**
 * The description of a model's network, as a network file would give it: every weighted layer is in layer group 0, but for
 * those of `keep`, which stay at full precision. Refuses what training has no layer for.
 */
export function describeModel({ path, model }: NamedModel, keep: readonly string[] = []): NetworkDescription {
  for (const name of keep) checkKept(model, path, name);
  const { preprocessing, quantiser } = model.input;
  return {
    networkVersion: 1,
    // Names of networks are of fewer characters than those of models.
    name: `n${model.name.replace(/[^A-Za-z0-9_]/g, '_')}`.replace(/^n(?=[A-Za-z])/, '').slice(0, 64),
    recipe: 'lenet5',
    input: { mean: [...preprocessing.mean], std: [...preprocessing.std], ...quantiserDocument(quantiser) },
    layers: inModelOrder(model).map((node) => layerOf(node, path, keep)),
  };
}

/** The network of a model for images of its own shape. */
export function modelNetwork(named: NamedModel, keep: readonly string[] = []): NetworkSpec {
  const { input, classes } = named.model;
  return describedNetwork(describeModel(named, keep), input.shape, classes.length);
}

/** Training takes the last layer as the output. */
function inModelOrder({ nodes, output }: FlexorModel): ModelNode[] {
  return [...nodes.filter(({ name }) => name !== output), ...nodes.filter(({ name }) => name === output)];
}

function checkKept({ nodes }: FlexorModel, path: string, name: string): void {
  const weighted = nodes.filter(isWeighted).map((node) => node.name);
  if (weighted.includes(name)) return;
  throw new FlexorError('usage', `--keep names layers with weights of ${path}: ${weighted.join(', ')}, got ${name}`);
}

function window({ kernel, stride, padding }: Sliding): {
  kernel: [number, number];
  stride: [number, number];
  padding: [number, number, number, number];
} {
  return { kernel: [...kernel], stride: [...stride], padding: [...padding] };
}

function layerOf(node: ModelNode, path: string, keep: readonly string[]): LayerDescription {
  switch (node.kind) {
    case 'conv':
    case 'dense': {
      const common = {
        ...{ name: node.name, input: node.input, outChannels: node.outChannels },
        group: keep.includes(node.name) ? null : 0,
        ...{ bias: node.bias !== null, batchNorm: node.batchNorm !== null, relu: node.relu },
        ...quantiserDocument(node.quantiser),
      };
      if (node.kind === 'dense') return { kind: 'dense', ...common };
      const { kernel, stride, padding, dilation, groups } = node;
      return { kind: 'conv', ...common, ...window({ kernel, stride, padding }), dilation: [...dilation], groups };
    }
    case 'maxPool':
    case 'avgPool':
      return { kind: node.kind, name: node.name, input: node.input, ...window(node) };
    case 'subsample': {
      const { name, input, stride, channelPadding } = node;
      return { kind: 'subsample', name, input, stride: [...stride], channelPadding: [...channelPadding] };
    }
    case 'add': {
      const { name, inputs, relu, quantiser } = node;
      return { kind: 'add', name, inputs: [...inputs], relu, ...quantiserDocument(quantiser) };
    }
    case 'activation': {
      const { name, input, clamp, quantiser, batchNorm } = node;
      if (batchNorm !== null) {
        const rule = 'a batch norm behind no layer with weights cannot be trained';
        throw new FlexorError('model-file', `${path}: ${name}: ${rule}; fold it into the layer that follows`);
      }
      return { kind: 'activation', name, input, clamp: [...clamp], ...quantiserDocument(quantiser) };
    }
    case 'concat':
      return { kind: 'concat', name: node.name, inputs: [...node.inputs] };
    case 'flatten':
      return { kind: 'flatten', name: node.name, input: node.input };
  }
}
