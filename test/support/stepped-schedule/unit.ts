/** What takes elements from FIFOs and puts elements into FIFOs. */
export interface Unit {
  /** Moves on by one cycle. */
  step(): void;
  /**
   * Coming cycles in which it neither takes nor gives and only counts, as long as no FIFO around it changes; Infinity where
   * it waits for one.
   */
  quietCycles(): number;
  /** Moves on by so many quiet cycles. */
  skip(cycles: number): void;
}
