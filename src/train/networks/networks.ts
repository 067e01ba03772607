/** The networks that can be trained: built-in ones by name, others from a file. */
import type { DatasetInfo } from '../../data/dataset.js';
import { describedNetwork } from './described.js';
import type { NetworkDescription, NetworkName } from './description.js';
import { lenet5 } from './lenet5.js';
import type { NetworkSpec } from './network.js';
import { resnet } from './resnet.js';
import { resnet18 } from './resnet18.js';

export { NETWORKS, type NetworkName } from './description.js';

/** What a run says about its network. */
export interface NetworkChoice {
  /** The built-in network, or the one whose recipes a described network trains with. */
  readonly network: NetworkName;
  /** The content of a network file; absent for a built-in network. */
  readonly described?: NetworkDescription;
  /** Whether a LeNet-5 has biases. */
  readonly bias: boolean;
}

/** The name by which files and people know the network. */
export function networkName({ network, described }: Pick<NetworkChoice, 'network' | 'described'>): string {
  return described?.name ?? network;
}

/** Whether some layer of the network has a batch norm. */
export function hasBatchNorm({ network, described }: Pick<NetworkChoice, 'network' | 'described'>): boolean {
  if (described === undefined) return network !== 'lenet5';
  return described.layers.some((layer) => 'batchNorm' in layer && layer.batchNorm === true);
}

/** The network for images of a data set. */
export function buildNetwork(
  { network, described, bias }: NetworkChoice,
  { shape, classes }: DatasetInfo,
): NetworkSpec {
  if (described !== undefined) return describedNetwork(described, shape, classes.length);
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
