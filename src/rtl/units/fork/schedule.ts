/** Control of a fork. */
import { UNKNOWN, type Fifo } from '../../schedule/fifo.js';
import { Unit } from '../../schedule/unit.js';

/** flexor_fork.v: an element goes into every branch at once. */
export class ForkControl extends Unit {
  private last = -1;

  constructor(
    private readonly input: Fifo,
    private readonly branches: readonly Fifo[],
  ) {
    super([input], branches);
  }

  override arrived(): void {
    this.run();
  }

  run(): void {
    for (;;) {
      let cycle = this.input.offered();
      if (cycle === UNKNOWN) return;
      cycle = Math.max(cycle, this.last + 1);
      for (const branch of this.branches) {
        const room = branch.room();
        if (room === UNKNOWN) return;
        cycle = Math.max(cycle, room);
      }
      this.input.pop(cycle);
      for (const branch of this.branches) branch.push(cycle);
      this.last = cycle;
    }
  }
}
