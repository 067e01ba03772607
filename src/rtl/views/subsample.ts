/** View-model of `subsample.v`: the shortcut of a residual block that has no weights. */
import type { SubsamplePlan } from '../plan.js';
import { layerCycles } from '../schedule/predict.js';
import { describe, parameters, portRanges, type Heading } from './common.js';

export function subsampleView(layer: SubsamplePlan, heading: Heading, module: string) {
  const { stride, channelPadding, inputTensor } = layer.node;
  const { height, width, channels } = inputTensor.shape;
  return {
    ...heading,
    ...portRanges(layer.node),
    module,
    shapeText: describe(layer),
    cyclesPerFrame: layerCycles(layer),
    parameters: parameters([
      ['Bits', inputTensor.format.bits],
      ['Height', height],
      ['Width', width],
      ['Channels', channels],
      ['StrideH', stride[0]],
      ['StrideW', stride[1]],
      ['Before', channelPadding[0]],
      ['After', channelPadding[1]],
    ]),
  };
}
