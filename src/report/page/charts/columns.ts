/** Columns over a numeric or counted axis: histograms, with another distribution as a line where there is one. */
import type { EChartsOption } from 'echarts';
import { formatCount, formatShort } from '../../../base/format.js';
import { tip } from '../escape.js';
import type { ChartBlock } from '../view.js';

export interface ColumnChart extends Pick<ChartBlock, 'id' | 'title' | 'note'> {
  /** Under each column. */
  readonly labels: readonly string[];
  readonly counts: readonly number[];
  readonly colours: readonly string[];
  /** What the columns mean, for the legend; one entry a colour. */
  readonly legend: ChartBlock['legend'];
  readonly axis: string;
  readonly line?: { readonly name: string; readonly values: readonly number[] };
}

const HEIGHT = 220;

export function columnChart(chart: ColumnChart): ChartBlock {
  const { id, title, note, labels, counts, colours, legend, axis, line } = chart;
  const option: EChartsOption = {
    animation: false,
    grid: { left: 8, right: 14, top: 14, bottom: 8, outerBoundsMode: 'same' },
    tooltip: { trigger: 'item', confine: true },
    xAxis: {
      type: 'category',
      data: [...labels],
      name: axis,
      nameLocation: 'middle',
      nameGap: 28,
      axisLabel: { hideOverlap: true },
    },
    yAxis: { type: 'value', splitNumber: 3 },
    series: [
      {
        type: 'bar',
        barCategoryGap: '4%',
        data: counts.map((value, i) => ({
          value,
          itemStyle: { color: colours[i]! },
          tooltip: { formatter: tip(`${axis} ${labels[i]!}`, formatCount(value)) },
        })),
      },
      ...(line === undefined ? [] : [lineSeries(line, labels, axis)]),
    ],
  };
  return { kind: 'chart', id, title, note, legend, height: HEIGHT, option };
}

function lineSeries({ name, values }: NonNullable<ColumnChart['line']>, labels: readonly string[], axis: string) {
  return {
    type: 'line' as const,
    name,
    symbolSize: 5,
    data: values.map((value, i) => ({
      value,
      tooltip: { formatter: tip(`${axis} ${labels[i]!} · ${name}`, formatShort(value)) },
    })),
  };
}
