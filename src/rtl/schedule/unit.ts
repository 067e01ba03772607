/** What takes elements from FIFOs and puts elements into FIFOs, at cycles that it computes. */
import type { Fifo } from './fifo.js';

export abstract class Unit {
  /** A FIFO that it found empty or full has changed since it ran last. */
  awake = true;

  constructor(inputs: readonly Fifo[], outputs: readonly Fifo[]) {
    for (const input of inputs) input.reader = this;
    for (const output of outputs) output.writer = this;
  }

  /** An input that it found empty has got an element: it may take it at once, or run later. */
  arrived(input: Fifo): void {
    void input;
    this.awake = true;
  }

  /**
   * How many of `count` elements of an input that it found empty, offered one a cycle from `cycle` on, it takes in those
   * cycles within `arrived`. None where it takes them later, or where that is not known yet.
   */
  takes(input: Fifo, cycle: number, count: number): number {
    void [input, cycle, count];
    return 0;
  }

  /** Computes the cycles of all transfers that can be known by now. */
  abstract run(): void;
}
