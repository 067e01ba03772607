/** Heat map of an M⊕: a row an output, a column an encrypted bit; the last column counts taps, the last row uses. */
import type { MatrixFigures } from '../../figures/types.js';
import { drawing, element, textAt, title } from './svg.js';

/** Cells above which a drawing would say nothing. */
export const MAX_DRAWN_CELLS = 4096;

const LARGEST_CELL = 17;
const WIDTH = 300;
const LEFT = 30;
const TOP = 18;

export function matrixDrawing({ nIn, nOut, rows }: MatrixFigures): string {
  const cell = Math.min(LARGEST_CELL, WIDTH / nIn);
  const labels = cell >= 11;
  const x = (i: number): number => LEFT + i * cell;
  const y = (j: number): number => TOP + j * cell;
  const parts: string[] = [];
  rows.forEach((row, j) => {
    const taps = [...row].flatMap((bit, i) => (bit === '1' ? [`x${i}`] : []));
    const cells = [...row].map((bit, i) =>
      element('rect', { x: x(i), y: y(j), width: cell - 1, height: cell - 1, class: bit === '1' ? 'one' : 'zero' }),
    );
    parts.push(element('g', {}, title(`y${j} = ${taps.join(' ⊕ ')}`), ...cells));
    if (labels) {
      parts.push(textAt(LEFT - 5, y(j) + cell * 0.72, `y${j}`, { class: 'end small' }));
      parts.push(textAt(x(nIn) + 6, y(j) + cell * 0.72, String(taps.length), { class: 'small muted' }));
    }
  });
  if (labels) {
    for (let i = 0; i < nIn; i++) {
      const uses = rows.filter((row) => row[i] === '1').length;
      parts.push(textAt(x(i) + cell / 2, TOP - 6, String(i), { class: 'middle small' }));
      parts.push(textAt(x(i) + cell / 2, y(nOut) + 11, String(uses), { class: 'middle small muted' }));
    }
  }
  return drawing(x(nIn) + 26, y(nOut) + 18, `M⊕ of ${nOut} rows and ${nIn} columns`, ...parts);
}
