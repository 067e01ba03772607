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
  const attributes = {
    viewBox: `0 0 ${short(width)} ${short(height)}`,
    role: 'img',
    'aria-label': label,
    style: `max-width:${short(width)}px`,
  };
  return element('svg', attributes, ...content);
}

function short(n: number): string {
  return String(Number(n.toFixed(2)));
}
