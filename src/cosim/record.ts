/** What a simulator run leaves behind: the harness's result file and its log of transfers. */
import { openInput } from '../base/files.js';
import { readJson } from '../base/json.js';
import type { FrameTiming } from '../rtl/types.js';

/** State of a stream when the run ended. */
export interface StreamState {
  readonly valid: boolean;
  readonly ready: boolean;
  readonly transfers: number;
  /** Frame and element that the next transfer carries. */
  readonly frame: number;
  readonly element: number;
  readonly times: readonly FrameTiming[];
}

export interface OutputFrame {
  readonly frame: number;
  /** null: undefined (x or z). */
  readonly logits: readonly (number | null)[];
  readonly classIndex: number | null;
  /** tlast came with the last beat and with no other. */
  readonly lastIsRight: boolean;
  /** tkeep marked the logits of each beat and the class. */
  readonly keepIsRight: boolean;
}

export interface Violation {
  /** The number of streams stands for m_axis. */
  readonly stream: number;
  readonly cycle: number;
  readonly rule: string;
  readonly held: number;
  readonly offered: number;
}

/** Packets on s_load and answers on m_load. */
export interface LoadRecord {
  /** Per packet, frames that had begun when its last beat was taken. */
  readonly taken: readonly number[];
  readonly answers: readonly number[];
  /** Answers that carried tlast. */
  readonly ends: number;
  /** Pulses of load_error_o. */
  readonly errors: number;
}

export interface RunRecord {
  readonly status: 'done' | 'deadlock' | 'protocol' | 'check' | 'extra-output' | 'cycle-limit';
  /** Clock cycles simulated, reset included. */
  readonly cycles: number;
  readonly seconds: number | null;
  readonly lastCycle: number;
  readonly earlyLast: number;
  readonly missingLast: number;
  readonly wrongKeep: number;
  /** Cycles in which weight_error_o pulsed. */
  readonly weightErrors: number;
  readonly droppedFrames: number;
  readonly violation: Violation | null;
  /** What a check inside a module said when it stopped the run; null where none did. */
  readonly check: string | null;
  readonly streams: readonly StreamState[];
  readonly output: StreamState;
  readonly frames: readonly OutputFrame[];
  /** Absent where nothing was loaded. */
  readonly loads?: LoadRecord;
}

/** One transfer on a stream. `restart` says that a reset came and that every stream goes on with that frame. */
export type Transfer =
  | {
      readonly kind: 'value';
      readonly stream: number;
      readonly cycle: number;
      /** Cycles that the consumer made it wait; null where that is not known. */
      readonly waited: number | null;
      readonly value: number | null;
    }
  | { readonly kind: 'restart'; readonly frame: number };

interface RawStream extends Omit<StreamState, 'times'> {
  readonly times: readonly (readonly [number, number])[];
}

interface RawRecord extends Omit<RunRecord, 'streams' | 'output' | 'frames' | 'violation' | 'check'> {
  readonly streams: readonly RawStream[];
  readonly output: RawStream;
  readonly violation?: Violation;
  readonly frames: readonly {
    frame: number;
    class: number;
    lastIsRight: boolean;
    keepIsRight: boolean;
    logits: number[];
  }[];
}

/** Reads the harness's result file; `check` is what a check inside a module printed. */
export function readRecord(path: string, check: string | null): RunRecord {
  const raw = readJson(path, 'tool') as RawRecord;
  return {
    ...raw,
    violation: raw.violation ?? null,
    check,
    streams: raw.streams.map(streamState),
    output: streamState(raw.output),
    frames: raw.frames.map((f) => ({
      frame: f.frame,
      logits: f.logits,
      classIndex: f.class,
      lastIsRight: f.lastIsRight,
      keepIsRight: f.keepIsRight,
    })),
  };
}

function streamState(raw: RawStream): StreamState {
  return { ...raw, times: raw.times.map(([first, last]) => ({ first, last })) };
}

const RECORD_BYTES = 16;
const CHUNK_RECORDS = 65_536;
const RESTART = 4095;

/** Reads the harness's log of transfers, in order of time, without holding it in memory. */
export function* readTransfers(path: string): Generator<Transfer> {
  const file = openInput(path);
  try {
    const bytes = RECORD_BYTES * CHUNK_RECORDS;
    for (let offset = 0; offset < file.size; offset += bytes) {
      const chunk = file.read(offset, bytes);
      for (let at = 0; at + RECORD_BYTES <= chunk.length; at += RECORD_BYTES) yield transferAt(chunk, at);
    }
  } finally {
    file.close();
  }
}

function transferAt(chunk: Buffer, at: number): Transfer {
  // Values are below 2^53 in magnitude where the design is right; a wrong one may lose its lowest bits in a message only.
  const value = chunk.readInt32LE(at + 4) * 4294967296 + chunk.readUInt32LE(at);
  const high = chunk.readUInt32LE(at + 12);
  const stream = high >>> 20;
  if (stream === RESTART) return { kind: 'restart', frame: value };
  const cycle = chunk.readUInt32LE(at + 8) + (high & 15) * 4294967296;
  return { kind: 'value', stream, cycle, waited: (high >>> 4) & 0xffff, value };
}
