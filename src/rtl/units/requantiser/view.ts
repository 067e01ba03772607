/** What stands behind an engine: the FIFO of groups, multipliers and beta or thresholds, what takes them, the residual stream. */
import { bitsFor } from '../../../base/bits.js';
import { RESIDUAL_MULTIPLIER_BITS } from '../../../fixed/widths.js';
import { beatsOf } from '../../beats.js';
import { isRegistered } from '../../cost/rom.js';
import { groupBits, type WeightedPlan } from '../../layers/types.js';
import { bitsOfInteger, constant } from '../../text.js';
import { registerOf } from '../../pipeline.js';
import { range } from '../../views/common.js';
import {
  CLOCK,
  fifoInstance,
  instanceView,
  into,
  namedStream,
  outOf,
  streamWires,
  type InstanceView,
  type NamedValues,
  type Stream,
} from '../../views/instances.js';
import type { LayerFiles } from '../../views/layer-files.js';
import { loadBus, loadConnections, PORTS_OUT } from '../../views/load-bus.js';
import { narrowInstance } from '../narrow/view.js';
import { thresholdInstance } from '../thresholds/view.js';
import { fileParameter, frameParameters } from '../weight-source/view.js';
import { isLoaded } from '../../weight-memory.js';

/** Bits of a channel's thresholds, or of its multipliers and beta. */
function paramBits({ node, scaledBits, thresholds }: WeightedPlan): number {
  if (thresholds !== null) return thresholds.words[0]!.length;
  const { joined, multiplierBits } = node.requantiser;
  return scaledBits + (joined ? 1 : node.planes.length) * multiplierBits;
}

/** The FIFO in which finished groups wait, where there is one, and the stream behind it. */
export function groupInstances(layer: WeightedPlan, group: Stream): { instances: InstanceView[]; stream: Stream } {
  if (layer.groupFifoDepth === 0) return { instances: [], stream: group };
  const waiting = namedStream('scale_group');
  const size = { bits: groupBits(layer), depth: layer.groupFifoDepth };
  const parts = {
    wires: streamWires('scale_group', size.bits),
    comments: ['The groups of a pixel are finished in consecutive cycles and wait here for the requantiser.'],
  };
  return { instances: [fifoInstance('u_group_fifo', group, waiting, size, parts)], stream: waiting };
}

/** The residual stream in beats as wide as those that it is added to. */
function residualInstances({ node, widths }: WeightedPlan): { instances: InstanceView[]; stream: Stream } {
  const port = { valid: 'res_valid_i', ready: 'res_ready_o', data: 'res_data_i' };
  if (widths.residual === widths.output) return { instances: [], stream: port };
  const bits = widths.output * node.residual!.tensor.format.bits;
  const size = { bits, ratio: widths.residual / widths.output };
  const narrow = narrowInstance('u_residual_narrow', port, namedStream('part'), size, {
    wires: streamWires('part', bits),
    comments: ['Beats of the residual are wider than those that it is added to.'],
  });
  return { instances: [narrow], stream: namedStream('part') };
}

/** Multipliers and beta, and where the multiplier of a residual stands in their words: behind the channels. */
function scaleSource(layer: WeightedPlan, files: LayerFiles): { instance: InstanceView; wordBits: number } {
  const { node, widths } = layer;
  const loadable = isLoaded(layer.weights);
  const wordBits =
    widths.output * paramBits(layer) + (loadable && node.residual !== null ? RESIDUAL_MULTIPLIER_BITS : 0);
  const connections: NamedValues = [...CLOCK, ['fetch_i', 'fetch'], ['params_o', 'params']];
  const wires = ['fetch', `${range(wordBits)} params`];
  const shape: NamedValues = [
    ['Width', wordBits],
    ['Words', beatsOf(node.outChannels, widths.output)],
  ];
  const registered: NamedValues = [
    ['Registered', Number(isRegistered(wordBits, beatsOf(node.outChannels, widths.output)))],
  ];
  const file = fileParameter(files, 'scales');
  const instance = loadable
    ? instanceView(
        'flexor_scale_ram',
        'u_scales',
        [
          ...connections,
          ...loadConnections(loadBus('load_scales'), PORTS_OUT),
          ['switch_i', 'switch_i'],
          ['settled_o', 'settled_scales'],
        ],
        { wires: [...wires, 'settled_scales'], parameters: [...shape, ...frameParameters(layer, files), ...file] },
      )
    : instanceView('flexor_scale_rom', 'u_scales', connections, {
        wires,
        parameters: [...shape, ...registered, ...file],
      });
  return { instance, wordBits };
}

/** Everything from groups to results. */
export function scaleInstances(layer: WeightedPlan, files: LayerFiles, group: Stream, result: Stream): InstanceView[] {
  const { node, widths } = layer;
  const { residual } = node;
  const { instance: source, wordBits } = scaleSource(layer, files);
  const wires = streamWires(result.data, widths.output * node.outputTensor.format.bits);
  const channelBits = widths.output * paramBits(layer);
  if (layer.thresholds !== null) return [source, thresholdInstance(layer, [group, result], wires, 'params')];
  if (residual === null) {
    const connections = [...CLOCK, ...into('in', group), ...outOf('out', result), ...fetched('params')];
    const parts = { wires, parameters: requantiserParameters(layer) };
    return [source, instanceView('flexor_requantiser', 'u_requantiser', connections, parts)];
  }
  const { instances, stream } = residualInstances(layer);
  const { bits, signed } = residual.tensor.format;
  // Two's complement of its own width, at least two bits.
  const loadable = isLoaded(layer.weights);
  const mulBits = loadable
    ? RESIDUAL_MULTIPLIER_BITS
    : bitsFor(Math.min(residual.multiplier, -2), residual.multiplier).bits;
  const connections: NamedValues = [
    ...CLOCK,
    ...into('in', group),
    ...into('res', stream),
    ...outOf('out', result),
    ...fetched(loadable ? `params[${channelBits - 1}:0]` : 'params'),
    [
      'res_multiplier_i',
      loadable ? `params[${wordBits - 1}:${channelBits}]` : constant(bitsOfInteger(residual.multiplier, mulBits)),
    ],
  ];
  const parameters: NamedValues = [
    ...requantiserParameters(layer),
    ['ResBits', bits],
    ['ResSigned', signed ? 1 : 0],
    ['ResMulBits', mulBits],
  ];
  return [
    source,
    ...instances,
    instanceView('flexor_requantiser_residual', 'u_requantiser', connections, { wires, parameters }),
  ];
}

function fetched(params: string): NamedValues {
  return [
    ['fetch_o', 'fetch'],
    ['params_i', params],
  ];
}

function requantiserParameters(layer: WeightedPlan): NamedValues {
  const { node, scaledBits, widths } = layer;
  const { joined, output, multiplierBits } = node.requantiser;
  return [
    ['Pe', layer.fold.pe],
    ...(widths.output > 1 ? [['Width', widths.output] as const] : []),
    ['Planes', node.planes.length],
    ['ActSigned', node.inputTensor.format.signed ? 1 : 0],
    ['AccBits', layer.accBits],
    ['SumBits', layer.sumBits],
    ['Joined', joined ? (node.twosComplement ? 2 : 1) : 0],
    ...(layer.sharedSums ? [['Dots', 1] as const] : []),
    ['DotBits', layer.dotBits],
    ['FactorBits', layer.factorBits],
    ['MulBits', multiplierBits],
    ...(registerOf(layer.fold, 'product') > 0 ? [['ProductRegister', 1] as const] : []),
    ['ScaledBits', scaledBits],
    ['Clamp', output === null ? 0 : 1],
    ['Shift', output?.shift ?? 0],
    ['Low', constant(bitsOfInteger(output?.low ?? 0, scaledBits))],
    ['High', constant(bitsOfInteger(output?.high ?? 0, scaledBits))],
    ['OutBits', node.outputTensor.format.bits],
    ['ParamBits', paramBits(layer)],
  ];
}
