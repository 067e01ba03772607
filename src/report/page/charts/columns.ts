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
  /** Columns of equal width over a quantity from −limit to limit, with ticks at round values; else one label a column. */
  readonly limit?: number;
  readonly line?: { readonly name: string; readonly values: readonly number[] };
}

const HEIGHT = 220;

export function columnChart(chart: ColumnChart): ChartBlock {
  const { id, title, note, labels, counts, colours, legend, axis, limit, line } = chart;
  const place = (i: number): number => ((2 * i + 1) / counts.length - 1) * limit!;
  const option: EChartsOption = {
    animation: false,
    grid: { left: 8, right: 14, top: 14, bottom: 8, outerBoundsMode: 'same' },
    tooltip: { trigger: 'item', confine: true },
    xAxis: {
      ...(limit === undefined ? { type: 'category', data: [...labels] } : quantityAxis(limit)),
      name: axis,
      nameLocation: 'middle',
      nameGap: 28,
    },
    yAxis: { type: 'value', splitNumber: 3 },
    series: [
      {
        type: 'bar',
        ...(limit === undefined ? { barCategoryGap: '4%' } : { barWidth: `${96 / counts.length}%` }),
        data: counts.map((value, i) => ({
          value: limit === undefined ? value : [place(i), value],
          itemStyle: { color: colours[i]! },
          tooltip: { formatter: tip(`${axis} ${labels[i]!}`, formatCount(value)) },
        })),
      },
      ...(line === undefined ? [] : [lineSeries(line, labels, axis)]),
    ],
  };
  const data: ChartBlock['data'] = [
    [axis, 'count', ...(line === undefined ? [] : [line.name])],
    ...counts.map((count, i) => [labels[i]!, count, ...(line === undefined ? [] : [line.values[i]!])]),
  ];
  return { kind: 'chart', id, title, note, legend, height: HEIGHT, option, data };
}

/** Ticks at the ends, in the middle and half-way. */
function quantityAxis(limit: number) {
  const formatter = (value: number): string => formatShort(value).replace('-', '−');
  return { type: 'value' as const, min: -limit, max: limit, interval: limit / 2, axisLabel: { formatter } };
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
