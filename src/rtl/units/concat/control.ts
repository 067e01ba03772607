/** Control of hw/flexor_concat.v: a beat of the input whose turn it is goes straight to the output. */
import { UNKNOWN, type Fifo } from '../../schedule/fifo.js';
import { Unit } from '../../schedule/unit.js';

export class ConcatControl extends Unit {
  private index = 0;
  private beat = 0;
  private last = -1;

  /** `beats`: those of a pixel of each input. */
  constructor(
    private readonly beats: readonly number[],
    private readonly inputs: readonly Fifo[],
    private readonly output: Fifo,
  ) {
    super(inputs, [output]);
  }

  override arrived(): void {
    this.run();
  }

  override takes(input: Fifo, cycle: number, count: number): number {
    if (input !== this.inputs[this.index] || this.last >= cycle) return 0;
    return this.output.accepts(cycle, Math.min(count, this.beats[this.index]! - this.beat));
  }

  run(): void {
    for (;;) {
      const input = this.inputs[this.index]!;
      const offered = input.offered();
      const room = this.output.room();
      if (offered === UNKNOWN || room === UNKNOWN) return;
      const cycle = Math.max(this.last + 1, offered, room);
      const count = this.output.accepts(cycle, input.holds(cycle, this.beats[this.index]! - this.beat));
      input.pop(cycle, count);
      this.output.push(cycle, count);
      this.last = cycle + count - 1;
      this.beat += count;
      if (this.beat < this.beats[this.index]!) continue;
      this.beat = 0;
      this.index = (this.index + 1) % this.inputs.length;
    }
  }
}
