/** View-model of `subsample.v`: the shortcut of a residual block that has no weights. */
import type { SubsamplePlan } from '../plan.js';
import { layerCycles } from '../schedule/predict.js';
import { describe, parameters, portRanges, widthText, type Heading } from './common.js';

export function subsampleView(layer: SubsamplePlan, heading: Heading, module: string) {
  const { stride, channelPadding, inputTensor } = layer.node;
  const { height, width, channels } = inputTensor.shape;
  // Whole beats are kept or dropped: they are the module's elements.
  const perBeat = layer.widths.input;
  return {
    ...heading,
    ...portRanges(layer),
    module,
    shapeText: describe(layer),
    streamText: widthText(layer),
    cyclesPerFrame: layerCycles(layer),
    parameters: parameters([
      ['Bits', perBeat * inputTensor.format.bits],
      ['Height', height],
      ['Width', width],
      ['Channels', channels / perBeat],
      ['StrideH', stride[0]],
      ['StrideW', stride[1]],
      ['Before', channelPadding[0] / perBeat],
      ['After', channelPadding[1] / perBeat],
    ]),
  };
}
