/** View-model of a convolution or dense layer: window, weight source, XOR circuits, engine and requantiser. */
import { cyclesPerPixel } from '../fold.js';
import { STREAM_FIFO_DEPTH, type WeightedPlan } from '../plan.js';
import { layerCycles } from '../schedule/predict.js';
import type { MinimisedCircuit } from '../../xor/minimise.js';
import { describe, plural, weightText, widthText, type Heading } from './common.js';
import { decryptInstances } from './decrypt.js';
import { feedInstances } from './feed.js';
import {
  CLOCK,
  fifoInstance,
  instanceView,
  into,
  LAYER_OUT,
  namedStream,
  outOf,
  portViews,
  streamPorts,
  streamWires,
  type InstanceView,
  type ModuleView,
  type Stream,
} from './instances.js';
import type { LayerFiles } from './layer-files.js';
import { loadPorts } from './load-bus.js';
import { groupBits, groupInstances, scaleInstances } from './scale.js';
import { sourceInstances, WORD } from './weight-source.js';

/** Per plane, e.g. `43 gates, depth 5`; and that there is a copy for each slice of a word and each lane. */
function xorText({ memory, fold }: WeightedPlan, circuits: readonly MinimisedCircuit[]): string {
  const texts = circuits.map(({ gateCount, depth }) => `${plural(gateCount, 'gate')}, depth ${depth}`);
  const copies = memory.slices * fold.simd;
  return `${texts.join('; ')}; ${copies} ${copies === 1 ? 'copy' : 'copies'}${texts.length > 1 ? ' of each' : ''}.`;
}

function engineInstance(layer: WeightedPlan, vector: Stream, word: string, group: Stream): InstanceView {
  const { node, fold } = layer;
  const phased = word === 'weights';
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
        ['Steps', layer.steps],
        ['Planes', node.planes.length],
        ['WordCycles', layer.memory.wordCycles],
        ['AccBits', layer.accBits],
        ['SumBits', layer.sumBits],
      ],
    },
  );
}

function layerPorts({ node, widths, memory, weights }: WeightedPlan, { frameBits }: LayerFiles) {
  const { residual } = node;
  return portViews([
    ['clk_i', 0],
    ['rst_ni', 0],
    ...streamPorts('in', widths.input * node.inputTensor.format.bits),
    ...(residual === null ? [] : streamPorts('res', widths.residual * residual.tensor.format.bits)),
    ...streamPorts('out', widths.output * node.outputTensor.format.bits),
    ...(weights !== 'stream'
      ? []
      : ([
          ['weight_valid_i', 0],
          ['weight_ready_o', 0],
          ['weight_data_i', memory.rowBits],
          ['weight_last_i', 0],
          ['weight_error_o', 0],
        ] as const)),
    ...(weights === 'ram' ? loadPorts(frameBits) : []),
  ]);
}

export function weightedView(
  layer: WeightedPlan,
  circuits: readonly MinimisedCircuit[],
  heading: Heading,
  module: string,
  files: LayerFiles,
): ModuleView {
  const { node, fold, widths } = layer;
  const [group, result] = [namedStream('group'), namedStream('result')];
  const feed = feedInstances(layer);
  const decrypt = decryptInstances(layer, files);
  const waiting = groupInstances(layer, group);
  const outBits = widths.output * node.outputTensor.format.bits;
  return {
    ...heading,
    head: [
      describe(layer),
      ...widthText(layer),
      `Fold: PE ${fold.pe}, SIMD ${fold.simd}; ${cyclesPerPixel(node, fold)} cycles a pixel, ${layerCycles(layer)} a frame.`,
      `Weights: ${weightText(layer)}`,
      `XOR circuit (M⊕): ${xorText(layer, circuits)}`,
    ],
    module,
    ...layerPorts(layer, files),
    instances: [
      ...feed.instances,
      ...sourceInstances(layer, files),
      ...decrypt.instances,
      engineInstance(layer, feed.stream, decrypt.word, group),
      ...waiting.instances,
      ...scaleInstances(layer, files, waiting.stream, result),
      fifoInstance('u_fifo', result, LAYER_OUT, { bits: outBits, depth: STREAM_FIFO_DEPTH }),
    ],
    assigns: layer.weights === 'ram' ? [{ to: 'settled_o', value: 'settled_weights && settled_scales' }] : [],
  };
}
