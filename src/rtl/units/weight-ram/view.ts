/** What an instance of hw/flexor_weight_ram.v binds, or of hw/flexor_weight_ram_phase.v, which holds head slices as well. */
import type { WeightedPlan } from '../../layers/types.js';
import { loadsHeads } from '../../memory-words.js';
import { range } from '../../views/common.js';
import { CLOCK, instanceView, type InstanceView } from '../../views/instances.js';
import type { LayerFiles } from '../../views/layer-files.js';
import { loadBus, loadConnections, loadWires, PORTS_IN } from '../../views/load-bus.js';
import { fileParameter, frameParameters, WORD_CONNECTIONS, wordParameters, wordWires } from '../weight-source/view.js';

export function ramInstances(layer: WeightedPlan, files: LayerFiles): InstanceView[] {
  const heads = loadsHeads(layer);
  const headBits = layer.memory.headSlices.length;
  return [
    instanceView(
      `flexor_weight_ram${heads ? '_phase' : ''}`,
      'u_weights',
      [
        ...CLOCK,
        ...WORD_CONNECTIONS,
        ...(heads ? [['heads_o', 'head_slices'] as const] : []),
        ...loadConnections(PORTS_IN, loadBus('load_scales')),
        ['switch_i', 'switch_i'],
        ['settled_o', 'settled_weights'],
      ],
      {
        wires: [
          ...wordWires(layer),
          ...(heads ? [`${range(headBits)} head_slices`] : []),
          ...loadWires('load_scales'),
          'settled_weights',
        ],
        parameters: [
          ...wordParameters(layer),
          ...(heads ? [['HeadBits', headBits] as const] : []),
          ...frameParameters(layer, files),
          ...fileParameter(files, 'weights'),
          ...(heads ? fileParameter(files, 'heads', 'HeadFile') : []),
        ],
      },
    ),
  ];
}
