/** Points with intervals: a share and its confidence interval, over categories or over a quantity. */
import type { EChartsOption, SeriesOption } from 'echarts';
import { formatPercent } from '../../../base/format.js';
import { formatInterval } from '../../figures/headlines.js';
import type { Proportion } from '../../figures/types.js';
import { tip } from '../escape.js';
import type { ChartBlock } from '../view.js';

/** A share of images at a place: a category's name or a number. */
export interface IntervalPoint {
  readonly name: string;
  readonly colour: string;
  readonly at: string | number;
  readonly proportion: Proportion;
}

export interface IntervalChart extends Pick<ChartBlock, 'id' | 'title' | 'note'> {
  readonly points: readonly IntervalPoint[];
  /** Name of the axis of places. */
  readonly axis: string;
}

/** Categories from top to bottom, shares to the right. */
export function intervalRows({ id, title, note, points, axis }: IntervalChart): ChartBlock {
  const categories = [...new Set(points.map(({ at }) => String(at)))];
  const option: EChartsOption = {
    ...common(),
    xAxis: { ...shareAxis(points), name: axis, nameLocation: 'middle', nameGap: 28 },
    yAxis: { type: 'category', data: categories, inverse: true, axisTick: { show: false } },
    series: points.flatMap((point) => series(point, (share) => [share, String(point.at)])),
  };
  return {
    kind: 'chart',
    id,
    title,
    note,
    legend: [],
    height: 62 + 40 * categories.length,
    option,
    data: dataOf(points, axis),
  };
}

/** Quantities to the right, shares upwards. */
export function intervalScatter({ id, title, note, points, axis }: IntervalChart): ChartBlock {
  const option: EChartsOption = {
    ...common(),
    xAxis: {
      type: 'value',
      name: axis,
      nameLocation: 'middle',
      nameGap: 28,
      scale: true,
      splitNumber: 4,
      axisLabel: { hideOverlap: true },
    },
    yAxis: shareAxis(points),
    series: points.flatMap((point) => series(point, (share) => [Number(point.at), share])),
  };
  const legend = points.map(({ name, colour }) => ({ name, colour }));
  return { kind: 'chart', id, title, note, legend, height: 300, option, data: dataOf(points, axis) };
}

function dataOf(points: readonly IntervalPoint[], axis: string): ChartBlock['data'] {
  const rows = points.map(({ name, at, proportion: { share, low, high } }) => [name, at, share, low, high]);
  return [['', axis, 'share', '95% interval from', 'to'], ...rows];
}

function common(): EChartsOption {
  return {
    animation: false,
    grid: { left: 8, right: 24, top: 18, bottom: 8, outerBoundsMode: 'same' },
    tooltip: { trigger: 'item', confine: true },
  };
}

/** An axis of percentages around the intervals. */
function shareAxis(points: readonly IntervalPoint[]) {
  const lows = points.map(({ proportion }) => proportion.low);
  const highs = points.map(({ proportion }) => proportion.high);
  const [low, high] = [Math.min(...lows), Math.max(...highs)];
  const step = niceStep((high - low) / 4);
  return {
    type: 'value' as const,
    min: round(100 * Math.max(0, step * Math.floor(low / step))),
    max: round(100 * Math.min(1, step * Math.ceil(high / step))),
    interval: round(100 * step),
    axisLabel: { formatter: '{value}%', hideOverlap: true },
  };
}

/** The smallest of 1, 2, 5 times a power of ten that is not below a number. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-6)));
  return power * [1, 2, 5, 10].find((digit) => digit * power >= least)!;
}

function round(n: number): number {
  return Number(n.toPrecision(9));
}

/** The interval as a line between its ends, the share as a dot on it. */
function series(
  { name, at, colour, proportion }: IntervalPoint,
  place: (percent: number) => (string | number)[],
): SeriesOption[] {
  const { low, high, share } = proportion;
  const tooltip = { formatter: tip(`${name} · ${at}`, `${formatPercent(share)} (${formatInterval(proportion)})`) };
  return [
    {
      type: 'line',
      data: [place(100 * low), place(100 * high)],
      tooltip,
      symbol: 'rect',
      symbolSize: 6,
      lineStyle: { color: colour, width: 2 },
      itemStyle: { color: colour },
    },
    { type: 'scatter', data: [place(100 * share)], tooltip, symbolSize: 12, itemStyle: { color: colour } },
  ];
}
