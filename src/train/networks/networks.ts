/** The networks that can be trained, by name. */
import type { DatasetInfo } from '../../data/dataset.js';
import { lenet5 } from './lenet5.js';
import type { NetworkSpec } from './network.js';
import { resnet } from './resnet.js';
import { resnet18 } from './resnet18.js';

export const NETWORKS = ['lenet5', 'resnet20', 'resnet32', 'resnet18'] as const;
export type NetworkName = (typeof NETWORKS)[number];

/** What a run says about its network. */
export interface NetworkChoice {
  readonly network: NetworkName;
  /** Whether a LeNet-5 has biases. */
  readonly bias: boolean;
}

/** The network for images of a data set. */
export function buildNetwork({ network, bias }: NetworkChoice, { shape, classes }: DatasetInfo): NetworkSpec {
  switch (network) {
    case 'lenet5':
      return lenet5(shape, classes.length, bias);
    case 'resnet20':
      return resnet(20, shape, classes.length);
    case 'resnet32':
      return resnet(32, shape, classes.length);
    case 'resnet18':
      return resnet18(shape, classes.length);
  }
}
