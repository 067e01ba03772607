/**
 * ResNet-18 (He et al., Deep Residual Learning, 2016, table 1): 7×7 convolution of stride 2 to 64 channels, 3×3 max pool of
 * stride 2, four stages of two basic blocks at 64, 128, 256 and 512 channels, global average, dense layer. A block that
 * widens has option B's shortcut, a 1×1 convolution of stride 2 with batch norm. First convolution and dense layer stay at
 * full precision (FleXOR, section 4). Layer groups are the stages, 0 to 3, and the 1×1 convolutions, 4.
 */
import { INPUT_NAME } from '../../graph/order.js';
import type { Shape } from '../../graph/types.js';
import { type LayerSpec, type NetworkSpec } from './network.js';
import { basicBlock, convolution, withClassifier, type Shortcut } from './residual.js';

const CHANNELS = [64, 128, 256, 512] as const;
const BLOCKS = 2;

/** Layer group of the 1×1 convolutions. */
const PROJECTIONS = CHANNELS.length;

function projection(channels: number): Shortcut {
  return (name, input, stride) =>
    convolution(name, input, channels, {
      ...{ kernel: [1, 1], stride, padding: [0, 0, 0, 0] },
      ...{ relu: false, group: PROJECTIONS },
    });
}

/** `input` is 224×224×3 for ImageNet; any other size goes, too. */
export function resnet18(input: Shape, classes: number): NetworkSpec {
  const layers: LayerSpec[] = [
    convolution('conv1', INPUT_NAME, CHANNELS[0], { kernel: [7, 7], stride: [2, 2], padding: [3, 3, 3, 3] }),
    { kind: 'maxPool', name: 'pool1', input: 'conv1', kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] },
  ];
  CHANNELS.forEach((channels, stage) => {
    for (let b = 0; b < BLOCKS; b++) {
      const shortcut = stage > 0 && b === 0 ? projection(channels) : null;
      layers.push(...basicBlock(`stage${stage + 1}_block${b + 1}`, layers.at(-1)!.name, channels, stage, shortcut));
    }
  });
  return withClassifier('resnet18', input, layers, classes);
}
