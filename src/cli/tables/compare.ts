/** What `flexor compare` says: accuracies, whether the RTL agrees, cycles predicted and measured. */
import type { ModelComparison } from '../../app/compare.js';
import type { TensorDifferences } from '../../app/compare-tensors.js';
import type { LoweringOptions } from '../../app/inputs.js';
import { formatCount, formatPercent } from '../../base/format.js';
import type { Comparison } from '../../report/comparison.js';
import { verdict } from '../terminal/colour.js';
import { calibrationText } from './calibration.js';
import { formatTable } from './table.js';
import { facts, paragraph } from '../terminal/text.js';

/** Everything that the command prints. */
export function comparisonText(
  { lowered: { model }, images, comparison, calibration, tensors }: ModelComparison,
  { activationBits, multiplierBits }: LoweringOptions,
): string {
  const { agreeing, rtl } = comparison;
  const count = formatCount(images.count);
  const heading = facts([
    ['model', `${model.name} (activations ${activationBits} bits, multipliers ${multiplierBits} bits)`],
    ['data set', images.dataset],
  ]);
  const verdicts = [paragraph(`float and fixed give the same class to ${formatCount(agreeing)} of ${count} images`)];
  if (tensors !== null) verdicts.push(tensorVerdict(tensors));
  if (rtl !== null) verdicts.push(...rtlVerdicts(rtl));
  const accuracies = images.labels === null ? [] : [accuracyTable(comparison, count)];
  const blocks = [heading, ...accuracies, verdicts.join('\n')];
  if (rtl !== null) blocks.push(`${cycleTable(rtl)}\n${busiest(rtl)}`);
  blocks.push(calibrationText(calibration));
  return blocks.join('\n\n');
}

/** The tensors behind quantisers, all equal or not; a difference is no fault where layers cannot be exact. */
function tensorVerdict({ images, tensors, differing, elements, differingElements }: TensorDifferences): string {
  const all = `${formatCount(images * tensors)} quantised tensors of the first ${formatCount(images)} images`;
  const some = `${formatCount(differing)} of ${all} differ between float and fixed`;
  return paragraph(`${some} (${formatCount(differingElements)} of ${formatCount(elements)} elements)`);
}

function accuracyTable({ float, fixed, rtl }: Comparison, count: string): string {
  const some = rtl ? `first ${formatCount(rtl.images)}` : '';
  const percent = (x: number | null): string => (x === null ? '' : formatPercent(x));
  const headings = ['accuracy', `${count} images`, some];
  const rows = [
    ['float', percent(float.accuracy), percent(float.accuracyOnRtlImages)],
    ['fixed', percent(fixed.accuracy), percent(fixed.accuracyOnRtlImages)],
    ...(rtl ? [['RTL', '', percent(rtl.accuracy)]] : []),
  ];
  return formatTable(headings, rows);
}

type Rtl = NonNullable<Comparison['rtl']>;

function rtlVerdicts(rtl: Rtl): string[] {
  type Run = { readonly passed: boolean; readonly mismatches: number; readonly images: number };
  const say = (run: string, { passed, mismatches, images }: Run): string => {
    const failed = passed || mismatches > 0 ? '' : ', but the run failed';
    return verdict(passed, paragraph(`${run}: ${mismatches} of ${images} images differ from the simulator${failed}`));
  };
  const { stalled } = rtl;
  return [
    say('RTL without stalls', rtl),
    ...(stalled ? [say(`RTL with ${stalled.stalls}% stalls, seed ${stalled.seed}`, stalled)] : []),
  ];
}

function cycleTable(rtl: Rtl): string {
  const cycles = (n: number | null): string => (n === null ? '–' : formatCount(n));
  const { stalled } = rtl;
  const perFrame = stalled && (stalled.cyclesPerFrame === null ? null : Math.round(stalled.cyclesPerFrame));
  const [latencyStalled, perFrameStalled] = stalled ? [cycles(stalled.latencyCycles), cycles(perFrame)] : ['', ''];
  return formatTable(
    ['cycles', 'predicted', 'measured', 'with stalls'],
    [
      ['latency', cycles(rtl.predictedLatencyCycles), cycles(rtl.latencyCycles), latencyStalled],
      ['per frame', cycles(rtl.predictedCyclesPerFrame), cycles(rtl.cyclesPerFrame), perFrameStalled],
    ],
  );
}

function busiest({ bottleneckUtilisation, busiest: { unit, cycles } }: Rtl): string {
  const use = bottleneckUtilisation === null ? '' : `, busy ${formatPercent(bottleneckUtilisation)} of the time`;
  return paragraph(`busiest unit: ${unit}, ${formatCount(cycles)} cycles a frame${use}`);
}
