/** Max and average pools. */
import { elementCount } from '../../../graph/shapes.js';
import type { IntPoolNode } from '../../../fixed/types.js';
import { streamFifo } from '../../units/fifos.js';
import { windowPlan } from '../../units/window/plan.js';
import type { LayerKind, PoolPlan } from '../types.js';
import { poolControl } from './control.js';
import { isSideBySide, isWholeImage, poolUnits } from './units.js';
import { poolModule } from './view.js';

const TITLES = { maxPool: 'Max pool', avgPool: 'Average pool' } as const;

export const POOL: LayerKind<IntPoolNode, PoolPlan, PoolPlan> = {
  inputs: () => [{ name: 'input', prefix: 'in', joins: false }],
  title: ({ kind, kernel, stride, padding }) =>
    `${TITLES[kind]} ${kernel.join('x')}, stride ${stride.join('x')}, padding ${padding.join(' ')},`,
  plan: (node, { widths }) => ({
    kind: 'pool',
    node,
    widths,
    window: isWholeImage(node) || isSideBySide(node) ? null : windowPlan(node),
    sideBySide: isSideBySide(node),
    taps: node.kernel[0] * node.kernel[1],
  }),
  elements(node) {
    const { kernel, inputTensor, outputTensor } = node;
    if (isSideBySide(node)) return elementCount(inputTensor.shape);
    const { height, width, channels } = outputTensor.shape;
    return height * width * kernel[0] * kernel[1] * channels;
  },
  widestBeat: () => Infinity,
  bursts: (node) => isWholeImage(node) || isSideBySide(node),
  cycles: ({ node, widths }) => POOL.elements(node) / widths.output,
  placed: (plan) => [...poolUnits(plan), streamFifo(plan.widths.output * plan.node.outputTensor.format.bits)],
  seams: () => ({}),
  control: (plan, [input], output) => poolControl(plan, input!, output),
  scheduleKey: ({ node, window, sideBySide, taps }) => [window, taps, sideBySide && [node.kernel, node.padding]],
  module: (plan, text) => poolModule(plan, text, { title: POOL.title(plan.node), cycles: POOL.cycles(plan) }),
};
