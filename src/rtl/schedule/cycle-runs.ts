/**
 * The cycles of numbered elements, kept as runs in which one follows the other in the next cycle. Within a run, an element's
 * cycle minus its number is the same: the run's lag. No two elements share a cycle, so lags never fall.
 */

/** Runs that there is room for at first; a power of two. */
const FIRST_ROOM = 8;

export class CycleRuns {
  /** Elements so far, and the number of the next one. */
  length = 0;
  /** Of each run that is kept, in a ring: its first element's number, and its lag. */
  private starts = new Float64Array(FIRST_ROOM);
  private lags = new Float64Array(FIRST_ROOM);
  private mask = FIRST_ROOM - 1;
  /** The oldest run that is kept, and the one behind the newest. */
  private oldest = 0;
  private end = 0;

  /** The next `count` elements, one a cycle from `cycle` on. */
  append(cycle: number, count: number): void {
    const lag = cycle - this.length;
    if (this.end === this.oldest || this.lags[(this.end - 1) & this.mask] !== lag) {
      if (this.end - this.oldest > this.mask) this.grow();
      const place = this.end++ & this.mask;
      this.starts[place] = this.length;
      this.lags[place] = lag;
    }
    this.length += count;
  }

  /** Cycle of an element; nothing before it will be asked for again. */
  at(number: number): number {
    let { oldest } = this;
    const { starts, mask, end } = this;
    while (oldest + 1 < end && starts[(oldest + 1) & mask]! <= number) oldest++;
    this.oldest = oldest;
    return number + this.lags[oldest & mask]!;
  }

  /** Of `most` elements from this one on, how many come before the first whose lag is above `lag`. */
  within(number: number, lag: number, most: number): number {
    const { starts, lags, mask, end } = this;
    const behind = number + most;
    for (let run = this.oldest; run < end; run++) {
      if (lags[run & mask]! <= lag) continue;
      const start = starts[run & mask]!;
      if (start >= behind) return most;
      // The run of the element itself may begin before it.
      return Math.max(0, start - number);
    }
    return most;
  }

  private grow(): void {
    const room = 2 * (this.mask + 1);
    const [starts, lags] = [new Float64Array(room), new Float64Array(room)];
    for (let run = this.oldest; run < this.end; run++) {
      starts[run & (room - 1)] = this.starts[run & this.mask]!;
      lags[run & (room - 1)] = this.lags[run & this.mask]!;
    }
    [this.starts, this.lags, this.mask] = [starts, lags, room - 1];
  }
}
