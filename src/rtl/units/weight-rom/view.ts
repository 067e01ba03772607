/** What an instance of hw/flexor_weight_rom.v binds. */
import type { WeightedPlan } from '../../layers/types.js';
import { isRegistered } from '../../cost/rom.js';
import { CLOCK, instanceView, type InstanceView, type NamedValues } from '../../views/instances.js';
import type { LayerFiles } from '../../views/layer-files.js';
import { fileParameter, WORD_CONNECTIONS, wordParameters, wordWires } from '../weight-source/view.js';

export function romInstances(layer: WeightedPlan, files: LayerFiles): InstanceView[] {
  const { rowBits, rows, ramStyle } = layer.memory;
  const registered: NamedValues = [['Registered', Number(isRegistered(rowBits, rows))]];
  const style: NamedValues = ramStyle === undefined ? [] : [['RamStyle', `"${ramStyle}"`]];
  const parameters = [...wordParameters(layer), ...registered, ...style, ...fileParameter(files, 'weights')];
  const parts = { wires: wordWires(layer), parameters };
  return [instanceView('flexor_weight_rom', 'u_weights', [...CLOCK, ...WORD_CONNECTIONS], parts)];
}
