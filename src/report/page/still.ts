/** Charts as still SVG, drawn here by ECharts without a browser: for print and for readers without scripts. */
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { stillSvg } from '../still-svg.js';
import { CHART_THEMES } from './theme.js';
import type { ChartBlock } from './view.js';

use([BarChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

const WIDTH = 720;

/** The chart on light ground. */
export function stillChart({ id, height, option }: ChartBlock): string {
  const chart = init(null, CHART_THEMES.light, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption(option);
  return stillSvg(chart, id);
}
