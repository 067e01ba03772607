/** Control of a vector buffer. */
import type { Feeder } from '../../schedule/feeder.js';
import { UNKNOWN, type Fifo } from '../../schedule/fifo.js';

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
      const count = this.input.holds(cycle, this.size - this.written);
      this.input.pop(cycle, count);
      this.lastWrite = cycle + count - 1;
      this.written += count;
      if (this.written < this.size) continue;
      this.written = 0;
      any = true;
      this.full[this.framesIn++ % 2] = this.lastWrite;
    }
    return any;
  }

  takes(cycle: number, count: number): number {
    if (this.framesIn - this.framesOut >= 2 || this.lastWrite >= cycle || this.freed[this.framesIn % 2]! >= cycle)
      return 0;
    return Math.min(count, this.size - this.written);
  }

  arrived(): boolean {
    return this.fill();
  }
}
