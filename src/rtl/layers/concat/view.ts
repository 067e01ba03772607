/** The wrapper of a concatenation. */
import { elementCount } from '../../../graph/shapes.js';
import { STREAM_FIFO_DEPTH } from '../../fifo-sizes.js';
import { CONCAT, type ConcatParameters } from '../../units/concat/index.js';
import { describe, widthText } from '../../views/common.js';
import {
  CLOCK,
  fifoInstance,
  instanceView,
  LAYER_OUT,
  namedStream,
  outOf,
  portViews,
  streamPorts,
  streamWires,
  type ModuleView,
} from '../../views/instances.js';
import type { ConcatPlan, ModuleText } from '../types.js';

export function concatModule(
  layer: ConcatPlan,
  { heading, module }: ModuleText,
  { title, bits, beats }: ConcatParameters & { readonly title: string },
): ModuleView {
  const { node, widths } = layer;
  const prefixes = beats.map((_, i) => (i === 0 ? 'in' : `in${i}`));
  const all = (suffix: string): string =>
    `{${prefixes
      .map((prefix) => `${prefix}_${suffix}`)
      .reverse()
      .join(', ')}}`;
  const joined = namedStream('joined');
  const lengths = beats.map((count) => `32'd${count}`).reverse();
  return {
    ...heading,
    head: [
      describe(node, title),
      ...widthText(layer),
      `${elementCount(node.outputTensor.shape) / widths.output} cycles a frame.`,
    ],
    module,
    ...portViews([
      ['clk_i', 0],
      ['rst_ni', 0],
      ...prefixes.flatMap((prefix) => streamPorts(prefix, bits)),
      ...streamPorts('out', bits),
    ]),
    instances: [
      instanceView(
        CONCAT.module,
        'u_concat',
        [
          ...CLOCK,
          ['in_valid_i', all('valid_i')],
          ['in_ready_o', all('ready_o')],
          ['in_data_i', all('data_i')],
          ...outOf('out', joined),
        ],
        {
          wires: streamWires('joined', bits),
          parameters: [
            ['Bits', bits],
            ['Inputs', beats.length],
            ['Beats', `{${lengths.join(', ')}}`],
          ],
        },
      ),
      fifoInstance('u_fifo', joined, LAYER_OUT, { bits, depth: STREAM_FIFO_DEPTH }),
    ],
    assigns: [],
  };
}
