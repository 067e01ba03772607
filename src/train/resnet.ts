/**
 * Residual networks for small images (He et al., Deep Residual Learning, 2016, section 4.2): 3×3 convolution to 16
 * channels, three stages of n blocks at 16, 32 and 64 channels, global average, dense layer; 6n + 2 weighted layers. Batch
 * norm behind every convolution, option-A shortcuts. First convolution and dense layer stay at full precision (FleXOR,
 * section 4); each stage is a layer group.
 */
import { invariant } from '../base/errors.js';
import type { Shape } from '../model/types.js';
import { NETWORK_INPUT, tensorShapes, type ConvSpec, type LayerSpec, type NetworkSpec } from './network.js';

const CHANNELS = [16, 32, 64] as const;

function conv3x3(name: string, input: string, outChannels: number, rest: Partial<ConvSpec>): ConvSpec {
  return {
    ...{ kind: 'conv', name, input, outChannels, kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
    ...{ group: null, bias: false, batchNorm: true, relu: true, ...rest },
  };
}

/** Layers of one block; the name of its output is that of the last. */
function block(name: string, input: string, from: number, to: number, group: number): LayerSpec[] {
  const widens = to !== from;
  const stride = widens ? ([2, 2] as const) : ([1, 1] as const);
  const before = (to - from) >> 1;
  const shortcut: LayerSpec[] = widens
    ? [{ kind: 'subsample', name: `${name}_skip`, input, stride, channelPadding: [before, to - from - before] }]
    : [];
  return [
    conv3x3(`${name}_conv1`, input, to, { stride, group }),
    conv3x3(`${name}_conv2`, `${name}_conv1`, to, { relu: false, group }),
    ...shortcut,
    { kind: 'add', name: `${name}_add`, inputs: [`${name}_conv2`, widens ? `${name}_skip` : input], relu: true },
  ];
}

/** ResNet-20 is `depth` 20, ResNet-32 `depth` 32; any 6n + 2. */
export function resnet(depth: number, input: Shape, classes: number): NetworkSpec {
  const blocks = (depth - 2) / 6;
  invariant(Number.isInteger(blocks) && blocks >= 1, `a residual network of ${depth} layers`);
  const layers: LayerSpec[] = [conv3x3('conv1', NETWORK_INPUT, CHANNELS[0], {})];
  let channels: number = CHANNELS[0];
  CHANNELS.forEach((to, stage) => {
    for (let b = 0; b < blocks; b++, channels = to) {
      layers.push(...block(`stage${stage + 1}_block${b + 1}`, layers.at(-1)!.name, channels, to, stage));
    }
  });
  const last = layers.at(-1)!.name;
  const { height, width } = tensorShapes({ name: '', input, layers }).get(last)!;
  const whole = { kernel: [height, width], stride: [height, width], padding: [0, 0, 0, 0] } as const;
  layers.push(
    { kind: 'avgPool', name: 'pool', input: last, ...whole },
    { kind: 'flatten', name: 'flatten', input: 'pool' },
    {
      ...{ kind: 'dense', name: 'fc', input: 'flatten', outChannels: classes },
      ...{ group: null, bias: true, batchNorm: false, relu: false },
    },
  );
  return { name: `resnet${depth}`, input, layers };
}
