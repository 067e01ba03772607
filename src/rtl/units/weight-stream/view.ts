/** What an instance of hw/flexor_weight_stream.v binds: rows from outside, registered before they are gathered. */
import { STREAM_FIFO_DEPTH } from '../../fifo-sizes.js';
import type { WeightedPlan } from '../../layers/types.js';
import { range } from '../../views/common.js';
import { CLOCK, fifoInstance, instanceView, type InstanceView } from '../../views/instances.js';
import { WORD_CONNECTIONS, wordParameters, wordWires } from '../weight-source/view.js';

/** Ports of the layer, as many bits as each has; 0: one wire without a range. */
export function weightPorts(rowBits: number): (readonly [name: string, bits: number])[] {
  return [
    ['weight_valid_i', 0],
    ['weight_ready_o', 0],
    ['weight_data_i', rowBits],
    ['weight_last_i', 0],
    ['weight_error_o', 0],
  ];
}

export function streamInstances(layer: WeightedPlan): InstanceView[] {
  const { rowBits } = layer.memory;
  const port = { valid: 'weight_valid_i', ready: 'weight_ready_o', data: '{weight_last_i, weight_data_i}' };
  const row = { valid: 'row_valid', ready: 'row_ready', data: '{row_last, row}' };
  const rowWires = ['row_valid', 'row_ready', 'row_last', `${range(rowBits)} row`];
  return [
    fifoInstance('u_row_fifo', port, row, { bits: rowBits + 1, depth: STREAM_FIFO_DEPTH }, { wires: rowWires }),
    instanceView(
      'flexor_weight_stream',
      'u_weights',
      [
        ...CLOCK,
        ['row_valid_i', row.valid],
        ['row_ready_o', row.ready],
        ['row_i', 'row'],
        ['row_last_i', 'row_last'],
        ...WORD_CONNECTIONS,
        ['error_o', 'weight_error_o'],
      ],
      { wires: wordWires(layer), parameters: wordParameters(layer) },
    ),
  ];
}
