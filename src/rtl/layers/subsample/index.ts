/** Subsamples: the shortcut of a residual block that has no weights. */
import { elementCount } from '../../../graph/shapes.js';
import type { IntSubsampleNode } from '../../../fixed/types.js';
import { streamFifo } from '../../units/fifos.js';
import { SUBSAMPLE } from '../../units/subsample/cost.js';
import { SubsampleControl } from '../../units/subsample/schedule.js';
import { place } from '../../units/types.js';
import type { LayerKind, SubsamplePlan } from '../types.js';
import { subsampleModule } from './view.js';

export const SUBSAMPLES: LayerKind<IntSubsampleNode, SubsamplePlan, SubsamplePlan> = {
  inputs: () => [{ name: 'input', prefix: 'in', joins: false }],
  title: ({ stride, channelPadding }) =>
    `Subsample, stride ${stride.join('x')}, channels of zeros ${channelPadding.join(' ')},`,
  plan: (node, { widths }) => ({ kind: 'subsample', node, widths }),
  elements({ inputTensor, outputTensor }) {
    const { height, width, channels } = outputTensor.shape;
    // Pixels that are kept take their zeros as well.
    return elementCount(inputTensor.shape) + height * width * (channels - inputTensor.shape.channels);
  },
  /** Zeros come in whole beats. */
  widestBeat: ({ channelPadding }) => Math.min(...channelPadding.map((n) => (n > 0 ? n & -n : Infinity))),
  bursts: () => false,
  cycles: ({ node, widths }) => SUBSAMPLES.elements(node) / widths.output,
  placed({ node, widths }) {
    const { stride, channelPadding, inputTensor, outputTensor } = node;
    const { input: width } = widths;
    const kept = place(SUBSAMPLE, {
      ...inputTensor.shape,
      bits: width * inputTensor.format.bits,
      channels: inputTensor.shape.channels / width,
      stride,
      channelPadding: [channelPadding[0] / width, channelPadding[1] / width],
    });
    return [kept, streamFifo(widths.output * outputTensor.format.bits)];
  },
  seams: () => ({}),
  control: ({ node, widths }, [input], output) => new SubsampleControl(node, widths.input, input!, output),
  scheduleKey: ({ node }) => [node.stride, node.channelPadding],
  module: (plan, text) =>
    subsampleModule(plan, text, { title: SUBSAMPLES.title(plan.node), cycles: SUBSAMPLES.cycles(plan) }),
};
