/**
 * Finds the layer behind a wrong cycle. One late layer soon makes every stream late, those before it by back-pressure; the
 * first transfer in time that is not where the schedule has it lies at the culprit, and whether it was offered in time
 * says on which side.
 */
import { beatsOf } from '../rtl/beats.js';
import type { Design } from '../rtl/design.js';
import { predict } from '../rtl/schedule/predict.js';
import type { Manifest } from '../rtl/types.js';
import { readersText } from './diagnose.js';
import type { Transfer } from './record.js';
import type { TimingMismatch } from './types.js';

type ValueTransfer = Extract<Transfer, { kind: 'value' }>;

interface Deviation {
  readonly transfer: ValueTransfer;
  /** Element of the stream, counted over all frames. */
  readonly index: number;
  readonly predicted: number;
}

/**
 * The first deviation of logged transfers from the schedule of the design; null where there is none, or where the manifest
 * states another prediction (it was written by hand).
 */
export function explainTiming(
  design: Design,
  manifest: Manifest,
  transfers: Iterable<Transfer>,
): TimingMismatch | null {
  const schedule = manifest.streams.map(() => [] as number[]);
  const prediction = predict(design.plan, (stream, cycle) => schedule[stream]!.push(cycle));
  if (JSON.stringify(prediction.streams) !== JSON.stringify(manifest.prediction.streams)) return null;
  const first = firstDeviation(manifest, schedule, transfers);
  return first === null ? null : blame(manifest, first);
}

/** `schedule`: by stream, the cycles of its beats. */
function firstDeviation(
  { streams }: Manifest,
  schedule: readonly (readonly number[])[],
  transfers: Iterable<Transfer>,
): Deviation | null {
  const place = schedule.map(() => 0);
  let first: Deviation | null = null;
  for (const transfer of transfers) {
    if (transfer.kind !== 'value') continue;
    const index = place[transfer.stream]!++;
    const { elementsPerFrame, width } = streams[transfer.stream]!;
    const beat = Math.floor((index % elementsPerFrame) / width);
    const frame = Math.floor(index / elementsPerFrame);
    const predicted = schedule[transfer.stream]![frame * beatsOf(elementsPerFrame, width) + beat];
    if (predicted === undefined || predicted === transfer.cycle) continue;
    const found = { transfer, index, predicted };
    if (first === null || when(found) < when(first)) first = found;
  }
  return first;
}

function when({ transfer, predicted }: Deviation): number {
  return Math.min(transfer.cycle, predicted);
}

function blame(manifest: Manifest, { transfer, index, predicted }: Deviation): TimingMismatch {
  const { stream, cycle, waited } = transfer;
  const { elementsPerFrame, node } = manifest.streams[stream]!;
  const place = { stream, frame: Math.floor(index / elementsPerFrame), element: index % elementsPerFrame };
  const offeredInTime = waited !== null && waited > 0 && cycle - waited <= predicted;
  const takenEarly = waited !== null && waited > 0 && cycle < predicted;
  const consumer = readersText(manifest, stream);
  const atConsumer = offeredInTime || takenEarly;
  const event = atConsumer ? 'takes' : 'gives';
  return { ...place, layer: atConsumer ? consumer : node, event, predicted, measured: cycle };
}
