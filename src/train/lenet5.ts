/**
 * LeNet-5 as FleXOR trains it on MNIST: 32C5-MP2-64C5-MP2-512FC-10. 'Same' padding and ReLU are our reading; the paper
 * does not say. No bias and no batch norm.
 */
import type { Shape } from '../model/types.js';
import type { NetworkSpec } from './network.js';

const conv = (name: string, outChannels: number) =>
  ({ kind: 'conv', name, outChannels, kernel: [5, 5], stride: [1, 1], padding: [2, 2, 2, 2], relu: true }) as const;
const pool = (name: string) =>
  ({ kind: 'maxPool', name, kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] }) as const;

export function lenet5(input: Shape, classes: number): NetworkSpec {
  return {
    name: 'lenet5',
    input,
    layers: [
      conv('conv1', 32),
      pool('pool1'),
      conv('conv2', 64),
      pool('pool2'),
      { kind: 'flatten', name: 'flatten' },
      { kind: 'dense', name: 'fc1', outChannels: 512, relu: true },
      { kind: 'dense', name: 'fc2', outChannels: classes, relu: false },
    ],
  };
}
