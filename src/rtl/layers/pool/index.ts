/** Max and average pools. */
import type { IntPoolNode } from '../../../fixed/types.js';
import { streamFifo } from '../../units/fifos.js';
import { placedBeatWindow } from '../../units/serial-window/beats.js';
import { windowPlan } from '../../units/window/plan.js';
import type { LayerKind, PoolPlan } from '../types.js';
import { poolControl } from './control.js';
import { poolUnit } from './units.js';
import { poolModule } from './view.js';

const TITLES = { maxPool: 'Max pool', avgPool: 'Average pool' } as const;

/** One window covers the image: the stream comes in its order. */
function isWholeImage({ kernel, padding, inputTensor }: IntPoolNode): boolean {
  const { height, width } = inputTensor.shape;
  return kernel[0] === height && kernel[1] === width && padding.every((pad) => pad === 0);
}

export const POOL: LayerKind<IntPoolNode, PoolPlan, PoolPlan> = {
  inputs: () => [{ name: 'input', prefix: 'in', joins: false }],
  title: ({ kind, kernel, stride, padding }) =>
    `${TITLES[kind]} ${kernel.join('x')}, stride ${stride.join('x')}, padding ${padding.join(' ')},`,
  plan: (node, { widths }) => ({
    kind: 'pool',
    node,
    widths,
    window: isWholeImage(node) ? null : windowPlan(node),
    taps: node.kernel[0] * node.kernel[1],
  }),
  elements({ kernel, outputTensor }) {
    const { height, width, channels } = outputTensor.shape;
    return height * width * kernel[0] * kernel[1] * channels;
  },
  widestBeat: () => Infinity,
  bursts: isWholeImage,
  cycles: ({ node, widths }) => POOL.elements(node) / widths.output,
  placed(plan) {
    const { node, window, taps, widths } = plan;
    const out = streamFifo(widths.output * node.outputTensor.format.bits);
    if (window === null) return [poolUnit(plan), out];
    return [placedBeatWindow({ tensor: node.inputTensor, window, width: widths.input, taps }), poolUnit(plan), out];
  },
  seams: () => ({}),
  control: (plan, [input], output) => poolControl(plan, input!, output),
  scheduleKey: ({ window, taps }) => [window, taps],
  module: (plan, text) => poolModule(plan, text, { title: POOL.title(plan.node), cycles: POOL.cycles(plan) }),
};
