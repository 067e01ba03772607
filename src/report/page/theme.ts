/**
 * Colours. Series have the same ones on light and dark ground, at least 3 to 1 against both: blues and greys for what every
 * accelerator has, orange for what FleXOR adds, so that a reader with any colour vision finds it. Texts and axes follow
 * the ground.
 */

export const COLOURS = {
  flexor: '#d1661a',
  flexorSoft: '#b8860b',
  memory: '#2f6fb7',
  memorySoft: '#5f95c9',
  compute: '#6f6fc8',
  scale: '#2a9187',
  poolSoft: '#5aa79f',
  plain: '#87919f',
  control: '#66727f',
} as const;

/** For things of one kind that are told apart: layers, models. */
export const DISTINCT: readonly string[] = [
  ...[COLOURS.memory, COLOURS.flexor, COLOURS.scale],
  ...[COLOURS.compute, COLOURS.flexorSoft, COLOURS.plain],
];

interface Ground {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
}

const LIGHT: Ground = { text: '#1b2530', muted: '#52606d', line: '#dbe1e8', surface: '#ffffff' };
const DARK: Ground = { text: '#e4e9ef', muted: '#a3afbc', line: '#333d49', surface: '#171d25' };

/** A theme as ECharts takes it. */
export type ChartTheme = Readonly<Record<string, unknown>>;

function chartTheme({ text, muted, line, surface }: Ground): ChartTheme {
  const axis = {
    axisLine: { lineStyle: { color: muted } },
    axisTick: { lineStyle: { color: muted } },
    axisLabel: { color: muted, fontSize: 12 },
    nameTextStyle: { color: muted, fontSize: 12 },
    splitLine: { lineStyle: { color: line } },
  };
  return {
    textStyle: { color: text, fontFamily: 'system-ui, sans-serif' },
    categoryAxis: { ...axis, axisLabel: { color: text, fontSize: 12 }, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    logAxis: { ...axis, axisLine: { show: false } },
    tooltip: {
      backgroundColor: surface,
      borderColor: line,
      textStyle: { color: text, fontSize: 13 },
    },
    bar: {
      itemStyle: { borderColor: surface, borderWidth: 0.5 },
      label: { color: text },
      markLine: { label: { color: text } },
    },
    scatter: { itemStyle: { color: text }, label: { color: text } },
    line: { itemStyle: { color: muted }, lineStyle: { color: muted } },
  };
}

export const CHART_THEMES = { light: chartTheme(LIGHT), dark: chartTheme(DARK) } as const;
