/**
 * Histograms of the encrypted weights of a sweep's models as SVG, as in the paper's Figs. 6, 13 and 14: a row a
 * configuration, a panel a layer (and plane), each over its own range and to its own height.
 */
import { isWeighted } from '../../graph/order.js';
import type { EncryptedHistogram, FlexorModel } from '../../model/types.js';
import { escapeText } from '../page/escape.js';

/** A configuration with the model of one of its runs. */
export interface HistogramRow {
  readonly name: string;
  readonly model: FlexorModel;
}

/** Encrypted bits 0 (left of 0) and 1, as in the report. */
const COLOURS = ['#0072b2', '#d55e00'] as const;
const PANEL = { width: 132, height: 84, gap: 18 } as const;
const MARGIN = { left: 20, top: 78, row: 70 } as const;
/** Of a letter of the title; a guess that leaves room. */
const LETTER_WIDTH = 10;

interface Panel {
  readonly title: string;
  readonly histogram: EncryptedHistogram;
}

/** Null where no model has histograms: full precision and baselines have no encrypted weights. */
export function histogramsChart(title: string, rows: readonly HistogramRow[]): string | null {
  const drawn = rows
    .map(({ name, model }) => ({ name, panels: panelsOf(model) }))
    .filter((row) => row.panels.length > 0);
  if (drawn.length === 0) return null;
  const most = Math.max(...drawn.map(({ panels }) => panels.length));
  const inner = Math.max(most * (PANEL.width + PANEL.gap) - PANEL.gap, LETTER_WIDTH * title.length);
  const width = 2 * MARGIN.left + inner;
  const pitch = PANEL.height + MARGIN.row;
  const height = MARGIN.top + drawn.length * pitch;
  const parts = drawn.flatMap(({ name, panels }, row) => {
    const top = MARGIN.top + row * pitch;
    const heading = `<text x="${MARGIN.left}" y="${top}" font-size="14" font-weight="bold">${escapeText(name)}</text>`;
    return [
      heading,
      ...panels.map((panel, i) => panelText(panel, MARGIN.left + i * (PANEL.width + PANEL.gap), top + 24)),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${MARGIN.left}" y="26" font-size="16" font-weight="bold">${escapeText(title)}</text>`,
    `<text x="${MARGIN.left}" y="46" font-size="12">encrypted weights: bit 0 left of 0, bit 1 from 0 on</text>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function panelsOf({ nodes }: FlexorModel): Panel[] {
  return nodes.flatMap((node) => {
    if (!isWeighted(node) || !('planes' in node.weights)) return [];
    const { planes } = node.weights;
    return planes.flatMap(({ encryptedHistogram }, q) =>
      encryptedHistogram === null
        ? []
        : [{ title: planes.length === 1 ? node.name : `${node.name}, plane ${q}`, histogram: encryptedHistogram }],
    );
  });
}

/** Bars left and right of 0, a path for each side, what lies beyond the range said in words. */
function panelText({ title, histogram }: Panel, x: number, y: number): string {
  const { counts, limit, below, above } = histogram;
  const highest = Math.max(1, ...counts);
  const step = PANEL.width / counts.length;
  const side = (from: number, to: number): string =>
    counts
      .slice(from, to)
      .map((count, i) => {
        const bar = (count / highest) * PANEL.height;
        return `M${round(x + (from + i) * step)} ${round(y + PANEL.height)}v${round(-bar)}h${round(step)}v${round(bar)}z`;
      })
      .join('');
  const half = counts.length / 2;
  const middle = round(x + PANEL.width / 2);
  const total = counts.reduce((sum, count) => sum + count, below + above);
  const share = `${((100 * (below + above)) / total).toFixed(1)} % beyond`;
  const beyond = `<text x="${middle}" y="${y + PANEL.height + 24}" font-size="10" text-anchor="middle">${share}</text>`;
  return [
    `<text x="${x}" y="${y - 6}" font-size="11">${escapeText(title)}</text>`,
    `<path fill="${COLOURS[0]}" d="${side(0, half)}"/>`,
    `<path fill="${COLOURS[1]}" d="${side(half, counts.length)}"/>`,
    `<path stroke="#000000" stroke-width="0.6" d="M${x} ${y + PANEL.height}h${PANEL.width}M${middle} ${y}v${PANEL.height}"/>`,
    `<text x="${x}" y="${y + PANEL.height + 12}" font-size="10">−${limit}</text>`,
    `<text x="${x + PANEL.width}" y="${y + PANEL.height + 12}" font-size="10" text-anchor="end">${limit}</text>`,
    ...(below + above > 0 ? [beyond] : []),
  ].join('\n');
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
