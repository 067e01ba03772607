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

  override takes(_: Fifo, cycle: number, count: number): number {
    return this.last < cycle ? this.branchesAccept(cycle, count) : 0;
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
      const count = this.branchesAccept(cycle, this.input.holds(cycle, Infinity));
      this.input.pop(cycle, count);
      for (const branch of this.branches) branch.push(cycle, count);
      this.last = cycle + count - 1;
    }
  }

  private branchesAccept(cycle: number, count: number): number {
    let least = count;
    for (const branch of this.branches) {
      if (least === 0) break;
      least = branch.accepts(cycle, least);
    }
    return least;
  }
}
