/** Pieces of the page that a browser does not need to show. */
import { describe, expect, it } from 'vitest';
import { barChart } from '../../src/report/page/charts/bars.js';
import { matrixDrawing } from '../../src/report/page/drawings/matrix.js';
import { circuitDrawing } from '../../src/report/page/drawings/circuit.js';
import { drawing, element, textAt } from '../../src/report/page/drawings/svg.js';
import { escapeText, scriptJson, tip } from '../../src/report/page/escape.js';
import { stillChart } from '../../src/report/page/still.js';
import { table } from '../../src/report/page/view.js';
import { COLOURS } from '../../src/report/page/theme.js';
import { formatSaving } from '../../src/base/format.js';
import { modelTitles } from '../../src/report/figures/titles.js';
import type { MatrixFigures, ModelFigures } from '../../src/report/figures/types.js';

const HOSTILE = `</script><!--<b onclick='x' title="y">&{a}\u2028`;

describe('escaping', () => {
  it('leaves no markup and nothing that ECharts fills in', () => {
    expect(escapeText(HOSTILE)).not.toMatch(/[<>"'{}]/);
    expect(tip(HOSTILE, HOSTILE).replaceAll(/<br>|<\/?b>/g, '')).not.toMatch(/[<>"'{}]/);
    expect(element('text', { 'aria-label': HOSTILE })).not.toMatch(/<b|<!--|='x'/);
    expect(textAt(0, 0, HOSTILE)).toMatch(/^<text[^<>]*>[^<>]*<\/text>$/);
  });

  it('keeps JSON what it was, without an end of its element', () => {
    const value = { [HOSTILE]: [HOSTILE, 1, null] };
    expect(scriptJson(value)).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(scriptJson(value))).toEqual(value);
  });
});

describe('drawings', () => {
  // y0 = x0 ⊕ x1, y1 = y0 ⊕ x2, y2 = x2
  const figures: MatrixFigures = {
    planes: ['a'],
    nIn: 3,
    nOut: 3,
    rows: ['110', '111', '001'],
    properties: { distinctRows: 3, rank: 3, rowDistance: { min: 1, mean: 2 }, codeDistance: { min: 1, mean: 1.7 } },
    naiveGates: 3,
    gates: [
      [0, 1],
      [3, 2],
    ],
    outputs: [3, 4, 2],
    depth: 2,
  };
  const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

  it('show a cell for every entry of M⊕, and what each row adds up', () => {
    const svg = matrixDrawing(figures);
    expect(count(svg, /class="one"/g)).toBe(6);
    expect(count(svg, /class="zero"/g)).toBe(3);
    expect(svg).toContain('y1 = x0 ⊕ x1 ⊕ x2');
  });

  it('show every gate and wire of its network', () => {
    const svg = circuitDrawing(figures);
    expect(count(svg, /class="gate"/g)).toBe(2);
    expect(count(svg, /class="wire"/g)).toBe(2 * 2 + 3);
    expect(count(svg, /class="pin"/g)).toBe(6);
    expect(svg).toContain('gate 0 ⊕ x2');
  });

  it('have a size and a name', () => {
    expect(drawing(10, 20.123, 'a "b"')).toBe(
      '<svg viewBox="0 0 10 20.12" role="img" aria-label="a &quot;b&quot;" style="max-width:10px"/>',
    );
  });
});

describe('charts', () => {
  const chart = barChart({
    ...{ id: 'c1', title: 't', note: '', axis: 'cycles', categories: ['conv1', 'zr1-fc'] },
    series: [{ name: 's', colour: COLOURS.memory, values: [1, 2], format: String }],
    mark: { name: 'frame', value: 4 },
  });

  it('are plain data, so that the page can carry them', () => {
    expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
  });

  it('are the same picture every time, with ids of their own', () => {
    const still = stillChart(chart);
    expect(stillChart(chart)).toBe(still);
    expect(still).not.toMatch(/(id="|#)zr\d/);
    // A layer's name is no id, whatever it looks like.
    expect(still).toContain('>zr1-fc<');
    expect(still.match(new RegExp(COLOURS.memory, 'g'))!.length).toBeGreaterThanOrEqual(2);
  });
});

describe('models side by side', () => {
  it('have their digest where a name is taken twice', () => {
    const model = (name: string, digest: string) =>
      ({ inventory: { name, digest, layers: [{ weighted: { codes: { plain: false } } }] } }) as unknown as ModelFigures;
    const models = [model('a', '0123456789'), model('b', '1'), model('a', '9876543210')];
    expect(modelTitles(models)).toEqual(['a 01234567', 'b', 'a 98765432']);
  });

  it('save or take more', () => {
    expect([0.4, 0, -0.03].map(formatSaving)).toEqual(['40.00% less', '0.00% less', '3.00% more']);
  });
});

describe('tables', () => {
  it('align columns of numbers to the right and mark totals', () => {
    const { head, rows } = table(
      'c',
      ['name', 'count', 'share'],
      [
        ['a', '1,000', '3.00%'],
        ['b', 'never', '–'],
        ['total', '', '–'],
      ],
      true,
    );
    expect(head.map(({ numeric }) => numeric)).toEqual([false, true, true]);
    expect(rows.map(({ total }) => total)).toEqual([false, false, true]);
  });
});
