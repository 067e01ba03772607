/** What an instance of hw/flexor_engine.v binds. */
import { convGroups } from '../../lanes.js';
import { groupBits, type WeightedPlan } from '../../layers/types.js';
import {
  CLOCK,
  instanceView,
  into,
  outOf,
  streamWires,
  type InstanceView,
  type NamedValues,
  type Stream,
} from '../../views/instances.js';
import { DEFAULT_TREE_LEVELS, registerOf, treeLevelsOf } from '../../pipeline.js';
import type { LayerFold } from '../../types.js';
import { WORD } from '../weight-source/view.js';

/** From vectors and decrypted words to groups; `word`: the name of the wire that holds these words. */
export function engineInstance(layer: WeightedPlan, vector: Stream, word: string, group: Stream): InstanceView {
  const { node, fold } = layer;
  const phased = layer.memory.phases.some((phase) => phase !== 0);
  return instanceView(
    'flexor_engine',
    'u_engine',
    [
      ...CLOCK,
      ...into('in', vector),
      ...outOf('out', group),
      ['word_valid_i', WORD.valid],
      ['word_ready_o', WORD.ready],
      ['word_first_o', phased ? 'word_first' : 'unused_word_first'],
      ['word_i', word],
    ],
    {
      wires: [...streamWires(group.data, groupBits(layer)), ...(phased ? [] : ['unused_word_first'])],
      parameters: [
        ['ActBits', node.inputTensor.format.bits],
        ['ActSigned', node.inputTensor.format.signed ? 1 : 0],
        ['Simd', fold.simd],
        ['Pe', fold.pe],
        ['Groups', layer.groups],
        ...(convGroups(node) > 1 ? [['Hold', layer.groups / convGroups(node)] as const] : []),
        ['Steps', layer.steps],
        ['Planes', node.planes.length],
        ...(layer.tableLanes > 0 ? [['TableLanes', layer.tableLanes] as const] : []),
        ...(layer.sharedSums ? [['Dots', 1] as const] : []),
        ...(registerOf(fold, 'load') > 0 ? [['LoadRegister', 1] as const] : []),
        ...(layer.holdsWords ? [['HeldWords', 1] as const] : []),
        ...treeParameters(fold),
        ['WordCycles', layer.memory.wordCycles],
        ['AccBits', layer.accBits],
        ['SumBits', layer.sumBits],
      ],
    },
  );
}

/** Said where it is not what the Verilog takes. */
function treeParameters(fold: LayerFold): NamedValues {
  const levels = treeLevelsOf(fold);
  return levels === DEFAULT_TREE_LEVELS ? [] : [['TreeLevels', levels]];
}
