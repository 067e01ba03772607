/**
 * A FIFO as the cycles in which elements go in and come out. What goes in is seen behind it in the next cycle (in a memory,
 * in the one after), and so is a place that becomes free.
 */
import { REGISTER_FIFO_DEPTH } from '../fifo-sizes.js';

/** A cycle that depends on transfers which are not computed yet. */
export const UNKNOWN = -1;

/** Where the results of a pipeline go: a FIFO, or what stands directly behind. */
export interface Sink {
  /** First cycle in which the next element can go in; UNKNOWN until earlier ones have left. */
  room(): number;
  push(cycle: number): void;
}

export class Fifo implements Sink {
  /** Elements that went in and that came out so far. */
  private pushed = 0;
  private popped = 0;
  private lastPop = -1;
  /** By element, in a ring: when it went in, and once it is out, when its place became free. */
  private cycles = new Float64Array(16);
  /** Who found it full and is to look again when an element comes out, and who found it empty. */
  writer: { awake: boolean } | null = null;
  reader: { arrived(input: Fifo): void } | null = null;
  private writerWaits = false;
  private readerWaits = true;

  /**
   * `memory`: hw/flexor_fifo_ram.v, whose output register is one of the `depth` places, else hw/flexor_fifo.v. `onPop` hears
   * of every element that is taken.
   */
  constructor(
    private readonly depth: number,
    private readonly memory: boolean,
    private readonly onPop: ((cycle: number) => void) | null = null,
  ) {}

  room(): number {
    // A memory has its room where the element before has moved on to the output register.
    const leaves = this.pushed - this.depth + (this.memory ? 1 : 0);
    if (leaves < 0) return 0;
    if (leaves < this.popped) return this.cycles[leaves & (this.cycles.length - 1)]! + 1;
    if (this.memory && leaves === this.popped) return this.movesOn() + 1;
    this.writerWaits = true;
    return UNKNOWN;
  }

  push(cycle: number): void {
    const oldest = this.depth === Infinity ? this.popped : Math.max(0, this.pushed - this.depth);
    if (this.pushed - oldest === this.cycles.length) this.grow(oldest);
    this.cycles[this.pushed++ & (this.cycles.length - 1)] = cycle;
    if (!this.readerWaits || this.reader === null) return;
    this.readerWaits = false;
    this.reader.arrived(this);
  }

  /** First cycle in which the next element can be taken; UNKNOWN until it is in. */
  offered(): number {
    if (this.popped === this.pushed) {
      this.readerWaits = true;
      return UNKNOWN;
    }
    return (this.memory ? this.movesOn() : this.cycles[this.popped & (this.cycles.length - 1)]!) + 1;
  }

  pop(cycle: number): void {
    const free = this.memory ? this.movesOn() : cycle;
    this.cycles[this.popped++ & (this.cycles.length - 1)] = free;
    this.lastPop = cycle;
    if (this.writerWaits && this.writer !== null) {
      this.writerWaits = false;
      this.writer.awake = true;
    }
    if (this.onPop !== null) this.onPop(cycle);
  }

  /** When the next element moves from the memory to the output register. */
  private movesOn(): number {
    return Math.max(this.cycles[this.popped & (this.cycles.length - 1)]! + 1, this.lastPop);
  }

  private grow(oldest: number): void {
    const old = this.cycles;
    this.cycles = new Float64Array(2 * old.length);
    for (let i = oldest; i < this.pushed; i++) this.cycles[i & (2 * old.length - 1)] = old[i & (old.length - 1)]!;
  }
}

/** A FIFO within or behind a layer. */
export function registerFifo(depth: number, onPop: ((cycle: number) => void) | null = null): Fifo {
  return new Fifo(depth, false, onPop);
}

/** The FIFO of a branch as hw/flexor_fork.v makes it. */
export function branchFifo(depth: number): Fifo {
  return new Fifo(depth, depth > REGISTER_FIFO_DEPTH);
}
