/** Fill levels of FIFOs, cycle by cycle. What pushes and pops in a cycle sees the levels before it; `commit` ends the cycle. */
import { REGISTER_FIFO_DEPTH } from '../plan.js';

export interface Fifo {
  /** Room for an element. */
  readonly ready: boolean;
  /** An element can be taken. */
  readonly valid: boolean;
  /** Holds still as long as nothing is pushed or popped. */
  readonly settled: boolean;
  /** Most elements held so far. */
  readonly peak: number;
  push(): void;
  pop(): void;
  /** Ends the cycle; returns whether anything was pushed or popped in it. */
  commit(): boolean;
}

/** Mirrors hw/flexor_fifo.v. */
class RegisterFifo implements Fifo {
  ready = true;
  valid = false;
  readonly settled = true;
  peak = 0;
  private count = 0;
  private pushed = 0;
  private popped = 0;

  constructor(private readonly depth: number) {}

  push(): void {
    this.pushed = 1;
  }

  pop(): void {
    this.popped = 1;
  }

  commit(): boolean {
    const { pushed, popped } = this;
    if ((pushed | popped) === 0) return false;
    this.count += pushed - popped;
    if (this.count > this.peak) this.peak = this.count;
    this.ready = this.count !== this.depth;
    this.valid = this.count !== 0;
    this.pushed = this.popped = 0;
    return true;
  }
}

/** Mirrors hw/flexor_fifo_ram.v: `stored` in the memory, one more in its output register. */
class RamFifo implements Fifo {
  ready = true;
  valid = false;
  peak = 0;
  private stored = 0;
  private pushed = 0;
  private popped = 0;

  constructor(private readonly depth: number) {}

  get settled(): boolean {
    return this.stored === 0 || this.valid;
  }

  push(): void {
    this.pushed = 1;
  }

  pop(): void {
    this.popped = 1;
  }

  commit(): boolean {
    const { pushed, popped } = this;
    const read = this.stored !== 0 && (!this.valid || popped === 1);
    this.stored += pushed - (read ? 1 : 0);
    this.valid = read || (this.valid && popped === 0);
    this.ready = this.stored !== this.depth - 1;
    const held = this.stored + (this.valid ? 1 : 0);
    if (held > this.peak) this.peak = held;
    this.pushed = this.popped = 0;
    return (pushed | popped) !== 0;
  }
}

/** A FIFO within or behind a layer. */
export function registerFifo(depth: number): Fifo {
  return new RegisterFifo(depth);
}

/** The FIFO of a branch as hw/flexor_fork.v makes it. */
export function branchFifo(depth: number): Fifo {
  return depth > REGISTER_FIFO_DEPTH ? new RamFifo(depth) : new RegisterFifo(depth);
}
