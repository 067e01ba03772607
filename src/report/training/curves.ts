/** Curves of a sweep as SVG, as in the paper's Figs. 4 to 8: test accuracy and training loss over the epochs. */
import { init } from 'echarts';
import type { EChartsOption } from 'echarts';
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

/** The same results give the same text. */
export function curvesChart(results: SweepResults): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  try {
    chart.setOption(optionOf(results));
    return `${chart.renderToSVGString()}\n`;
  } finally {
    chart.dispose();
  }
}

function optionOf({ title, configurations }: SweepResults): EChartsOption {
  const axis = { type: 'value', min: 1, minInterval: 1, name: 'epoch', nameLocation: 'middle', nameGap: 26 } as const;
  return {
    animation: false,
    backgroundColor: '#ffffff',
    color: COLOURS,
    title: { text: title, left: 'center', top: 6, textStyle: { fontSize: 16 } },
    // Text is measured by a guess here: some fonts are wider.
    legend: { top: 34, itemGap: 28, data: configurations.map(({ name }) => name) },
    grid: PANELS.map((_, i) => ({ left: 60 + i * (WIDTH / 2), width: WIDTH / 2 - 90, top: 100, bottom: 50 })),
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
