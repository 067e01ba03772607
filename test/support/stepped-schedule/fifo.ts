/**
 * Fill levels of FIFOs, cycle by cycle. What pushes and pops in a cycle sees the levels before it; `commit` ends the cycle.
 * One class for both kinds, because this is the innermost loop of the prediction.
 */
import { REGISTER_FIFO_DEPTH } from '../../../src/rtl/fifo-sizes.js';

export class Fifo {
  /** Room for an element. */
  ready = true;
  /** An element can be taken. */
  valid = false;
  /** Elements held; in a memory, without the one in its output register. */
  private count = 0;
  private pushed = 0;
  private popped = 0;

  /** `memory`: hw/flexor_fifo_ram.v, else hw/flexor_fifo.v. `onPop` hears of every element that is taken. */
  constructor(
    private readonly depth: number,
    private readonly memory: boolean,
    private readonly onPop: (() => void) | null = null,
  ) {}

  /** Holds still as long as nothing is pushed or popped. */
  get settled(): boolean {
    return !this.memory || this.count === 0 || this.valid;
  }

  push(): void {
    this.pushed = 1;
  }

  pop(): void {
    this.popped = 1;
    if (this.onPop !== null) this.onPop();
  }

  /** Ends the cycle; returns whether anything was pushed or popped in it. */
  commit(): boolean {
    const { pushed, popped } = this;
    if (this.memory) {
      this.commitMemory(pushed, popped);
    } else if ((pushed | popped) !== 0) {
      this.count += pushed - popped;
      this.ready = this.count !== this.depth;
      this.valid = this.count !== 0;
    }
    this.pushed = this.popped = 0;
    return (pushed | popped) !== 0;
  }

  private commitMemory(pushed: number, popped: number): void {
    const read = this.count !== 0 && (!this.valid || popped === 1);
    this.count += pushed - (read ? 1 : 0);
    this.valid = read || (this.valid && popped === 0);
    this.ready = this.count !== this.depth - 1;
  }
}

/** A FIFO within or behind a layer. */
export function registerFifo(depth: number, onPop: (() => void) | null = null): Fifo {
  return new Fifo(depth, false, onPop);
}

/** The FIFO of a branch as hw/flexor_fork.v makes it. */
export function branchFifo(depth: number): Fifo {
  return new Fifo(depth, depth > REGISTER_FIFO_DEPTH);
}
