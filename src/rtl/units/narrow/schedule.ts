/** Control of a stream that goes to an engine as it is, or in parts of its beats. */
import type { Feeder } from '../../schedule/feeder.js';
import type { Fifo } from '../../schedule/fifo.js';

/** Straight from the stream, one vector a beat, or several, which is then taken with its last (hw/flexor_narrow.v). */
export class DirectFeeder implements Feeder {
  readonly vectors = 1;
  /** Of the frame, and of the beat. */
  private frame = 0;
  private taken = 0;

  constructor(
    private readonly input: Fifo,
    private readonly perBeat: number,
    private readonly perFrame: number,
  ) {}

  offered(): number {
    return this.input.offered();
  }

  take(last: number): void {
    this.frame = (this.frame + 1) % this.perFrame;
    if (++this.taken < this.perBeat && this.frame > 0) return;
    this.taken = 0;
    this.input.pop(last);
  }

  fill(): boolean {
    return false;
  }

  takes(): number {
    return 0;
  }

  arrived(): boolean {
    return true;
  }
}
