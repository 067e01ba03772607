/**
 * A FIFO as the cycles in which elements go in and come out. What goes in is seen behind it in the next cycle (in a memory,
 * in the one after), and so is a place that becomes free. Elements that follow one another cycle by cycle go in and out
 * together, as a run.
 */
import { REGISTER_FIFO_DEPTH } from '../fifo-sizes.js';
import { CycleRuns } from './cycle-runs.js';

/** A cycle that depends on transfers which are not computed yet. */
export const UNKNOWN = -1;

/** Where the results of a pipeline go: a FIFO, or what stands directly behind. */
export interface Sink {
  /** First cycle in which the next element can go in; UNKNOWN until earlier ones have left. */
  room(): number;
  /** How many of `count` elements can go in one a cycle from `cycle` on: at least one where there is room by then. */
  accepts(cycle: number, count: number): number;
  /** As many elements as it accepts, one a cycle from `cycle` on. */
  push(cycle: number, count: number): void;
}

/** Who takes elements from a FIFO. */
export interface FifoReader {
  /** An element has come in that it found missing. */
  arrived(input: Fifo): void;
  /**
   * How many of `count` elements that are offered one a cycle from `cycle` on it takes in those cycles, as soon as it hears
   * of the first.
   */
  takes(input: Fifo, cycle: number, count: number): number;
}

export class Fifo implements Sink {
  /** When each element went in, and once it is out, when its place became free. */
  private readonly in = new CycleRuns();
  private readonly free = new CycleRuns();
  private popped = 0;
  private lastPop = -1;
  /** Who found it full and is to look again when an element comes out, and who found it empty. */
  writer: { awake: boolean } | null = null;
  reader: FifoReader | null = null;
  private writerWaits = false;
  private readerWaits = true;

  /**
   * `memory`: hw/flexor_fifo_ram.v, whose output register is one of the `depth` places, else hw/flexor_fifo.v. `onPop` hears
   * of all elements that are taken, run by run.
   */
  constructor(
    private readonly depth: number,
    private readonly memory: boolean,
    private readonly onPop: ((cycle: number, count: number) => void) | null = null,
  ) {}

  room(): number {
    const leaves = this.leaves();
    if (leaves < 0) return 0;
    if (leaves < this.popped) return this.free.at(leaves) + 1;
    if (this.memory && leaves === this.popped) return this.movesOn() + 1;
    this.writerWaits = true;
    return UNKNOWN;
  }

  accepts(cycle: number, count: number): number {
    const leaves = this.leaves();
    const known = this.popped - leaves;
    const most = Math.min(count, known);
    const empty = Math.max(0, -leaves);
    if (most > empty) {
      const fits = this.free.within(leaves + empty, cycle - 1 - leaves, most - empty);
      if (empty + fits < most) return empty + fits;
    }
    if (known >= count) return count;
    if (this.memory) return Math.max(0, most + (known >= 0 && this.freesOneBy(cycle + known) ? 1 : 0));
    // An empty FIFO of two places or more holds up nothing that its reader takes at once.
    if (this.popped < this.in.length || this.depth < 2 || !this.readerWaits || this.reader === null) return most;
    return Math.min(count, this.depth + this.reader.takes(this, cycle + 1, count));
  }

  push(cycle: number, count = 1): void {
    this.in.append(cycle, count);
    if (!this.readerWaits || this.reader === null) return;
    this.readerWaits = false;
    this.reader.arrived(this);
  }

  /** First cycle in which the next element can be taken; UNKNOWN until it is in. */
  offered(): number {
    if (this.popped === this.in.length) {
      this.readerWaits = true;
      return UNKNOWN;
    }
    return (this.memory ? this.movesOn() : this.in.at(this.popped)) + 1;
  }

  /** How many of `most` elements can be taken one a cycle from `cycle` on, given that the first is offered by then. */
  holds(cycle: number, most: number): number {
    const lag = cycle - this.popped - (this.memory ? 2 : 1);
    return this.in.within(this.popped, lag, Math.min(most, this.in.length - this.popped));
  }

  /** Takes as many elements as it holds, one a cycle from `cycle` on. */
  pop(cycle: number, count = 1): void {
    if (this.depth < Infinity) this.noteFree(cycle, count);
    this.popped += count;
    this.lastPop = cycle + count - 1;
    if (this.writerWaits && this.writer !== null) {
      this.writerWaits = false;
      this.writer.awake = true;
    }
    if (this.onPop !== null) this.onPop(cycle, count);
  }

  private noteFree(cycle: number, count: number): void {
    if (!this.memory) return this.free.append(cycle, count);
    this.free.append(this.movesOn(), 1);
    // The output register is filled again in the cycle in which its element leaves.
    if (count > 1) this.free.append(cycle, count - 1);
  }

  /** Number of the element that has to leave before the next one goes in: a memory's, once it is in the output register. */
  private leaves(): number {
    return this.in.length - this.depth + (this.memory ? 1 : 0);
  }

  /** The element behind all that have left moves on to the output register in time for another to go in in this cycle. */
  private freesOneBy(cycle: number): boolean {
    return this.popped < this.in.length && this.movesOn() < cycle;
  }

  /** When the next element moves from the memory to the output register. */
  private movesOn(): number {
    return Math.max(this.in.at(this.popped) + 1, this.lastPop);
  }
}

/** A FIFO within or behind a layer. */
export function registerFifo(depth: number, onPop: ((cycle: number, count: number) => void) | null = null): Fifo {
  return new Fifo(depth, false, onPop);
}

/** The FIFO of a branch as hw/flexor_fork.v makes it. */
export function branchFifo(depth: number): Fifo {
  return new Fifo(depth, depth > REGISTER_FIFO_DEPTH);
}
