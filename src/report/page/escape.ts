/** Text inside markup that we write ourselves: SVG, tooltips, JSON in scripts. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // ECharts reads {name} in tooltips as a place to fill in.
  '{': '&#123;',
  '}': '&#125;',
};

/** Text as it may stand in an element, an attribute or a tooltip of ECharts. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"'{}]/g, (character) => ENTITIES[character]!);
}

/** What a tooltip says of one mark. */
export function tip(what: string, value: string): string {
  return `${escapeText(what)}<br><b>${escapeText(value)}</b>`;
}

/** JSON as it may stand in a script element: nothing in it can end the element or open a comment. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
