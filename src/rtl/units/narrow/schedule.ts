/** Control of a stream that goes to an engine as it is, or in parts of its beats. */
import type { Feeder } from '../../schedule/feeder.js';
import type { Fifo } from '../../schedule/fifo.js';

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

  takes(): number {
    return 0;
  }

  arrived(): boolean {
    return true;
  }
}
