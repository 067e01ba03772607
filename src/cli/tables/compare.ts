/** What `flexor compare` says: accuracies, whether the RTL agrees, cycles predicted and measured. */
import type { ModelComparison } from '../../app/compare.js';
import type { LoweringOptions } from '../../app/inputs.js';
import { formatCount, formatPercent } from '../../base/format.js';
import type { Comparison } from '../../report/comparison.js';
import { formatTable } from '../../base/table.js';

/** Everything that the command prints. */
export function comparisonText(
  { lowered: { model }, images, comparison }: ModelComparison,
  { activationBits, multiplierBits }: LoweringOptions,
): string {
  const { agreeing, rtl } = comparison;
  const count = formatCount(images.count);
  const heading = [
    `model     ${model.name} (activations ${activationBits} bits, multipliers ${multiplierBits} bits)`,
    `data set  ${images.dataset}`,
  ];
  const verdicts = [`float and fixed give the same class to ${formatCount(agreeing)} of ${count} images`];
  if (rtl !== null) verdicts.push(...rtlVerdicts(rtl));
  const blocks = [heading.join('\n'), accuracyTable(comparison, count), verdicts.join('\n')];
  if (rtl !== null) blocks.push(`${cycleTable(rtl)}\n${busiest(rtl)}`);
  return blocks.join('\n\n');
}

function accuracyTable({ float, fixed, rtl }: Comparison, count: string): string {
  const some = rtl ? `first ${formatCount(rtl.images)}` : '';
  const percent = (x: number | null): string => (x === null ? '' : formatPercent(x));
  const rows = [
    ['accuracy', `${count} images`, some],
    ['float', percent(float.accuracy), percent(float.accuracyOnRtlImages)],
    ['fixed', percent(fixed.accuracy), percent(fixed.accuracyOnRtlImages)],
    ...(rtl ? [['RTL', '', percent(rtl.accuracy)]] : []),
  ];
  return formatTable(rows.map((row) => (rtl ? row : row.slice(0, 2))));
}

type Rtl = NonNullable<Comparison['rtl']>;

function rtlVerdicts(rtl: Rtl): string[] {
  const verdict = ({ passed, mismatches, images }: { passed: boolean; mismatches: number; images: number }): string =>
    `${mismatches} of ${images} images differ from the simulator${passed || mismatches > 0 ? '' : ', but the run failed'}`;
  const { stalled } = rtl;
  return [
    `RTL without stalls: ${verdict(rtl)}`,
    ...(stalled ? [`RTL with ${stalled.stalls}% stalls, seed ${stalled.seed}: ${verdict(stalled)}`] : []),
  ];
}

function cycleTable(rtl: Rtl): string {
  const cycles = (n: number | null): string => (n === null ? '–' : formatCount(n));
  const rows = [
    ['cycles', 'predicted', 'measured', ...(rtl.stalled ? ['with stalls'] : [])],
    ['latency', cycles(rtl.predictedLatencyCycles), cycles(rtl.latencyCycles)],
    ['per frame', cycles(rtl.predictedCyclesPerFrame), cycles(rtl.cyclesPerFrame)],
  ];
  if (rtl.stalled) {
    rows[1]!.push(cycles(rtl.stalled.latencyCycles));
    rows[2]!.push(cycles(rtl.stalled.cyclesPerFrame && Math.round(rtl.stalled.cyclesPerFrame)));
  }
  return formatTable(rows);
}

function busiest({ bottleneckUtilisation, busiest: { unit, cycles } }: Rtl): string {
  const use = bottleneckUtilisation === null ? '' : `, busy ${formatPercent(bottleneckUtilisation)} of the time`;
  return `busiest unit: ${unit}, ${formatCount(cycles)} cycles a frame${use}`;
}
