/** The wrapper of a subsample, and what its instance of hw/flexor_subsample.v binds. */
import { STREAM_FIFO_DEPTH } from '../../fifo-sizes.js';
import { describe, widthText } from '../../views/common.js';
import {
  fifoInstance,
  LAYER_IN,
  LAYER_OUT,
  namedStream,
  portViews,
  streamInstance,
  streamPorts,
  streamWires,
  type ModuleView,
} from '../../views/instances.js';
import type { ModuleText, SubsamplePlan } from '../types.js';

/** `title` and `cycles` as the kind of layer gives them. */
export function subsampleModule(
  layer: SubsamplePlan,
  { heading, module }: ModuleText,
  head: { readonly title: string; readonly cycles: number },
): ModuleView {
  const { stride, channelPadding, inputTensor, outputTensor } = layer.node;
  const { height, width, channels } = inputTensor.shape;
  // Whole beats are kept or dropped: they are the module's elements.
  const perBeat = layer.widths.input;
  const inBits = perBeat * inputTensor.format.bits;
  const outBits = layer.widths.output * outputTensor.format.bits;
  const kept = namedStream('kept');
  return {
    ...heading,
    head: [describe(layer.node, head.title), ...widthText(layer), `${head.cycles} cycles a frame.`],
    module,
    ...portViews([['clk_i', 0], ['rst_ni', 0], ...streamPorts('in', inBits), ...streamPorts('out', outBits)]),
    instances: [
      streamInstance('flexor_subsample', 'u_subsample', LAYER_IN, kept, {
        wires: streamWires('kept', outBits),
        parameters: [
          ['Bits', inBits],
          ['Height', height],
          ['Width', width],
          ['Channels', channels / perBeat],
          ['StrideH', stride[0]],
          ['StrideW', stride[1]],
          ['Before', channelPadding[0] / perBeat],
          ['After', channelPadding[1] / perBeat],
        ],
      }),
      fifoInstance('u_fifo', kept, LAYER_OUT, { bits: outBits, depth: STREAM_FIFO_DEPTH }),
    ],
    assigns: [],
  };
}
