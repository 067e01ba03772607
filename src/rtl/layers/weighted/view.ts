/** The wrapper of a convolution or dense layer: what feeds it, weight source, XOR circuits, engine and requantiser. */
import { elementCount } from '../../../graph/shapes.js';
import type { MinimisedCircuit } from '../../../xor/minimise.js';
import { beatsOf } from '../../beats.js';
import { STREAM_FIFO_DEPTH } from '../../fifo-sizes.js';
import { cyclesPerPixel, type WeightedNode } from '../../lanes.js';
import { decryptInstances } from '../../units/decryptor/view.js';
import { engineInstance } from '../../units/engine/view.js';
import { sourceUnit } from '../../units/index.js';
import { groupInstances, scaleInstances } from '../../units/requantiser/view.js';
import { describe, plural, widthText } from '../../views/common.js';
import {
  fifoInstance,
  LAYER_OUT,
  namedStream,
  portViews,
  streamPorts,
  type ModuleView,
} from '../../views/instances.js';
import type { LayerFiles } from '../../views/layer-files.js';
import type { ModuleText, WeightedPlan, WeightedShape } from '../types.js';
import { weightText } from './text.js';
import { isLoaded } from '../../weight-memory.js';

export function weightedTitle(node: WeightedNode): string {
  if (node.kind === 'dense') return 'Dense';
  const { kernel, stride, padding, dilation, groups } = node;
  const apart = dilation.some((n) => n > 1) ? ` dilation ${dilation.join('x')},` : '';
  const parts = groups > 1 ? ` ${groups} groups,` : '';
  return `Convolution ${kernel.join('x')}, stride ${stride.join('x')}, padding ${padding.join(' ')},${apart}${parts}`;
}

export function weightedCycles({ node, fold, pixels, widths }: WeightedShape): number {
  const beats = beatsOf(elementCount(node.outputTensor.shape), widths.output);
  return Math.max(cyclesPerPixel(node, fold) * pixels, beats);
}

/** Per plane, e.g. `43 gates, depth 5`; and that there is a copy for each slice of a word and each lane. */
function xorText({ memory, fold }: WeightedPlan, circuits: readonly MinimisedCircuit[]): string {
  const texts = circuits.map(({ gateCount, depth }) => `${plural(gateCount, 'gate')}, depth ${depth}`);
  const copies = memory.slices * fold.simd;
  return `${texts.join('; ')}; ${copies} ${copies === 1 ? 'copy' : 'copies'}${texts.length > 1 ? ' of each' : ''}.`;
}

function layerPorts(layer: WeightedPlan, files: LayerFiles) {
  const { node, widths, weights } = layer;
  const { residual } = node;
  return portViews([
    ['clk_i', 0],
    ['rst_ni', 0],
    ...streamPorts('in', widths.input * node.inputTensor.format.bits),
    ...(residual === null ? [] : streamPorts('res', widths.residual * residual.tensor.format.bits)),
    ...streamPorts('out', widths.output * node.outputTensor.format.bits),
    ...sourceUnit(weights).ports(layer, files),
  ]);
}

export function weightedModule(layer: WeightedPlan, { heading, module, circuits, files }: ModuleText): ModuleView {
  const { node, fold, widths } = layer;
  const [group, result] = [namedStream('group'), namedStream('result')];
  const feed = layer.feed.view(layer);
  const decrypt = decryptInstances(layer, files);
  const waiting = groupInstances(layer, group);
  const outBits = widths.output * node.outputTensor.format.bits;
  return {
    ...heading,
    head: [
      describe(node, weightedTitle(node)),
      ...widthText(layer),
      `Fold: PE ${fold.pe}, SIMD ${fold.simd}; ${cyclesPerPixel(node, fold)} cycles a pixel, ${weightedCycles(layer)} a frame.`,
      `Weights: ${weightText(layer)}`,
      `XOR circuit (M⊕): ${xorText(layer, circuits)}`,
    ],
    module,
    ...layerPorts(layer, files),
    instances: [
      ...feed.instances,
      ...sourceUnit(layer.weights).instances(layer, files),
      ...decrypt.instances,
      engineInstance(layer, feed.stream, decrypt.word, group),
      ...waiting.instances,
      ...scaleInstances(layer, files, waiting.stream, result),
      fifoInstance('u_fifo', result, LAYER_OUT, { bits: outBits, depth: STREAM_FIFO_DEPTH }),
    ],
    assigns: isLoaded(layer.weights) ? [{ to: 'settled_o', value: 'settled_weights && settled_scales' }] : [],
  };
}
