/**
 * LeNet-5 as FleXOR trains it on MNIST: 32C5-MP2-64C5-MP2-512FC-10. 'Same' padding and ReLU are our reading; the paper
 * does not say. No bias (unless asked for) and no batch norm. Each layer is a layer group.
 */
import { INPUT_NAME } from '../../graph/order.js';
import type { ConvWindow, Shape } from '../../graph/types.js';
import { POINT_WINDOW } from '../../graph/window.js';
import { type ConvSpec, type DenseSpec, type NetworkSpec, type PoolSpec } from './network.js';

const same: ConvWindow = { ...POINT_WINDOW, kernel: [5, 5], padding: [2, 2, 2, 2] };
const half = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] } as const;

export function lenet5(input: Shape, classes: number, bias = false): NetworkSpec {
  const conv = (name: string, from: string, outChannels: number, group: number): ConvSpec => ({
    ...{ kind: 'conv', name, input: from, outChannels, group, bias, batchNorm: false, relu: true, ...same },
  });
  const pool = (name: string, from: string): PoolSpec => ({ kind: 'maxPool', name, input: from, ...half });
  const dense = (name: string, from: string, outChannels: number, group: number, relu: boolean): DenseSpec => ({
    ...{ kind: 'dense', name, input: from, outChannels, group, bias, batchNorm: false, relu },
  });
  return {
    name: 'lenet5',
    input,
    layers: [
      conv('conv1', INPUT_NAME, 32, 0),
      pool('pool1', 'conv1'),
      conv('conv2', 'pool1', 64, 1),
      pool('pool2', 'conv2'),
      { kind: 'flatten', name: 'flatten', input: 'pool2' },
      dense('fc1', 'flatten', 512, 2, true),
      dense('fc2', 'fc1', classes, 3, false),
    ],
  };
}
