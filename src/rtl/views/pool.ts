/** View-model of a max or average pool. */
import { STREAM_FIFO_DEPTH, type PoolPlan } from '../plan.js';
import { layerCycles } from '../schedule/predict.js';
import { bitsOfInteger, concatBits, constant } from '../text.js';
import { describe, widthText, windowParameters, type Heading } from './common.js';
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

export function poolView(layer: PoolPlan, heading: Heading, module: string): ModuleView {
  const { node, window, taps, widths } = layer;
  const { shape, format } = node.inputTensor;
  const { bits, signed } = format;
  const maximum = node.kind === 'maxPool';
  const padding = bitsOfInteger(maximum && signed ? -(2 ** (bits - 1)) : 0, bits);
  // The window unit hands on whole beats: they are its elements.
  const beats = shape.channels / widths.input;
  const beatBits = widths.input * bits;
  const outBits = widths.output * node.outputTensor.format.bits;
  const element = window === null ? LAYER_IN : namedStream('element');
  const name = maximum ? 'max' : 'sum';
  const result = namedStream(name);
  const windows =
    window === null
      ? []
      : [
          streamInstance('flexor_window_serial', 'u_window', LAYER_IN, element, {
            wires: streamWires('element', beatBits),
            parameters: [
              ...windowParameters(beatBits, window, beats),
              ['Simd', 1],
              ['Steps', taps * beats],
              ['PadValue', constant(concatBits(...Array.from({ length: widths.input }, () => padding)))],
            ],
          }),
        ];
  return {
    ...heading,
    head: [describe(layer), ...widthText(layer), `${layerCycles(layer)} cycles a frame.`],
    module,
    ...portViews([['clk_i', 0], ['rst_ni', 0], ...streamPorts('in', beatBits), ...streamPorts('out', outBits)]),
    instances: [
      ...windows,
      streamInstance(maximum ? 'flexor_max_pool' : 'flexor_sum_pool', `u_${name}`, element, result, {
        wires: streamWires(name, outBits),
        parameters: [
          ['Bits', bits],
          ['Signed', signed ? 1 : 0],
          ['Channels', shape.channels],
          ...(widths.input > 1 ? [['Width', widths.input] as const] : []),
          ['Taps', taps],
          ...(maximum ? [] : [['SumBits', node.outputTensor.format.bits] as const]),
        ],
      }),
      fifoInstance('u_fifo', result, LAYER_OUT, { bits: outBits, depth: STREAM_FIFO_DEPTH }),
    ],
    assigns: [],
  };
}
