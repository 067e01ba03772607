/** What an instance of hw/flexor_thresholds.v binds. */
import type { WeightedPlan } from '../../layers/types.js';
import {
  CLOCK,
  instanceView,
  into,
  outOf,
  type InstanceView,
  type NamedValues,
  type Stream,
} from '../../views/instances.js';

/** From groups to results; `params`: the wire that holds the thresholds of a beat's channels. */
export function thresholdInstance(
  layer: WeightedPlan,
  [group, result]: readonly [Stream, Stream],
  wires: readonly string[],
  params: string,
): InstanceView {
  const connections: NamedValues = [
    ...CLOCK,
    ...into('in', group),
    ...outOf('out', result),
    ['fetch_o', 'fetch'],
    ['params_i', params],
  ];
  return instanceView('flexor_thresholds', 'u_thresholds', connections, { wires, parameters: parametersOf(layer) });
}

function parametersOf({ node, fold, widths, thresholds, ...numbers }: WeightedPlan): NamedValues {
  const { bits, falls, words } = thresholds!;
  const { format } = node.outputTensor;
  return [
    ['Pe', fold.pe],
    ...(widths.output > 1 ? [['Width', widths.output] as const] : []),
    ['Planes', node.planes.length],
    ['ActSigned', node.inputTensor.format.signed ? 1 : 0],
    ['AccBits', numbers.accBits],
    ['SumBits', numbers.sumBits],
    ['Joined', node.requantiser.joined ? (node.twosComplement ? 2 : 1) : 0],
    ...(numbers.sharedSums ? [['Dots', 1] as const] : []),
    ['DotBits', numbers.dotBits],
    ['FactorBits', numbers.factorBits],
    ['ThresholdBits', bits],
    ['OutBits', format.bits],
    ['OutSigned', format.signed ? 1 : 0],
    ['Falls', falls ? 1 : 0],
    ['ParamBits', words[0]!.length],
  ];
}
