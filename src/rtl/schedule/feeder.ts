/**
 * What brings vectors to an engine or a pool. A run is a stretch of vectors that can be taken without a gap once the first
 * one is offered: all vectors of a window or of a dense layer's buffer, or a single one from a stream.
 */
import { UNKNOWN, type Fifo } from './fifo.js';

export interface Feeder {
  /** Vectors of a run. */
  readonly vectors: number;
  /** First cycle in which the run's first vector can be taken; UNKNOWN until what it needs has come in. */
  offered(): number;
  /** The run is taken: its last vector in this cycle, the one before it (if there is one) in that. */
  take(last: number, beforeLast: number): void;
  /** Takes in what comes from the stream; returns whether that may have completed what a vector needs. */
  fill(): boolean;
}

/** Straight from the stream, one vector a beat, or several, which is then taken with its last (hw/flexor_narrow.v). */
export class DirectFeeder implements Feeder {
  readonly vectors = 1;
  private taken = 0;

  constructor(
    private readonly input: Fifo,
    private readonly perBeat: number,
  ) {}

  offered(): number {
    return this.input.offered();
  }

  take(last: number): void {
    if (++this.taken < this.perBeat) return;
    this.taken = 0;
    this.input.pop(last);
  }

  fill(): boolean {
    return false;
  }
}

/** Mirrors hw/flexor_vector_buffer.v: two halves, one filled while the other is read. */
export class VectorFeeder implements Feeder {
  private written = 0;
  private framesIn = 0;
  private framesOut = 0;
  private lastWrite = -1;
  private lastTake = 0;
  /** By half: when it became full, and when its last vector was read. */
  private readonly full = [UNKNOWN, UNKNOWN];
  private readonly freed = [-1, -1];

  constructor(
    private readonly input: Fifo,
    /** Beats of a frame. */
    private readonly size: number,
    readonly vectors: number,
  ) {}

  offered(): number {
    if (this.framesOut === this.framesIn) return UNKNOWN;
    return Math.max(this.full[this.framesOut % 2]! + 1, this.lastTake) + 1;
  }

  take(last: number, beforeLast: number): void {
    // A vector is read in the cycle in which the one before it is taken.
    this.freed[this.framesOut % 2] = this.vectors === 1 ? this.offered() - 1 : beforeLast;
    this.framesOut++;
    this.lastTake = last;
  }

  fill(): boolean {
    let any = false;
    while (this.framesIn - this.framesOut < 2) {
      const offered = this.input.offered();
      if (offered === UNKNOWN) break;
      const cycle = Math.max(offered, this.lastWrite + 1, this.freed[this.framesIn % 2]! + 1);
      this.input.pop(cycle);
      this.lastWrite = cycle;
      if (++this.written < this.size) continue;
      this.written = 0;
      any = true;
      this.full[this.framesIn++ % 2] = cycle;
    }
    return any;
  }
}
