/** What each frame must give: the simulator's word on the images as the design sees them. */
import type { IntNetwork } from '../fixed/types.js';
import { createSimulator } from '../simulate/simulate.js';
import type { ExpectedFrame } from './compare.js';
import type { RunRecord } from './record.js';
import type { CosimOptions, FrameEvent } from './types.js';

/**
 * Expected streams and class of frame k. A frame cut short by an early tlast, with beats of `width` elements, goes on with
 * zeros (hw/flexor_axis_in.v).
 */
export function expectedFrames(
  network: IntNetwork,
  images: readonly Int32Array[],
  events: readonly FrameEvent[],
  width: number,
): (frame: number) => ExpectedFrame {
  const simulator = createSimulator(network);
  return (frame) => {
    let image = images[frame]!;
    const cut = events.find((event) => event.frame === frame && event.kind === 'early-last');
    if (cut !== undefined) image = image.map((value, i) => (i < (cut.beat + 1) * width ? value : 0));
    const streams = simulator.trace(image);
    return { streams, classIndex: lowestArgmax(streams.at(-1)!) };
  };
}

/** The same where weights are loaded in the run: which ones count for a frame, the record says. */
export function expectedUnderLoads(
  { design, images, events = [], loads = [] }: CosimOptions,
  record: RunRecord,
): (frame: number) => ExpectedFrame {
  const networks = [design.network, ...loads.map((load) => load.network)].map((each) =>
    expectedFrames(each, images, events, design.plan.widths[0]!),
  );
  const from = loadedFrom(record, loads.length);
  return (frame) => networks[from.filter((first) => first <= frame).length]!(frame);
}

/** Per load, the first frame that it counts for; a load that never came through counts for none. */
export function loadedFrom(record: RunRecord, loads: number): number[] {
  return Array.from({ length: loads }, (_, i) => record.loads?.taken[i] ?? Infinity);
}

function lowestArgmax(logits: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}
