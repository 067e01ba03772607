/** The wrapper of a max or average pool. */
import { STREAM_FIFO_DEPTH } from '../../fifo-sizes.js';
import { bitsOfInteger, concatBits } from '../../text.js';
import { beatWindowInstance } from '../../units/serial-window/view.js';
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
import type { ModuleText, PoolPlan } from '../types.js';
import { poolInstance } from './units.js';

/** `title` and `cycles` as the kind of layer gives them. */
export function poolModule(
  layer: PoolPlan,
  { heading, module }: ModuleText,
  head: { readonly title: string; readonly cycles: number },
): ModuleView {
  const { node, window, taps, widths } = layer;
  const { bits, signed } = node.inputTensor.format;
  const maximum = node.kind === 'maxPool';
  const [inBits, outBits] = [widths.input * bits, widths.output * node.outputTensor.format.bits];
  const padding = bitsOfInteger(maximum && signed ? -(2 ** (bits - 1)) : 0, bits);
  const beat = concatBits(...Array.from({ length: widths.input }, () => padding));
  const element = window === null ? LAYER_IN : namedStream('element');
  const name = maximum ? 'max' : 'sum';
  const result = namedStream(name);
  const pool = poolInstance(layer);
  return {
    ...heading,
    head: [describe(node, head.title), ...widthText(layer), `${head.cycles} cycles a frame.`],
    module,
    ...portViews([['clk_i', 0], ['rst_ni', 0], ...streamPorts('in', inBits), ...streamPorts('out', outBits)]),
    instances: [
      ...(window === null
        ? []
        : [beatWindowInstance({ tensor: node.inputTensor, window, width: widths.input, taps }, element, beat)]),
      streamInstance(pool.module, `u_${name}`, element, result, {
        wires: streamWires(name, outBits),
        parameters: pool.parameters,
      }),
      fifoInstance('u_fifo', result, LAYER_OUT, { bits: outBits, depth: STREAM_FIFO_DEPTH }),
    ],
    assigns: [],
  };
}
