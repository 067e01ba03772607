/**
 * Compares what a simulator run did with what the integer network says, value by value: every transfer of every stream
 * where they were logged, logits and class always.
 */
import type { IntShape } from '../fixed/types.js';
import type { Manifest } from '../rtl/types.js';
import type { OutputFrame, RunRecord, Transfer } from './record.js';
import type { Mismatch } from './types.js';

/** Expected values of one frame: per stream, NHWC, and the class. */
export interface ExpectedFrame {
  readonly streams: readonly ArrayLike<number>[];
  readonly classIndex: number;
}

export interface Comparison {
  readonly firstMismatch: Mismatch | null;
  readonly wrongFrames: ReadonlySet<number>;
  readonly valuesCompared: number;
}

/** Keeps the expected values of the frames in flight, computed once each. */
class ExpectedFrames {
  private readonly frames = new Map<number, ExpectedFrame>();

  constructor(private readonly compute: (frame: number) => ExpectedFrame) {}

  of(frame: number): ExpectedFrame {
    let expected = this.frames.get(frame);
    if (expected === undefined) {
      expected = this.compute(frame);
      this.frames.set(frame, expected);
    }
    return expected;
  }

  forget(frame: number): void {
    this.frames.delete(frame);
  }
}

/** Collects mismatches; the first one stays. */
class Findings {
  first: Mismatch | null = null;
  readonly wrongFrames = new Set<number>();
  compared = 0;

  add(mismatch: Mismatch): void {
    this.first ??= mismatch;
    this.wrongFrames.add(mismatch.frame);
  }
}

/** Compares a run. `transfers` may be empty where streams were not logged. */
export function compareRun(
  manifest: Manifest,
  record: RunRecord,
  transfers: Iterable<Transfer> | null,
  frames: number,
  expected: (frame: number) => ExpectedFrame,
): Comparison {
  const findings = new Findings();
  const cache = new ExpectedFrames(expected);
  if (transfers !== null) compareStreams(manifest, transfers, frames, cache, findings);
  for (const output of record.frames) {
    if (output.frame >= frames) continue;
    compareOutput(manifest, output, cache.of(output.frame), record, findings);
    cache.forget(output.frame);
  }
  return { firstMismatch: findings.first, wrongFrames: findings.wrongFrames, valuesCompared: findings.compared };
}

function compareStreams(
  manifest: Manifest,
  transfers: Iterable<Transfer>,
  frames: number,
  expected: ExpectedFrames,
  findings: Findings,
): void {
  const last = manifest.streams.length - 1;
  const at = manifest.streams.map(() => ({ frame: 0, element: 0 }));
  for (const transfer of transfers) {
    if (transfer.kind === 'restart') {
      for (const place of at) Object.assign(place, { frame: transfer.frame, element: 0 });
      continue;
    }
    const { stream, cycle, value } = transfer;
    const place = at[stream]!;
    const info = manifest.streams[stream]!;
    if (place.frame < frames) {
      findings.compared++;
      const wanted = expected.of(place.frame).streams[stream]![place.element]!;
      if (wanted !== value) {
        const where = locate(info.shape, place.element);
        findings.add({
          stream,
          layer: info.node,
          frame: place.frame,
          ...where,
          expected: wanted,
          actual: value,
          cycle,
        });
      }
    }
    if (++place.element < info.elementsPerFrame) continue;
    place.element = 0;
    // The last stream runs behind all others: what it has finished nobody needs any more.
    if (stream === last) expected.forget(place.frame);
    place.frame++;
  }
}

function compareOutput(
  manifest: Manifest,
  output: OutputFrame,
  expected: ExpectedFrame,
  record: RunRecord,
  findings: Findings,
): void {
  const last = manifest.streams.length - 1;
  const { node, shape } = manifest.streams[last]!;
  const cycle = record.output.times[output.frame]?.last ?? null;
  const logits = expected.streams[last]!;
  for (let i = 0; i < logits.length; i++) {
    findings.compared++;
    const [wanted, actual] = [logits[i]!, output.logits[i] ?? null];
    if (wanted === actual) continue;
    findings.add({
      stream: last,
      layer: node,
      frame: output.frame,
      ...locate(shape, i),
      expected: wanted,
      actual,
      cycle,
    });
  }
  findings.compared++;
  if (output.classIndex === expected.classIndex) return;
  const [wanted, actual] = [expected.classIndex, output.classIndex];
  findings.add({
    stream: -1,
    layer: 'output',
    frame: output.frame,
    pixel: [0, 0],
    channel: 0,
    expected: wanted,
    actual,
    cycle,
  });
}

/** Pixel and channel of an element of an NHWC tensor. */
export function locate(shape: IntShape, element: number): { pixel: readonly [number, number]; channel: number } {
  const pixel = Math.floor(element / shape.channels);
  return { pixel: [Math.floor(pixel / shape.width), pixel % shape.width], channel: element % shape.channels };
}
