/** Compares when frames began and ended with the generator's prediction. Only without stalls is there anything to compare. */
import { restOf } from '../rtl/beats.js';
import type { FrameTiming, Manifest, Prediction } from '../rtl/types.js';
import { sourceOf } from '../rtl/weight-memory.js';
import type { RunRecord } from './record.js';
import type { CosimOptions, TimingMismatch } from './types.js';

/**
 * The deviation that came first in time, the layer nearest to the input where several came in one cycle: what is late
 * upstream makes everything behind it late as well.
 */
export function compareTiming(manifest: Manifest, options: CosimOptions, record: RunRecord): TimingMismatch | null {
  if (options.stalls > 0 || (options.events ?? []).length > 0 || record.status !== 'done') return null;
  if (framesWaitForLoads(options)) return null;
  const { streams, output } = manifest.prediction;
  const found: TimingMismatch[] = [];
  manifest.streams.forEach((info, s) => {
    const last = info.elementsPerFrame - restOf(info.elementsPerFrame, info.width);
    found.push(...deviations(s, info.node, last, streams[s] ?? [], record.streams[s]?.times ?? []));
  });
  found.push(
    ...deviations(
      -1,
      'output',
      manifest.output.count - restOf(manifest.output.count, manifest.output.width),
      output,
      record.output.times,
    ),
  );
  const when = (each: TimingMismatch): number => Math.min(each.predicted, each.measured);
  return found.reduce<TimingMismatch | null>(
    (first, each) => (first === null || when(each) < when(first) ? each : first),
    null,
  );
}

/** With one bank of weights, frames that come during a load wait for its end, of which the prediction knows nothing. */
function framesWaitForLoads({ design, loads = [] }: CosimOptions): boolean {
  return loads.length > 0 && Object.values(design.fold).some((layer) => sourceOf(layer) === 'ram-single');
}

function deviations(
  stream: number,
  layer: string,
  lastBeat: number,
  predicted: readonly FrameTiming[],
  measured: readonly FrameTiming[],
): TimingMismatch[] {
  const found: TimingMismatch[] = [];
  for (let frame = 0; frame < Math.min(predicted.length, measured.length); frame++) {
    for (const event of ['first', 'last'] as const) {
      const [wanted, actual] = [predicted[frame]![event], measured[frame]![event]];
      if (wanted !== actual) {
        const element = event === 'first' ? 0 : lastBeat;
        found.push({ stream, layer, frame, event, element, predicted: wanted, measured: actual });
      }
    }
  }
  return found;
}

/** Measured figures of the whole run. */
export function measuredCycles(
  output: readonly FrameTiming[],
  prediction: Prediction,
  stalls: number,
): { latencyCycles: number | null; cyclesPerFrame: number | null; bottleneckUtilisation: number | null } {
  const ends = output.map(({ last }) => last).filter((cycle) => cycle >= 0);
  const [first, last] = [ends[0], ends.at(-1)];
  const latencyCycles = first ?? null;
  if (first === undefined || last === undefined || ends.length < 2) {
    return { latencyCycles, cyclesPerFrame: null, bottleneckUtilisation: null };
  }
  const cyclesPerFrame = stalls === 0 ? last - ends.at(-2)! : (last - first) / (ends.length - 1);
  return { latencyCycles, cyclesPerFrame, bottleneckUtilisation: prediction.busiest.cycles / cyclesPerFrame };
}
