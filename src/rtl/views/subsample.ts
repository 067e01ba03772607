/** View-model of a subsample: the shortcut of a residual block that has no weights. */
import { STREAM_FIFO_DEPTH, type SubsamplePlan } from '../plan.js';
import { layerCycles } from '../schedule/predict.js';
import { describe, widthText, type Heading } from './common.js';
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
} from './instances.js';

export function subsampleView(layer: SubsamplePlan, heading: Heading, module: string): ModuleView {
  const { stride, channelPadding, inputTensor, outputTensor } = layer.node;
  const { height, width, channels } = inputTensor.shape;
  // Whole beats are kept or dropped: they are the module's elements.
  const perBeat = layer.widths.input;
  const inBits = perBeat * inputTensor.format.bits;
  const outBits = layer.widths.output * outputTensor.format.bits;
  const kept = namedStream('kept');
  return {
    ...heading,
    head: [describe(layer), ...widthText(layer), `${layerCycles(layer)} cycles a frame.`],
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
