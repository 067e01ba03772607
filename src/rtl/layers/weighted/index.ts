/** Convolutions and dense layers. */
import { convGroups, type WeightedNode } from '../../lanes.js';
import { loadStage, registerOf, treeLevelsOf } from '../../pipeline.js';
import { EngineControl } from '../../units/engine/control.js';
import type { LayerKind, WeightedPlan, WeightedShape } from '../types.js';

import { weightedPlan } from './plan.js';
import { weightedSeams } from './seams.js';
import { weightedUnits } from './units.js';
import { weightedCycles, weightedModule, weightedTitle } from './view.js';

const INPUT = { name: 'input', prefix: 'in', joins: false };
/** Comes by a way that leads around the layer. */
const RESIDUAL = { name: 'residual', prefix: 'res', joins: true };

export const WEIGHTED: LayerKind<WeightedNode, WeightedPlan, WeightedShape> = {
  inputs: ({ residual }) => (residual === null ? [INPUT] : [INPUT, RESIDUAL]),
  title: weightedTitle,
  plan: weightedPlan,
  elements: () => 0,
  widestBeat: () => Infinity,
  bursts: () => false,
  cycles: weightedCycles,
  placed: weightedUnits,
  seams: weightedSeams,
  control: (plan, [input, residual = null], output) => new EngineControl(plan, input!, residual, output),
  scheduleKey({
    fold,
    feed,
    window,
    steps,
    groups,
    groupFifoDepth,
    node,
    tableLanes,
    sharedSums,
    holdsWords,
    ...plan
  }) {
    const pipeline = [treeLevelsOf(fold), registerOf(fold, 'address'), loadStage(fold, holdsWords)];
    const lanes = [fold.pe, fold.simd, tableLanes, sharedSums, convGroups(node), ...pipeline];
    return [...lanes, feed, window, steps, groups, groupFifoDepth, plan.scaleStages];
  },
  module: weightedModule,
};
