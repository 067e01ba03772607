/** What residual networks are made of: 3×3 convolutions with batch norm, basic blocks, the classifier behind the last. */
import { invariant } from '../../base/errors.js';
import type { Shape } from '../../graph/types.js';
import { UNDILATED, wholeWindow } from '../../graph/window.js';
import { tensorShapes, type ConvSpec, type LayerSpec, type NetworkSpec } from './network.js';

/** A 3×3 convolution at full precision with batch norm and ReLU, but for what `rest` says. */
export function convolution(name: string, input: string, outChannels: number, rest: Partial<ConvSpec>): ConvSpec {
  return {
    ...{ kind: 'conv', name, input, outChannels, kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
    ...{ dilation: UNDILATED, groups: 1, group: null, bias: false, batchNorm: true, relu: true, ...rest },
  };
}

/** Makes the layer that brings the input of a widening block to the shape of its output. */
export type Shortcut = (name: string, input: string, stride: readonly [number, number]) => LayerSpec;

/**
 * A basic block of He et al. (2016): two 3×3 convolutions and an addition, whose name is `name`_add. With a `shortcut` the
 * first convolution has stride 2.
 */
export function basicBlock(
  name: string,
  input: string,
  channels: number,
  group: number,
  shortcut: Shortcut | null,
): LayerSpec[] {
  const stride = shortcut === null ? ([1, 1] as const) : ([2, 2] as const);
  const skip = shortcut === null ? [] : [shortcut(`${name}_skip`, input, stride)];
  return [
    convolution(`${name}_conv1`, input, channels, { stride, group }),
    convolution(`${name}_conv2`, `${name}_conv1`, channels, { relu: false, group }),
    ...skip,
    { kind: 'add', name: `${name}_add`, inputs: [`${name}_conv2`, skip[0]?.name ?? input], relu: true },
  ];
}

/** A network of these layers, then the average over the whole map and a dense layer at full precision. */
export function withClassifier(name: string, input: Shape, layers: readonly LayerSpec[], classes: number): NetworkSpec {
  const last = layers.at(-1);
  invariant(last, 'a classifier behind nothing');
  const whole = wholeWindow(tensorShapes({ name, input, layers }).get(last.name)!);
  const classifier: LayerSpec[] = [
    { kind: 'avgPool', name: 'pool', input: last.name, ...whole },
    { kind: 'flatten', name: 'flatten', input: 'pool' },
    {
      ...{ kind: 'dense', name: 'fc', input: 'flatten', outChannels: classes },
      ...{ group: null, bias: true, batchNorm: false, relu: false },
    },
  ];
  return { name, input, layers: [...layers, ...classifier] };
}
