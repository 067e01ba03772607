/** Horizontal bars, stacked or side by side: one line a layer, room for names on a phone. */
import type { BarSeriesOption, EChartsOption } from 'echarts';
import { tip } from '../escape.js';
import { COLOURS } from '../theme.js';
import type { ChartBlock, LegendEntry } from '../view.js';

export interface BarSeries {
  readonly name: string;
  readonly colour: string;
  /** One a category. */
  readonly values: readonly number[];
  /** Bars of one stack stand on each other; different stacks side by side. Default: all in one. */
  readonly stack?: string;
  /** A value as text. */
  readonly format: (value: number) => string;
}

export interface BarChart extends Pick<ChartBlock, 'id' | 'title' | 'note'> {
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
  /** Where the first series begins, one a category; default: at 0. */
  readonly starts?: readonly number[];
  /** Name of the value axis. */
  readonly axis: string;
  /** A vertical line. */
  readonly mark?: { readonly name: string; readonly value: number };
}

const BAND = 34;
const STACK_BAND = 20;
const AXES = 70;
/** Of series that name none. */
const STACK = 'all';
/** Pixels of a category's name, so that bars keep room on a phone. */
const LABEL_WIDTH = 130;

export function barChart(chart: BarChart): ChartBlock {
  const { id, title, note, categories, series, starts, axis, mark } = chart;
  const stacks = new Set(series.map(({ stack }) => stack)).size;
  const most = Math.max(...series.flatMap(({ values }) => values));
  const option: EChartsOption = {
    animation: false,
    grid: { left: 8, right: 18, top: 18, bottom: 8, outerBoundsMode: 'same' },
    tooltip: { trigger: 'item', confine: true },
    xAxis: {
      type: 'value',
      name: axis,
      nameLocation: 'middle',
      nameGap: 28,
      // The line must lie within the axis.
      ...(mark === undefined || mark.value <= most ? {} : { max: mark.value }),
      axisLabel: { hideOverlap: true },
      splitNumber: 4,
    },
    yAxis: {
      type: 'category',
      data: [...categories],
      inverse: true,
      axisTick: { show: false },
      axisLabel: { width: LABEL_WIDTH, overflow: 'truncate' },
    },
    series: [
      ...(starts === undefined ? [] : [gap(starts)]),
      ...series.map((each, i) => ({ ...bars(each, categories), ...(i === 0 && mark ? markLine(mark) : {}) })),
    ],
  };
  const height = AXES + categories.length * Math.max(BAND, STACK_BAND * stacks);
  const legend = legendOf(series);
  return { kind: 'chart', id, title, note, legend, height, option, data: dataOf(chart) };
}

/** A line a category, a column a series. */
function dataOf({ categories, series, starts }: BarChart): ChartBlock['data'] {
  const head = ['', ...(starts === undefined ? [] : ['from']), ...series.map(({ name }) => name)];
  return [
    head,
    ...categories.map((category, i) => [
      category,
      ...(starts === undefined ? [] : [starts[i]!]),
      ...series.map(({ values }) => values[i]!),
    ]),
  ];
}

/** Names and colours, each once; a single series needs none. */
function legendOf(series: readonly BarSeries[]): LegendEntry[] {
  const entries = new Map(series.map(({ name, colour }) => [`${name} ${colour}`, { name, colour }]));
  return entries.size > 1 ? [...entries.values()] : [];
}

/** ECharts has no bars that begin elsewhere: they stand on some that cannot be seen. */
function gap(starts: readonly number[]): BarSeriesOption {
  return { type: 'bar', stack: STACK, silent: true, itemStyle: { opacity: 0 }, data: [...starts] };
}

function bars({ name, colour, values, stack, format }: BarSeries, categories: readonly string[]): BarSeriesOption {
  return {
    type: 'bar',
    name,
    stack: stack ?? STACK,
    barMaxWidth: 22,
    barMinHeight: 2,
    color: colour,
    data: values.map((value, i) => ({
      value,
      tooltip: { formatter: tip(`${categories[i]!} · ${name}`, format(value)) },
    })),
  };
}

function markLine({ name, value }: NonNullable<BarChart['mark']>): Pick<BarSeriesOption, 'markLine'> {
  const label = { formatter: name, position: 'start' as const };
  const lineStyle = { color: COLOURS.flexor, width: 1.5 };
  return { markLine: { silent: true, symbol: 'none', label, lineStyle, data: [{ xAxis: value }] } };
}
