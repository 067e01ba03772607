/** Reads what sim/flexor_icarus_tb.v prints into the same records that the Verilator harness leaves. */
import { invariant } from '../base/errors.js';
import { beatsOf } from '../rtl/beats.js';
import type { FrameTiming, Manifest } from '../rtl/types.js';
import type { OutputFrame, RunRecord, StreamState, Transfer, Violation } from './record.js';

const RULES = ['valid dropped before the transfer', 'data changed before the transfer'];

/** Counts the elements of one stream into frames; what a last beat holds behind them is none. */
class FrameCounter {
  readonly times: { first: number; last: number }[] = [];
  private count = 0;
  /** Of the beat. */
  private place = 0;

  constructor(
    private readonly elements: number,
    private readonly width = 1,
  ) {}

  /** Frame of the element, whose cycle it notes; null where it is none. */
  add(cycle: number): number | null {
    const none = this.place > 0 && this.count % this.elements === 0;
    this.place = (this.place + 1) % this.width;
    if (none) return null;
    const frame = Math.floor(this.count / this.elements);
    if (this.count % this.elements === 0) this.times.push({ first: cycle, last: -1 });
    if (++this.count % this.elements === 0) this.times[frame]!.last = cycle;
    return frame;
  }

  state(valid: boolean, ready: boolean): StreamState {
    const { count, elements, width } = this;
    const times: readonly FrameTiming[] = this.times;
    const place = { frame: Math.floor(count / elements), element: count % elements };
    return {
      valid,
      ready,
      transfers: place.frame * beatsOf(elements, width) + beatsOf(place.element, width),
      ...place,
      times,
    };
  }
}

/** Everything that was printed so far. */
class Run {
  readonly transfers: Transfer[] = [];
  readonly frames: OutputFrame[] = [];
  violation: Violation | null = null;
  /** What the first check inside a module said. */
  check: string | null = null;
  early = 0;
  weightErrors = 0;
  missing = 0;
  keep = 0;
  private readonly streams: FrameCounter[];
  private readonly output: FrameCounter;
  private readonly states: { valid: boolean; ready: boolean }[] = [];
  private logits: (number | null)[] = [];
  private lastIsRight = true;
  private keepIsRight = true;
  private lastCycle = 0;

  constructor(private readonly manifest: Manifest) {
    this.streams = manifest.streams.map((stream) => new FrameCounter(stream.elementsPerFrame, stream.width));
    this.output = new FrameCounter(beatsOf(manifest.output.count, manifest.output.width));
  }

  /** `t STREAM CYCLE HEX` */
  transfer(stream: number, cycle: number, hex: string): void {
    this.lastCycle = cycle;
    if (this.streams[stream]!.add(cycle) === null) return;
    this.transfers.push({ kind: 'value', stream, cycle, waited: null, value: signed(hex, 64) });
  }

  /** `o CYCLE LAST KEEP HEX`, KEEP in binary */
  result(cycle: number, last: string, keep: string, hex: string): void {
    const { logitBytes, classBytes, count, width } = this.manifest.output;
    const frame = this.output.add(cycle)!;
    this.lastCycle = cycle;
    // Digits from the lowest byte on.
    const digits = (byte: number, bytes: number): string =>
      hex.slice(hex.length - 2 * (byte + bytes), hex.length - 2 * byte);
    const there = Math.min(width, count - this.logits.length);
    for (let i = 0; i < there; i++) this.logits.push(signed(digits(i * logitBytes, logitBytes), 8 * logitBytes));
    const marked = there * logitBytes + classBytes;
    if (keep !== '1'.repeat(marked).padStart(keep.length, '0')) this.keepIsRight = false;
    const ends = this.logits.length === count;
    if (last !== (ends ? '1' : '0')) this.lastIsRight = false;
    if (!ends) return;
    const classIndex = unsigned(digits(there * logitBytes, classBytes));
    const { lastIsRight, keepIsRight } = this;
    this.frames.push({ frame, logits: this.logits, classIndex, lastIsRight, keepIsRight });
    this.logits = [];
    this.lastIsRight = this.keepIsRight = true;
  }

  violate(stream: number, cycle: number, rule: string): void {
    this.violation ??= { stream, cycle, rule, held: 0, offered: 0 };
  }

  /** `s STREAM V R` */
  state(stream: number, valid: string, ready: string): void {
    this.states[stream] = { valid: valid === '1', ready: ready === '1' };
  }

  record(status: string, cycles: number): RunRecord {
    invariant(
      status === 'done' || status === 'deadlock' || status === 'cycle-limit' || status === 'check',
      `Icarus bench ended with ${status}`,
    );
    const extra = status === 'done' && this.logits.length > 0;
    return {
      status: this.violation !== null ? 'protocol' : extra ? 'extra-output' : status,
      cycles,
      seconds: null,
      lastCycle: this.lastCycle,
      earlyLast: this.early,
      missingLast: this.missing,
      wrongKeep: this.keep,
      weightErrors: this.weightErrors,
      droppedFrames: 0,
      violation: this.violation,
      check: this.check,
      streams: this.streams.map((stream, s) =>
        stream.state(this.states[s]?.valid ?? false, this.states[s]?.ready ?? false),
      ),
      output: this.output.state(false, false),
      frames: this.frames,
    };
  }
}

/** Parses the whole output. */
export function parseIcarusOutput(
  manifest: Manifest,
  text: string,
): { readonly record: RunRecord; readonly transfers: readonly Transfer[] } {
  const run = new Run(manifest);
  for (const line of text.split('\n')) {
    if (/: error: /.test(line)) run.check ??= line.trim();
    const [kind, a = '', b = '', c = '', d = ''] = line.split(' ');
    if (kind === 't') run.transfer(Number(a), Number(b), c);
    else if (kind === 'o') run.result(Number(a), b, c, d);
    else if (kind === 's') run.state(Number(a), b, c);
    else if (kind === 'v') run.violate(Number(a), Number(b), RULES[Number(c)]!);
    else if (kind === 'h') run.violate(Number(a), Number(b), `valid is ${c} and ready is ${d}, neither 0 nor 1`);
    else if (kind === 'e') countErrors(run, b);
    else if (kind === 'w') run.weightErrors++;
    else if (kind === 'z') return { record: run.record(a, Number(b)), transfers: run.transfers };
  }
  // A check ends the simulation where it stands.
  if (run.check !== null) return { record: run.record('check', 0), transfers: run.transfers };
  throw new Error('internal: the Icarus bench ended without a status line');
}

function countErrors(run: Run, bits: string): void {
  if (bits[2] !== '0') run.early++;
  if (bits[1] !== '0') run.missing++;
  if (bits[0] !== '0') run.keep++;
}

/** Two's complement of a hexadecimal word; null where a digit is undefined. */
function signed(hex: string, bits: number): number | null {
  return /^[0-9a-f]+$/i.test(hex) ? Number(BigInt.asIntN(bits, BigInt(`0x${hex}`))) : null;
}

function unsigned(hex: string): number | null {
  return /^[0-9a-f]+$/i.test(hex) ? Number(BigInt(`0x${hex}`)) : null;
}
