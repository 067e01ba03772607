/** Curves of a sweep as SVG, as in the paper's Figs. 4 to 8: test accuracy and training loss over the epochs. */
import { init } from 'echarts';
import type { EChartsOption } from 'echarts';
import { stillSvg } from '../still-svg.js';
import { epochMeans } from './statistics.js';
import type { SweepResults } from './types.js';

/** Colours that differ in brightness too (Okabe and Ito, without yellow). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'];
/** With more lines than colours the colours come again, with other strokes. */
const STROKES = ['solid', 'dashed', 'dotted'] as const;
const [WIDTH, HEIGHT] = [960, 460];

const PANELS = [
  { name: 'test accuracy, %', of: 'testAccuracy', factor: 100 },
  { name: 'training loss', of: 'loss', factor: 1 },
] as const;

/** Of the legend, in pixels. */
const LEGEND = { symbol: 34, letter: 7, gap: 28, row: 22 } as const;

/** The same results give the same text. */
export function curvesChart(results: SweepResults): string {
  const height = HEIGHT + LEGEND.row * (legendRows(results).length - 1);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption(optionOf(results));
  return `${stillSvg(chart, 'curves')}\n`;
}

/** Names by row. ECharts breaks rows, too, but only a browser can measure text; this leaves room. */
function legendRows({ configurations }: SweepResults): string[][] {
  const rows: string[][] = [[]];
  let width = 0;
  for (const { name } of configurations) {
    const own = LEGEND.symbol + LEGEND.letter * name.length + LEGEND.gap;
    if (width > 0 && width + own > WIDTH) {
      rows.push([]);
      width = 0;
    }
    width += own;
    rows.at(-1)!.push(name);
  }
  return rows;
}

function optionOf(results: SweepResults): EChartsOption {
  const { title, configurations } = results;
  const rows = legendRows(results);
  const top = 78 + LEGEND.row * rows.length;
  const axis = { type: 'value', min: 1, minInterval: 1, name: 'epoch', nameLocation: 'middle', nameGap: 26 } as const;
  return {
    animation: false,
    backgroundColor: '#ffffff',
    color: COLOURS,
    title: { text: title, left: 'center', top: 6, textStyle: { fontSize: 16 } },
    legend: rows.map((data, row) => ({
      top: 34 + LEGEND.row * row,
      ...{ data, itemGap: LEGEND.gap, itemWidth: LEGEND.symbol, itemHeight: 6 },
    })),
    grid: PANELS.map((_, i) => ({ left: 60 + i * (WIDTH / 2), width: WIDTH / 2 - 90, top, bottom: 50 })),
    xAxis: PANELS.map((_, gridIndex) => ({ gridIndex, ...axis })),
    yAxis: PANELS.map(({ name }, gridIndex) => ({
      ...{ gridIndex, type: 'value', scale: true, name },
      nameTextStyle: { align: 'left' },
    })),
    series: PANELS.flatMap(({ of, factor }, panel) =>
      configurations.map((configuration, i) => ({
        type: 'line' as const,
        name: configuration.name,
        xAxisIndex: panel,
        yAxisIndex: panel,
        symbolSize: 4,
        lineStyle: { type: STROKES[Math.floor(i / COLOURS.length) % STROKES.length]! },
        data: epochMeans(configuration, of).map((value, epoch) => [epoch + 1, value * factor]),
      })),
    ),
  };
}
