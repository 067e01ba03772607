/** Designs by cycles a frame and area, both on logarithmic axes; every point can be picked (templates/report/page.js). */
import type { EChartsOption } from 'echarts';
import { formatCount } from '../../../base/format.js';
import type { FrontierPoint } from '../../figures/types.js';
import { tip } from '../escape.js';
import { COLOURS } from '../theme.js';
import type { ChartBlock } from '../view.js';

export function frontierChart(points: readonly FrontierPoint[], clockMhz: number, id: string): ChartBlock {
  const framesOf = ({ cycles }: FrontierPoint): number => Math.floor((clockMhz * 1e6) / cycles);
  const option: EChartsOption = {
    animation: false,
    grid: { left: 8, right: 24, top: 28, bottom: 8, outerBoundsMode: 'same' },
    tooltip: { trigger: 'item', confine: true },
    xAxis: {
      type: 'log',
      name: 'frames a second',
      nameLocation: 'middle',
      nameGap: 28,
      min: 'dataMin',
      max: 'dataMax',
    },
    yAxis: { type: 'log', name: 'LUTs', nameTextStyle: { align: 'left' }, min: 'dataMin' },
    series: [
      {
        type: 'line',
        step: 'start',
        symbolSize: 9,
        color: COLOURS.memory,
        data: points.map((point) => ({
          value: [framesOf(point), point.luts],
          tooltip: {
            formatter: tip(`${formatCount(framesOf(point))} frames a second`, `${formatCount(point.luts)} LUTs`),
          },
        })),
      },
    ],
  };
  return {
    kind: 'chart',
    id,
    title: 'Designs that no other one beats',
    note: 'Estimated by the cost model, without the FIFOs of forks. Pick a point, or a design from the list.',
    legend: [],
    height: 300,
    option,
    data: [
      ['cycles a frame', 'frames a second', 'LUTs', 'RAMB18', 'DSPs'],
      ...points.map((p) => [p.cycles, framesOf(p), p.luts, p.blockRams, p.multipliers]),
    ],
  };
}
