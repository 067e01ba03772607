/** The networks that can be trained, by name. */
import type { DatasetInfo } from '../data/dataset.js';
import type { TrainConfig } from './config.js';
import { lenet5 } from './lenet5.js';
import type { NetworkSpec } from './network.js';
import { resnet } from './resnet.js';
import { resnet18 } from './resnet18.js';

export function buildNetwork({ network, bias }: TrainConfig, { shape, classes }: DatasetInfo): NetworkSpec {
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
