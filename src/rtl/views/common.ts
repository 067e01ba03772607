/** What the view-models of the templates share: parameters, ranges and descriptions as text. */
import { isWeighted } from '../../fixed/shapes.js';
import type { IntFormat, IntShape } from '../../fixed/types.js';
import type { LayerPlan, Plan, WeightedPlan, WindowPlan } from '../plan.js';
import type { BuiltNode } from '../supported.js';

export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly last: boolean;
}

/** Lines that every generated file starts with. */
export interface Heading {
  readonly title: string;
  readonly origin: string;
}

const LONGEST_KEYWORDED_RANGE = 8;

export function parameters(list: readonly (readonly [name: string, value: string | number])[]): Parameter[] {
  return list.map(([name, value], i) => ({ name, value: String(value), last: i === list.length - 1 }));
}

export function range(bits: number): string {
  return `[${bits - 1}:0]`;
}

/** Column in which port names start: the widest range and a space. */
export function rangeWidth(...ranges: string[]): number {
  return Math.max(LONGEST_KEYWORDED_RANGE, ...ranges.map((text) => text.length + 1));
}

/** A line that says how a network was lowered. */
export function bitsText({
  activationBits,
  multiplierBits,
}: {
  activationBits?: number;
  multiplierBits?: number;
}): string {
  if (activationBits === undefined || multiplierBits === undefined) return 'Every layer has bits of its own.';
  return `Activations ${activationBits} bits, multipliers ${multiplierBits} bits.`;
}

export function shapeText({ height, width, channels }: IntShape): string {
  return `${height}x${width}x${channels}`;
}

export function formatText({ bits, signed }: IntFormat): string {
  return `${signed ? 'signed' : 'unsigned'} ${bits}-bit`;
}

/** E.g. `Convolution 5x5, 28x28x1 (unsigned 8-bit) to 28x28x32 (unsigned 8-bit).` */
export function describe(layer: LayerPlan): string {
  const { node } = layer;
  return (
    `${operation(node)} ${shapeText(node.inputTensor.shape)} (${formatText(node.inputTensor.format)}) to ` +
    `${shapeText(node.outputTensor.shape)} (${formatText(node.outputTensor.format)})${residualText(node)}.`
  );
}

function operation(node: BuiltNode): string {
  switch (node.kind) {
    case 'dense':
      return 'Dense';
    case 'subsample':
      return `Subsample, stride ${node.stride.join('x')}, channels of zeros ${node.channelPadding.join(' ')},`;
    case 'conv':
    case 'maxPool':
    case 'avgPool': {
      const what = { conv: 'Convolution', maxPool: 'Max pool', avgPool: 'Average pool' }[node.kind];
      const { kernel, stride, padding } = node;
      return `${what} ${kernel.join('x')}, stride ${stride.join('x')}, padding ${padding.join(' ')},`;
    }
  }
}

function residualText(node: BuiltNode): string {
  if (!isWeighted(node) || node.residual === null) return '';
  return `, adds ${node.residual.input} (${formatText(node.residual.tensor.format)})`;
}

export function bitsPerWeight(layer: WeightedPlan): number {
  return layer.node.planes.reduce((sum, plane) => sum + plane.nIn / plane.nOut, 0);
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function weightText(layer: WeightedPlan): string {
  const { nIn, nOut } = layer.node.planes[0]!;
  const planes = layer.node.planes.length;
  const { words, wordBits, wordCycles, reads, rowBits } = layer.memory;
  return (
    `N_in ${nIn}, N_out ${nOut}${planes > 1 ? `, ${planes} planes` : ''}: ${+bitsPerWeight(layer).toFixed(3)} bit/weight; ` +
    `${plural(words, 'word')} of ${wordBits} bits, one every ${plural(wordCycles, 'cycle')}` +
    `${reads > 1 ? `, from ${reads} rows of ${rowBits} bits each` : ''}${layer.weights === 'stream' ? ', from outside' : ''}.`
  );
}

/** A line of a layer's head where streams carry several elements a beat, else nothing. */
export function widthText({ widths: { input, output } }: LayerPlan): string[] {
  if (input === 1 && output === 1) return [];
  return [`Streams: ${plural(input, 'element')} a beat in, ${output} out.`];
}

/** `channels`: those of the input, or beats of several that the window takes for one. */
export function windowParameters(
  bits: number,
  window: WindowPlan,
  channels = window.input.channels,
): [string, string | number][] {
  return [
    ['Bits', bits],
    ['Height', window.input.height],
    ['Width', window.input.width],
    ['Channels', channels],
    ['KernelH', window.kernel[0]],
    ['KernelW', window.kernel[1]],
    ['StrideH', window.stride[0]],
    ['StrideW', window.stride[1]],
    ['PadTop', window.padding[0]],
    ['PadLeft', window.padding[1]],
    ['OutHeight', window.output.height],
    ['OutWidth', window.output.width],
    ['Rows', window.rows],
  ];
}

/** Bytes of the AXI4-Stream ports. */
export function portBytes(plan: Plan) {
  return {
    input: Math.ceil(plan.network.input.format.bits / 8),
    logit: Math.ceil(plan.logitFormat.bits / 8),
    class: Math.ceil(plan.classBits / 8),
  };
}
