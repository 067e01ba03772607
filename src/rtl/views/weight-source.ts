/** Where a layer's encrypted words come from: a memory of fixed contents, one that is loaded, or a stream from outside. */
import { loadsHeads } from '../memory-words.js';
import { STREAM_FIFO_DEPTH, type WeightedPlan } from '../plan.js';
import { range } from './common.js';
import {
  CLOCK,
  fifoInstance,
  instanceView,
  namedStream,
  streamWires,
  type InstanceView,
  type NamedValues,
} from './instances.js';
import type { LayerFiles } from './layer-files.js';
import { loadBus, loadConnections, loadWires, PORTS_IN } from './load-bus.js';

/** The stream of encrypted words. */
export const WORD = namedStream('word');

/** Where encrypted words come from. */
export function sourceInstances(layer: WeightedPlan, files: LayerFiles): InstanceView[] {
  const { memory } = layer;
  const { wordBits, rowBits, reads, rows } = memory;
  const shape: NamedValues = [
    ['WordBits', wordBits],
    ['RowBits', rowBits],
    ['Reads', reads],
    ['Rows', rows],
  ];
  const wires = streamWires('word', wordBits);
  const word: NamedValues = [
    ['word_valid_o', WORD.valid],
    ['word_ready_i', WORD.ready],
    ['word_o', WORD.data],
  ];
  const file: NamedValues = [['MemFile', `"${files.memories.get('weights')}"`]];
  switch (layer.weights) {
    case 'rom':
      return [
        instanceView('flexor_weight_rom', 'u_weights', [...CLOCK, ...word], { wires, parameters: [...shape, ...file] }),
      ];
    case 'stream':
      return streamedInstances(rowBits, shape, wires, word);
    case 'ram': {
      const heads = loadsHeads(layer);
      const headBits = memory.headSlices.length;
      return [
        instanceView(
          `flexor_weight_ram${heads ? '_phase' : ''}`,
          'u_weights',
          [
            ...CLOCK,
            ...word,
            ...(heads ? [['heads_o', 'head_slices'] as const] : []),
            ...loadConnections(PORTS_IN, loadBus('load_scales')),
            ['switch_i', 'switch_i'],
            ['settled_o', 'settled_weights'],
          ],
          {
            wires: [
              ...wires,
              ...(heads ? [`${range(headBits)} head_slices`] : []),
              ...loadWires('load_scales'),
              'settled_weights',
            ],
            parameters: [
              ...shape,
              ...(heads ? [['HeadBits', headBits] as const] : []),
              ...frameParameters(layer, files),
              ...file,
              ...(heads ? [['HeadFile', `"${files.memories.get('heads')}"`] as const] : []),
            ],
          },
        ),
      ];
    }
  }
}

/** Parameters of what switches between banks with the frame. */
export function frameParameters({ pixels }: WeightedPlan, { frameBits }: LayerFiles): NamedValues {
  return [
    ['Pixels', pixels],
    ['FrameBits', frameBits],
  ];
}

/** Rows from outside, registered before they are gathered. */
function streamedInstances(
  rowBits: number,
  shape: NamedValues,
  wires: readonly string[],
  word: NamedValues,
): InstanceView[] {
  const [port, row] = [
    { valid: 'weight_valid_i', ready: 'weight_ready_o', data: '{weight_last_i, weight_data_i}' },
    { valid: 'row_valid', ready: 'row_ready', data: '{row_last, row}' },
  ];
  return [
    fifoInstance(
      'u_row_fifo',
      port,
      row,
      { bits: rowBits + 1, depth: STREAM_FIFO_DEPTH },
      { wires: ['row_valid', 'row_ready', 'row_last', `${range(rowBits)} row`] },
    ),
    instanceView(
      'flexor_weight_stream',
      'u_weights',
      [
        ...CLOCK,
        ['row_valid_i', row.valid],
        ['row_ready_o', row.ready],
        ['row_i', 'row'],
        ['row_last_i', 'row_last'],
        ...word,
        ['error_o', 'weight_error_o'],
      ],
      { wires, parameters: shape },
    ),
  ];
}
