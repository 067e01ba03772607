/**
 * Residual networks for small images (He et al., Deep Residual Learning, 2016, section 4.2): 3×3 convolution to 16
 * channels, three stages of n blocks at 16, 32 and 64 channels, global average, dense layer; 6n + 2 weighted layers. Batch
 * norm behind every convolution, option-A shortcuts. First convolution and dense layer stay at full precision (FleXOR,
 * section 4); each stage is a layer group.
 */
import { invariant } from '../../base/errors.js';
import { INPUT_NAME } from '../../graph/order.js';
import type { Shape } from '../../graph/types.js';
import { type LayerSpec, type NetworkSpec } from './network.js';
import { basicBlock, convolution, withClassifier, type Shortcut } from './residual.js';

const CHANNELS = [16, 32, 64] as const;

/** Option A: every second pixel, zeros for the channels that are new. */
function optionA(from: number, to: number): Shortcut {
  const before = (to - from) >> 1;
  return (name, input, stride) => ({
    ...{ kind: 'subsample', name, input, stride },
    channelPadding: [before, to - from - before],
  });
}

/** ResNet-20 is `depth` 20, ResNet-32 `depth` 32; any 6n + 2. */
export function resnet(depth: number, input: Shape, classes: number): NetworkSpec {
  const blocks = (depth - 2) / 6;
  invariant(Number.isInteger(blocks) && blocks >= 1, `a residual network of ${depth} layers`);
  const layers: LayerSpec[] = [convolution('conv1', INPUT_NAME, CHANNELS[0], {})];
  let channels: number = CHANNELS[0];
  CHANNELS.forEach((to, stage) => {
    for (let b = 0; b < blocks; b++, channels = to) {
      const shortcut = to === channels ? null : optionA(channels, to);
      layers.push(...basicBlock(`stage${stage + 1}_block${b + 1}`, layers.at(-1)!.name, to, stage, shortcut));
    }
  });
  return withClassifier(`resnet${depth}`, input, layers, classes);
}
