/** The plot of a sweep as SVG: what a decryptor takes and from how many weights it pays, over N_in/N_out. */
import { init } from 'echarts';
import type { EChartsOption } from 'echarts';
import { stillSvg } from '../../still-svg.js';
import type { SweepReport, SweepRow, Taps } from './types.js';

/** Colours that differ in brightness too (Okabe and Ito, without yellow). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'];
const [WIDTH, PANEL_HEIGHT, TOP, GAP] = [960, 280, 70, 90];

/** A row of panels: one figure for every kind of taps. */
interface Figure {
  readonly name: string;
  readonly scale: 'value' | 'log';
  of(row: SweepRow): number | null;
}

const FIGURES: readonly Figure[] = [
  { name: 'XOR gates of one circuit', scale: 'value', of: (row) => row.gates },
  { name: "decryptor, % of the layer's LUTs", scale: 'value', of: (row) => 100 * row.share.xcup },
  // What pays at once has no place on a logarithmic axis.
  { name: 'pays from weights (SRAM)', scale: 'log', of: (row) => row.breakEvenWeights.sram || null },
];

/** One figure over N_in/N_out for one kind of taps, in column x of row y. */
interface Panel {
  readonly figure: Figure;
  readonly tap: Taps;
  readonly x: number;
  readonly y: number;
}

/** The same report gives the same text. */
export function sweepChart(report: SweepReport): string {
  const { taps } = report.request;
  const panels = FIGURES.flatMap((figure, y) => taps.map((tap, x): Panel => ({ figure, tap, x, y })));
  const height = TOP + FIGURES.length * (PANEL_HEIGHT + GAP);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption(optionOf(report, panels));
  return `${stillSvg(chart, 'sweep')}\n`;
}

function optionOf(report: SweepReport, panels: readonly Panel[]): EChartsOption {
  const { taps, outputs, pe } = report.request;
  const width = (WIDTH - 80) / taps.length;
  const leastRatio = Math.floor(10 * Math.min(...report.rows.map(({ nIn, nOut }) => nIn / nOut))) / 10;
  const ratioAxis = {
    type: 'value',
    min: leastRatio,
    max: 1,
    name: 'N_in/N_out',
    nameLocation: 'middle',
    nameGap: 26,
  } as const;
  return {
    animation: false,
    backgroundColor: '#ffffff',
    color: COLOURS,
    title: {
      text: `Decryptors over N_in/N_out, PE ${pe}, medians`,
      left: 'center',
      top: 6,
      textStyle: { fontSize: 16 },
    },
    legend: { top: 32, data: outputs.map(lineName) },
    grid: panels.map(({ x, y }) => ({
      left: 80 + x * width,
      width: width - 70,
      top: TOP + 30 + y * (PANEL_HEIGHT + GAP),
      height: PANEL_HEIGHT - 30,
    })),
    xAxis: panels.map((_, gridIndex) => ({ gridIndex, ...ratioAxis })),
    yAxis: panels.map(({ figure, tap }, gridIndex) => ({
      gridIndex,
      type: figure.scale,
      name: `${figure.name}, ${tapsName(tap)}`,
      nameTextStyle: { align: 'left' },
    })),
    series: panels.flatMap(({ figure, tap }, panel) =>
      outputs.map((nOut) => ({
        type: 'line' as const,
        name: lineName(nOut),
        xAxisIndex: panel,
        yAxisIndex: panel,
        symbolSize: 5,
        data: report.rows
          .filter((row) => row.taps === tap && row.nOut === nOut)
          .map((row) => [row.nIn / row.nOut, figure.of(row) ?? '-']),
      })),
    ),
  };
}

function lineName(nOut: number): string {
  return `N_out ${nOut}`;
}

function tapsName(taps: Taps): string {
  return taps === 'random' ? 'random M⊕' : `${taps} taps`;
}
