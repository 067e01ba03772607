/** What an instance of hw/flexor_weight_ram.v binds, or of hw/flexor_weight_ram_phase.v, which holds boundary slices as well. */
import type { WeightedPlan } from '../../layers/types.js';
import { loadsBoundarySlices } from '../../memory-words.js';
import { range } from '../../views/common.js';
import { CLOCK, instanceView, type InstanceView } from '../../views/instances.js';
import type { LayerFiles } from '../../views/layer-files.js';
import { loadBus, loadConnections, loadWires, PORTS_IN } from '../../views/load-bus.js';
import { fileParameter, frameParameters, WORD_CONNECTIONS, wordParameters, wordWires } from '../weight-source/view.js';

export function ramInstances(layer: WeightedPlan, files: LayerFiles): InstanceView[] {
  const loaded = loadsBoundarySlices(layer);
  const boundaryBits = layer.memory.boundarySlices.length;
  return [
    instanceView(
      `flexor_weight_ram${loaded ? '_phase' : ''}`,
      'u_weights',
      [
        ...CLOCK,
        ...WORD_CONNECTIONS,
        ...(loaded ? [['boundary_o', 'boundary_slices'] as const] : []),
        ...loadConnections(PORTS_IN, loadBus('load_scales')),
        ['switch_i', 'switch_i'],
        ['settled_o', 'settled_weights'],
      ],
      {
        wires: [
          ...wordWires(layer),
          ...(loaded ? [`${range(boundaryBits)} boundary_slices`] : []),
          ...loadWires('load_scales'),
          'settled_weights',
        ],
        parameters: [
          ...wordParameters(layer),
          ...(loaded ? [['BoundaryBits', boundaryBits] as const] : []),
          ...frameParameters(layer, files),
          ...fileParameter(files, 'weights'),
          ...(loaded ? fileParameter(files, 'boundary', 'BoundaryFile') : []),
        ],
      },
    ),
  ];
}
