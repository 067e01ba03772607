/** The plot of a sweep as SVG: what a decryptor takes and from how many weights it pays, over N_in/N_out. */
import { init } from 'echarts';
import type { EChartsOption } from 'echarts';
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

function figures(report: SweepReport): Figure[] {
  const extra = (row: SweepRow): number => (row.decryptor.asic - report.plainRegister.asic) / report.request.pe;
  return [
    { name: 'XOR gates of one network', scale: 'value', of: (row) => row.gates },
    { name: 'added µm² per weight bit a cycle', scale: 'value', of: extra },
    { name: 'pays from weights (SRAM)', scale: 'log', of: (row) => row.breakEvenWeights.sram },
  ];
}

/** The same report gives the same text. */
export function sweepChart(report: SweepReport): string {
  const { taps, outputs, pe } = report.request;
  const rows = figures(report);
  const panels = rows.flatMap((figure, y) => taps.map((tap, x) => ({ figure, tap, x, y })));
  const width = (WIDTH - 80) / taps.length;
  const option: EChartsOption = {
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
    xAxis: panels.map((_, gridIndex) => ({
      gridIndex,
      type: 'value',
      min: Math.min(...report.request.ratios),
      max: 1,
      name: 'N_in/N_out',
      nameLocation: 'middle',
      nameGap: 26,
    })),
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
  const height = TOP + rows.length * (PANEL_HEIGHT + GAP);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption(option);
    return `${chart.renderToSVGString()}\n`;
  } finally {
    chart.dispose();
  }
}

function lineName(nOut: number): string {
  return `N_out ${nOut}`;
}

function tapsName(taps: Taps): string {
  return taps === 'random' ? 'random M⊕' : `${taps} taps`;
}
