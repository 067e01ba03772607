/** The built-in networks for images of any shape, and smaller ones made of them. */
import type { Shape } from '../../src/graph/types.js';
import type { LayerSpec, NetworkSpec } from '../../src/train/networks/network.js';
import { buildNetwork, type NetworkName } from '../../src/train/networks/networks.js';

/** A built-in network. */
export function builtIn(network: NetworkName, shape: Shape, classes: number, bias = false): NetworkSpec {
  const names = Array.from({ length: classes }, (_, i) => String(i));
  return buildNetwork({ network, bias }, { shape, classes: names });
}

/** ResNet-20 with one block a stage. */
export function resnet8(shape: Shape, classes: number): NetworkSpec {
  const first = (name: string): string => name.replace(/block\d/, 'block1');
  const { layers, ...network } = builtIn('resnet20', shape, classes);
  const kept = layers
    .filter(({ name }) => !/block[23]/.test(name))
    .map((layer): LayerSpec => {
      if (layer.kind === 'add') return { ...layer, inputs: [first(layer.inputs[0]), first(layer.inputs[1])] };
      return 'input' in layer ? { ...layer, input: first(layer.input) } : layer;
    });
  return { ...network, name: 'resnet8', layers: kept };
}
