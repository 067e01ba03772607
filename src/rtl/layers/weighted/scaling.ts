/** What makes a layer's outputs of its sums: multipliers or thresholds, whichever the cost model finds smaller. */
import { bitsFor } from '../../../base/bits.js';
import { areaOf, unitCost } from '../../cost/unit-cost.js';
import { registerOf } from '../../pipeline.js';
import { REQUANTISER } from '../../units/requantiser/cost.js';
import { scaleTable } from '../../units/requantiser/scale-table.js';
import { requantiserStages } from '../../units/requantiser/schedule.js';
import { THRESHOLDS } from '../../units/thresholds/cost.js';
import { thresholdStages } from '../../units/thresholds/schedule.js';
import { thresholdTable } from '../../units/thresholds/table.js';
import { place, type PlacedUnit } from '../../units/types.js';
import type { ThresholdTable, WeightedShape } from '../types.js';
import { isLoaded } from '../../weight-memory.js';

type Scaling = Pick<WeightedShape, 'thresholds' | 'scaleStages'>;
type Unscaled = Omit<WeightedShape, keyof Scaling>;

/** Thresholds or multipliers, with the stages that they take. */
export function chosenScaling(shape: Unscaled): Scaling {
  const { joined } = shape.node.requantiser;
  const table = chosenThresholds(shape);
  if (table === null) return { thresholds: null, scaleStages: requantiserStages(joined, shape.fold) };
  return { thresholds: table, scaleStages: thresholdStages(joined, shape.node.outputTensor.format.bits) };
}

/** The thresholds of a layer for which they are cheaper; null: multipliers. What is loaded at run time are multipliers. */
function chosenThresholds(shape: Unscaled): ThresholdTable | null {
  const table = isLoaded(shape.weights) ? null : thresholdTable(shape.node);
  if (table === null) return null;
  const [searched, multiplied] = [thresholds(shape, table), requantiser(shape)].map((unit) => areaOf(unitCost(unit)));
  return searched! < multiplied! ? table : null;
}

/** The unit that was chosen. */
export function placedScaling(shape: WeightedShape): PlacedUnit {
  return shape.thresholds === null ? requantiser(shape) : thresholds(shape, shape.thresholds);
}

function thresholds(
  { node, fold, groups, widths, sharedSums, ...numbers }: Unscaled,
  table: ThresholdTable,
): PlacedUnit {
  const { accBits, sumBits, dotBits, factorBits } = numbers;
  return place(THRESHOLDS, {
    ...{ pe: fold.pe, width: widths.output, groups, planes: node.planes.length, joined: node.requantiser.joined },
    ...{ accBits, sumBits, dotBits, factorBits, sharedSums, thresholdBits: table.bits },
    ...{ outBits: node.outputTensor.format.bits, falls: table.falls, columns: table.columns },
  });
}

function requantiser({ node, fold, groups, widths, ...numbers }: Unscaled): PlacedUnit {
  const { accBits, sumBits, dotBits, factorBits, scaledBits } = numbers;
  const { joined, multiplierBits, output } = node.requantiser;
  const { residual } = node;
  return place(REQUANTISER, {
    pe: fold.pe,
    groups,
    width: widths.output,
    planes: node.planes.length,
    ...{ accBits, sumBits, joined, dotBits, factorBits, multiplierBits, scaledBits },
    shift: output?.shift ?? null,
    outBits: node.outputTensor.format.bits,
    table: scaleTable(node),
    product: registerOf(fold, 'product'),
    residual: residual && {
      bits: residual.tensor.format.bits,
      multiplierBits: bitsFor(Math.min(residual.multiplier, -2), residual.multiplier).bits,
    },
  });
}
