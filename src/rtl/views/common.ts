/** What the view-models of the templates share: parameters, ranges and descriptions as text. */
import { isWeighted } from '../../graph/order.js';
import type { IntFormat, IntNode, IntShape } from '../../fixed/types.js';
import type { LayerWidths } from '../types.js';

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

/** E.g. `Convolution 5x5, 28x28x1 (unsigned 8-bit) to 28x28x32 (unsigned 8-bit).` from its title (layers/types.ts). */
export function describe(node: IntNode, title: string): string {
  const inputs = 'inputTensors' in node ? node.inputTensors : [node.inputTensor];
  const from = inputs.map(({ shape, format }) => `${shapeText(shape)} (${formatText(format)})`);
  return (
    `${title} ${from.join(' and ')} to ` +
    `${shapeText(node.outputTensor.shape)} (${formatText(node.outputTensor.format)})${residualText(node)}.`
  );
}

function residualText(node: IntNode): string {
  if (!isWeighted(node) || node.residual === null) return '';
  return `, adds ${node.residual.input} (${formatText(node.residual.tensor.format)})`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A line of a layer's head where streams carry several elements a beat, else nothing. */
export function widthText({ widths: { input, output } }: { readonly widths: LayerWidths }): string[] {
  if (input === 1 && output === 1) return [];
  return [`Streams: ${plural(input, 'element')} a beat in, ${output} out.`];
}
