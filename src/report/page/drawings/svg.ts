/** SVG as text. Colours come from classes that the style sheet of the page defines, so drawings follow its ground. */
import { escapeText } from '../escape.js';

export type Attributes = Readonly<Record<string, string | number>>;

/** An element around finished markup. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const text = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escapeText(value)}"`)
    .join('');
  return content.length === 0 ? `<${name}${text}/>` : `<${name}${text}>${content.join('')}</${name}>`;
}

/** A line of text. */
export function textAt(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escapeText(text));
}

/** What a pointer over an element shows. */
export function title(text: string): string {
  return element('title', {}, escapeText(text));
}

/** A drawing in its own units; it shrinks with the page and does not grow past its size. */
export function drawing(width: number, height: number, label: string, ...content: readonly string[]): string {
  return element('svg', frame(width, height, label), ...content);
}

/** The same as a file of its own, with what the page has around it: `style` and the definitions that it refers to. */
export function drawingFile(
  [width, height, label]: readonly [number, number, string],
  style: string,
  ...content: readonly string[]
): string {
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', class: 'drawing', ...frame(width, height, label) };
  return `${element('svg', attributes, element('style', {}, style), ...content)}\n`;
}

function frame(width: number, height: number, label: string): Attributes {
  return {
    viewBox: `0 0 ${short(width)} ${short(height)}`,
    role: 'img',
    'aria-label': label,
    style: `max-width:${short(width)}px`,
  };
}

function short(n: number): string {
  return String(Number(n.toFixed(2)));
}
