/** Which layer a deadlock is about: from the last stream that is stuck along what waits for what, to one that waits for nothing. */
import type { Manifest } from '../rtl/types.js';
import { readersText } from './diagnose.js';
import type { RunRecord, StreamState } from './record.js';

/** Something waits for a layer: to take from a stream, or to give to it. */
interface Wait {
  readonly stream: number;
  readonly on: 'consumer' | 'producer';
  /** Name of a node; `input` or `output` for the ports. */
  readonly layer: string;
}

/** Names the stream that is stuck, the side that does nothing and its layer, in one line; `images` were sent in. */
export function deadlockMessage(manifest: Manifest, record: RunRecord, images: number): string {
  const cycle = `deadlock, no transfer on any stream up to cycle ${record.lastCycle}`;
  const network = new Waits(manifest, record, images);
  const first = network.first();
  if (first === undefined) {
    const last = manifest.streams.length - 1;
    return `${cycle}: ${streamText(manifest, record, last)} is neither valid nor ready`;
  }
  const { stream, on, layer } = network.cause(first, new Set()) ?? first;
  const place = streamText(manifest, record, stream);
  if (on === 'producer') return `${cycle}: ${place} is ready and gets nothing: producer ${layer} is idle`;
  const { readers } = manifest.streams[stream]!;
  const among = readers.length < 2 ? '' : `, one of ${readersText(manifest, stream)},`;
  return `${cycle}: ${place} is valid and not taken: consumer ${layer}${among} does not take`;
}

/** What waits for what when nothing moves any more. */
class Waits {
  constructor(
    private readonly manifest: Manifest,
    private readonly record: RunRecord,
    private readonly images: number,
  ) {}

  /** The last stream that is not taken from, else the first that is not given to. */
  first(): Wait | undefined {
    const { streams } = this.record;
    const blocked = streams.findLastIndex(isBlocked);
    if (blocked >= 0) return this.consumers(blocked)[0];
    const starved = streams.findIndex((_, s) => this.isStarved(s));
    return starved < 0 ? undefined : this.producer(starved);
  }

  /** A wait for a layer that itself waits for nothing; undefined where the layers wait for each other in a circle. */
  cause(wait: Wait, seen: Set<string>): Wait | undefined {
    if (seen.has(wait.layer)) return undefined;
    seen.add(wait.layer);
    const further = this.waitsOf(wait.layer);
    if (further.length === 0) return wait;
    for (const next of further) {
      const cause = this.cause(next, seen);
      if (cause !== undefined) return cause;
    }
    return undefined;
  }

  /** What a layer waits for: that its output is taken, and that its inputs give. */
  private waitsOf(layer: string): Wait[] {
    const { streams } = this.manifest;
    const output = this.streamOf(layer);
    const inputs = streams.filter(({ index, readers }) => {
      return readers.some(({ node }) => node === layer) && this.isStarved(index);
    });
    const taken = output >= 0 && isBlocked(this.record.streams[output]!) ? this.consumers(output) : [];
    return [...taken, ...inputs.map(({ index }) => this.producer(index))];
  }

  /** Of several that take from a stream by a fork, the one that is behind comes first: the others wait for what the fork gives to it. */
  private consumers(stream: number): Wait[] {
    const layers = this.manifest.streams[stream]!.readers.map(({ node }) => node);
    const sorted = layers.toSorted((a, b) => this.progress(a) - this.progress(b));
    return (sorted.length === 0 ? ['output'] : sorted).map((layer) => ({ stream, on: 'consumer', layer }));
  }

  private producer(stream: number): Wait {
    return { stream, on: 'producer', layer: this.manifest.streams[stream]!.node };
  }

  /** Frames that a layer has given, with the begun one's part. */
  private progress(layer: string): number {
    const s = this.streamOf(layer);
    const { frame, element } = this.record.streams[s]!;
    return frame + element / this.manifest.streams[s]!.elementsPerFrame;
  }

  /** Ready without getting anything, with frames still to come. */
  private isStarved(stream: number): boolean {
    const { valid, ready, frame } = this.record.streams[stream]!;
    return !valid && ready && frame < this.images;
  }

  private streamOf(layer: string): number {
    return this.manifest.streams.findIndex(({ node }) => node === layer);
  }
}

function isBlocked({ valid, ready }: StreamState): boolean {
  return valid && !ready;
}

function streamText(manifest: Manifest, record: RunRecord, index: number): string {
  const state = record.streams[index]!;
  const { node, elementsPerFrame } = manifest.streams[index]!;
  return `stream ${index} (output of layer ${node}), frame ${state.frame}, element ${state.element} of ${elementsPerFrame},`;
}
