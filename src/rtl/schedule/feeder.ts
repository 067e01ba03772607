/**
 * What brings vectors to an engine or a pool. A run is a stretch of vectors that can be taken without a gap once the first
 * one is offered: all vectors of a window or of a dense layer's buffer, or a single one from a stream.
 */
export interface Feeder {
  /** Vectors of a run. */
  readonly vectors: number;
  /** First cycle in which the run's first vector can be taken; UNKNOWN until what it needs has come in. */
  offered(): number;
  /** The run is taken: its last vector in this cycle, the one before it (if there is one) in that. */
  take(last: number, beforeLast: number): void;
  /** Takes in what comes from the stream; returns whether that may have completed what a vector needs. */
  fill(): boolean;
  /** How many of `count` elements that are offered one a cycle from `cycle` on `fill` takes in those cycles. */
  takes(cycle: number, count: number): number;
  /** An element has come in on the stream; returns whether there is more to do than wait for others. */
  arrived(): boolean;
}
