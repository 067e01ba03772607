/** From what a run did and what was compared to one verdict. */
import { invariant } from '../base/errors.js';
import type { Manifest } from '../rtl/types.js';
import type { Comparison } from './compare.js';
import { loadedFrom } from './expected.js';
import { deadlockMessage } from './deadlock.js';
import { checkMessage, mismatchMessage, timingMessage, violationMessage } from './diagnose.js';
import type { RunRecord } from './record.js';
import { measuredCycles } from './timing.js';
import type {
  CosimOptions,
  CosimResult,
  CosimStatus,
  FrameEvent,
  Mismatch,
  TimingMismatch,
  WeightLoad,
} from './types.js';

type Judgement = Pick<CosimResult, 'status' | 'failure' | 'firstMismatch' | 'timingMismatch' | 'mismatches'>;

/** What the result says beyond the verdict. */
export type RunFacts = Pick<CosimResult, 'simulator' | 'buildCached' | 'buildSeconds' | 'runSeconds'>;

/**
 * Builds the result. What broke first in time is told: a broken law makes wrong values, wrong values weigh more than a
 * stream that is stuck, and that more than wrong timing.
 */
export function judge(
  manifest: Manifest,
  options: CosimOptions,
  record: RunRecord,
  comparison: Comparison,
  timing: TimingMismatch | null,
  facts: RunFacts,
): CosimResult {
  const judgement = judgeRun(manifest, options, record, comparison, timing);
  const { prediction, streams } = manifest;
  return {
    passed: judgement.status === 'passed',
    ...judgement,
    ...facts,
    images: options.images.length,
    valuesCompared: comparison.valuesCompared,
    frames: record.frames.map(({ frame }) => frame),
    logits: record.frames.map(({ logits }) => logits.map((value) => value ?? NaN)),
    classes: record.frames.map(({ classIndex }) => classIndex ?? -1),
    droppedFrames: record.droppedFrames,
    loadedFrom: loadedFrom(record, options.loads?.length ?? 0),
    frameErrors: { early: record.earlyLast, missing: record.missingLast, keep: record.wrongKeep },
    ...measuredCycles(record.output.times, prediction, options.stalls),
    predictedLatencyCycles: prediction.latencyCycles,
    predictedCyclesPerFrame: prediction.cyclesPerFrame,
    streams: streams.map(({ node }, s) => ({ node, frames: record.streams[s]!.times })),
    output: record.output.times,
    simulatedCycles: record.cycles,
    cyclesPerSecond: record.seconds === null || record.seconds === 0 ? null : record.cycles / record.seconds,
    keptFolder: null,
    repeatCommand: null,
  };
}

function judgeRun(
  manifest: Manifest,
  options: CosimOptions,
  record: RunRecord,
  comparison: Comparison,
  timing: TimingMismatch | null,
): Judgement {
  const events = options.events ?? [];
  const wrong = new Set(comparison.wrongFrames);
  for (const frame of missingFrames(options.images.length, record, events)) wrong.add(frame);
  const { status, failure } = verdict(manifest, record, comparison.firstMismatch, timing, options, wrong);
  return { status, failure, firstMismatch: comparison.firstMismatch, timingMismatch: timing, mismatches: wrong.size };
}

function verdict(
  manifest: Manifest,
  record: RunRecord,
  mismatch: Mismatch | null,
  timing: TimingMismatch | null,
  options: CosimOptions,
  wrong: ReadonlySet<number>,
): { status: CosimStatus; failure: string | null } {
  const images = options.images.length;
  const broken = record.violation;
  const lawFirst = broken !== null && mismatch !== null && broken.cycle <= (mismatch.cycle ?? Infinity);
  if (mismatch !== null && !lawFirst) return { status: 'mismatch', failure: mismatchMessage(mismatch) };
  const badLast = record.frames.find((frame) => !frame.lastIsRight);
  if (badLast !== undefined) {
    return { status: 'mismatch', failure: `output: tlast of frame ${badLast.frame} does not mark its last beat alone` };
  }
  const badKeep = record.frames.find((frame) => !frame.keepIsRight);
  if (badKeep !== undefined) {
    return {
      status: 'mismatch',
      failure: `output: tkeep of frame ${badKeep.frame} does not mark its logits and class alone`,
    };
  }
  if (record.status === 'protocol') return { status: 'protocol', failure: violationMessage(manifest, record) };
  if (record.status === 'check') return { status: 'check', failure: checkMessage(manifest, record.check) };
  if (record.status === 'deadlock') return { status: 'deadlock', failure: deadlockMessage(manifest, record, images) };
  if (record.status === 'extra-output') {
    return { status: 'extra-output', failure: 'output: more frames came out than were sent in' };
  }
  if (record.status === 'cycle-limit') {
    const limit = `not finished after ${record.cycles} cycles, ten times what the prediction explains`;
    return {
      status: 'cycle-limit',
      failure: `${limit}; ${deadlockMessage(manifest, record, images).replace(/^[^:]*: /, '')}`,
    };
  }
  const uneven = unevenStream(manifest, record);
  if (uneven !== null) return { status: 'mismatch', failure: uneven };
  const loads = loadFailure(record, options.loads ?? []);
  if (loads !== null) return { status: 'mismatch', failure: loads };
  const errors = frameErrorFailure(record, options.events ?? []);
  if (errors !== null) return { status: 'frame-error', failure: errors };
  if (timing !== null) return { status: 'timing', failure: timingMessage(timing) };
  if (wrong.size > 0) return { status: 'mismatch', failure: `output: frame ${Math.min(...wrong)} never came out` };
  return { status: 'passed', failure: null };
}

/** Frames that no reset explains and that never came out. */
function missingFrames(images: number, record: RunRecord, events: readonly FrameEvent[]): number[] {
  const seen = new Set(record.frames.map(({ frame }) => frame));
  const missing = Array.from({ length: images }, (_, i) => i).filter((frame) => !seen.has(frame));
  const lastReset = Math.max(-1, ...events.filter(({ kind }) => kind === 'reset').map(({ frame }) => frame));
  return missing.filter((frame) => frame > lastReset);
}

/** A stream that ends in the middle of a frame, or not where the input ends. */
function unevenStream(manifest: Manifest, record: RunRecord): string | null {
  const frames = record.streams[0]!.frame;
  const index = record.streams.findIndex((stream) => stream.frame !== frames || stream.element !== 0);
  if (index < 0) return null;
  const { frame, element } = record.streams[index]!;
  const { node } = manifest.streams[index]!;
  return `layer ${node} (stream ${index}): carried ${frame} frames and ${element} elements where ${frames} frames went in`;
}

/** What was read back after the last load must be what was loaded. */
function loadFailure({ loads }: RunRecord, options: readonly WeightLoad[]): string | null {
  const last = options.at(-1);
  if (last === undefined) return null;
  invariant(loads !== undefined, 'a run with loads has a record of them');
  if (loads.errors > 0) return `loader: refused ${loads.errors} packets`;
  const expected = last.packet.subarray(1);
  const wrong = expected.findIndex((word, i) => loads.answers[i] !== word);
  if (wrong >= 0) return `loader: word ${wrong} was read back as ${loads.answers[wrong]}, loaded as ${expected[wrong]}`;
  const extra = loads.answers.length !== expected.length || loads.ends !== 1;
  return extra ? `loader: read back ${loads.answers.length} words, loaded ${expected.length}` : null;
}

function frameErrorFailure(record: RunRecord, events: readonly FrameEvent[]): string | null {
  const count = (kind: FrameEvent['kind']): number => events.filter((event) => event.kind === kind).length;
  const [early, missing, keep] = [count('early-last'), count('late-last'), count('wrong-keep')];
  if (record.weightErrors > 0) {
    return `weights: weight_error_o pulsed ${record.weightErrors} times, a layer lost its place in the stream of its weights`;
  }
  if (record.earlyLast === early && record.missingLast === missing && record.wrongKeep === keep) return null;
  return (
    `input: frame_error_o flagged ${record.earlyLast} early and ${record.missingLast} missing tlast and ${record.wrongKeep} ` +
    `wrong tkeep, the source made ${early}, ${missing} and ${keep}`
  );
}
