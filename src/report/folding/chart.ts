/** The frontier of cycles a frame and area as SVG, with the chosen design. */
import { init } from 'echarts';
import type { EChartsOption } from 'echarts';
import { stillSvg } from '../still-svg.js';
import type { FoldReport, Point } from '../../rtl/solve/report.js';

const [WIDTH, HEIGHT] = [820, 460];
/** Colours that differ in brightness too (Okabe and Ito). */
const [FRONTIER, CHOSEN] = ['#0072b2', '#d55e00'];

/** The same frontier gives the same text. */
export function frontierChart(model: string, points: readonly Point[], chosen: FoldReport): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption(optionOf(model, points, chosen));
  return `${stillSvg(chart, 'frontier')}\n`;
}

function optionOf(model: string, points: readonly Point[], chosen: FoldReport): EChartsOption {
  return {
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: `Folds of ${model}`, left: 'center', top: 6, textStyle: { fontSize: 16 } },
    legend: { top: 32, data: ['frontier', 'chosen'] },
    grid: { left: 80, right: 30, top: 90, bottom: 60 },
    xAxis: { type: 'log', name: 'cycles a frame', nameLocation: 'middle', nameGap: 30 },
    yAxis: { type: 'log', name: 'area, LUTs (32 a RAMB18 or DSP)', nameTextStyle: { align: 'left' } },
    series: [
      {
        type: 'line',
        name: 'frontier',
        step: 'end',
        color: FRONTIER,
        symbolSize: 5,
        data: points.map(({ cycles, area }) => [cycles, area]),
      },
      {
        type: 'scatter',
        name: 'chosen',
        z: 3,
        color: CHOSEN,
        symbolSize: 11,
        data: [[chosen.cyclesPerFrame, chosen.area]],
      },
    ],
  };
}
