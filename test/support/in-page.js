/* Measurements that run inside a page (browser.ts loads this into every one): `inPage.countMarks(…)` and others. */
/* global document, getComputedStyle, Node, innerWidth */

globalThis.inPage = {
  overflow: () => document.documentElement.scrollWidth - innerWidth,
  hacked: () => 'hacked' in globalThis,

  /** Opens every section of every model, as a reader would one after the other. */
  showAll() {
    document.querySelectorAll('article, details').forEach((each) => {
      each.hidden = false;
      each.open = true;
    });
  },

  /** What axe-core finds wrong, as `rule: places`. */
  async violations() {
    const { violations } = await globalThis.axe.run(document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  },

  /** Elements of a chart that show data: filled, seen, and not the ground. */
  countMarks(id) {
    const place = document.querySelector(`[data-chart="${id}"]`);
    return [...place.querySelectorAll('path, circle, rect')].filter((mark) => {
      const fill = mark.getAttribute('fill') ?? 'none';
      const solid = !['none', 'transparent'].includes(fill) && mark.getAttribute('fill-opacity') !== '0';
      const { width, height } = mark.getBoundingClientRect();
      return solid && width > 0.5 && height > 0.5 && width < place.clientWidth * 0.99;
    }).length;
  },

  /** The least contrast (WCAG 2) between a text and what is painted behind it, and how many texts there are. */
  leastContrast() {
    let least = { contrast: Infinity, text: '' };
    let texts = 0;
    for (const element of document.body.querySelectorAll('*')) {
      const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      const text = own
        .map((node) => node.nodeValue)
        .join('')
        .trim();
      if (text === '' || element.tagName === 'SCRIPT' || element.getClientRects().length === 0) continue;
      texts++;
      const inDrawing = element.closest('svg') !== null;
      const style = getComputedStyle(element);
      const ground = inDrawing ? underneath(element) : behind(element);
      const contrast = ratio(rgba(inDrawing ? style.fill : style.color), ground);
      if (contrast < least.contrast) least = { contrast, text };
    }
    return { least, texts };
  },
};

const known = new Map();

/** A colour of CSS as four numbers, 0 to 255. */
function rgba(colour) {
  if (!known.has(colour)) known.set(colour, painted(colour));
  return known.get(colour);
}

function painted(colour) {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
}

function luminance(colour) {
  const [r, g, b] = colour
    .slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** One colour seen through another. */
function over(upper, lower) {
  const [top, under] = [upper[3] / 255, (lower[3] / 255) * (1 - upper[3] / 255)];
  if (top + under === 0) return upper;
  const mixed = [0, 1, 2].map((i) => (upper[i] * top + lower[i] * under) / (top + under));
  return [...mixed, (top + under) * 255];
}

/** Backgrounds of an element and those around it, one over the other. */
function behind(element) {
  let colour = [0, 0, 0, 0];
  for (let at = element; at !== null && colour[3] < 255; at = at.parentElement) {
    colour = over(colour, rgba(getComputedStyle(at).backgroundColor));
  }
  return colour;
}

/** The filled shapes that a drawing paints under the middle of a text, and what is behind the drawing. */
function underneath(text) {
  const drawing = text.closest('svg');
  const inner = text.getBoundingClientRect();
  const [x, y] = [(inner.left + inner.right) / 2, (inner.top + inner.bottom) / 2];
  let colour = behind(drawing);
  for (const shape of drawing.querySelectorAll('rect, circle, path')) {
    const { left, right, top, bottom } = shape.getBoundingClientRect();
    const before = shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
    const { fill, fillOpacity, opacity } = getComputedStyle(shape);
    if (!before || fill === 'none' || x < left || x > right || y < top || y > bottom) continue;
    const [r, g, b, alpha] = rgba(fill);
    colour = over([r, g, b, alpha * Number(fillOpacity) * Number(opacity)], colour);
  }
  return colour;
}
