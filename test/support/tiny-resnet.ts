/** ResNets for CIFAR-10 (He et al. 2016, option A) with random weights: 6n + 2 layers, first and last at full precision. */
import type { FlexorModel } from '../../src/model/types.js';
import { tinyModel, type TinyNode, type TinyWeights } from './tiny-model.js';

export interface TinyResnet {
  /** n: blocks a stage; 3 for ResNet-20. */
  readonly blocks: number;
  /** Channels of the first stage; 16. */
  readonly width?: number;
  /** Height and width of the image, divisible by 4; 32. */
  readonly side?: number;
}

const FLEXOR: TinyWeights = { nIn: 12, nOut: 20, taps: 2, batchNorm: true };

export function tinyResnet(seed: number, { blocks, width = 16, side = 32 }: TinyResnet): FlexorModel {
  const padding = [1, 1, 1, 1] as const;
  const nodes: TinyNode[] = [{ kind: 'conv', channels: width, padding, weights: { float: true, batchNorm: true } }];
  let last = 'conv1';
  const push = (node: TinyNode): string => `${node.kind}${nodes.push(node)}`;
  for (let stage = 0; stage < 3; stage++) {
    const channels = width << stage;
    for (let block = 0; block < blocks; block++) {
      const down = stage > 0 && block === 0;
      push({ kind: 'conv', channels, stride: down ? [2, 2] : [1, 1], padding, weights: FLEXOR });
      const body = push({ kind: 'conv', channels, padding, weights: { ...FLEXOR, relu: false } });
      const quarter = channels / 4;
      const shortcut = down
        ? push({ kind: 'subsample', from: last, stride: [2, 2], channelPadding: [quarter, quarter] })
        : last;
      last = push({ kind: 'add', from: body, with: shortcut });
    }
  }
  nodes.push({ kind: 'average', kernel: [side / 4, side / 4], stride: [1, 1] });
  nodes.push({ kind: 'dense', channels: 10, weights: { float: true, bias: true, relu: false } });
  return tinyModel(seed, nodes, { height: side, width: side, channels: 3 });
}
