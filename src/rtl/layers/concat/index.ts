/** Concatenations: tensors side by side. */
import { elementCount } from '../../../graph/shapes.js';
import type { IntConcatNode } from '../../../fixed/types.js';
import { CONCAT, type ConcatParameters } from '../../units/concat/index.js';
import { ConcatControl } from '../../units/concat/control.js';
import { streamFifo } from '../../units/fifos.js';
import { place } from '../../units/types.js';
import type { ConcatPlan, LayerKind } from '../types.js';
import { concatModule } from './view.js';

/** Every input comes another way, and waits for its turn. */
function inputPorts({ inputs }: IntConcatNode) {
  return inputs.map((_, i) => {
    const [name, prefix] = i === 0 ? ['input', 'in'] : [`input_${i}`, `in${i}`];
    return { name, prefix, joins: true };
  });
}

function concatShape({ node, widths }: ConcatPlan): ConcatParameters {
  const beats = node.inputTensors.map(({ shape }) => shape.channels / widths.input);
  return { bits: widths.input * node.outputTensor.format.bits, beats };
}

export const CONCATS: LayerKind<IntConcatNode, ConcatPlan, ConcatPlan> = {
  inputs: inputPorts,
  title: ({ inputs }) => `Concatenation of ${inputs.join(', ')},`,
  plan: (node, { widths }) => ({ kind: 'concat', node, widths }),
  elements: ({ outputTensor }) => elementCount(outputTensor.shape),
  widestBeat: ({ inputTensors }) => Math.min(...inputTensors.map(({ shape }) => shape.channels & -shape.channels)),
  bursts: () => false,
  cycles: ({ node, widths }) => elementCount(node.outputTensor.shape) / widths.output,
  placed: (plan) => [
    place(CONCAT, concatShape(plan)),
    streamFifo(plan.widths.output * plan.node.outputTensor.format.bits),
  ],
  seams: () => ({}),
  control: (plan, inputs, output) => new ConcatControl(concatShape(plan).beats, inputs, output),
  scheduleKey: (plan) => concatShape(plan).beats,
  module: (plan, text) => concatModule(plan, text, { title: CONCATS.title(plan.node), ...concatShape(plan) }),
};
