/** What a pool makes of the beats that it takes: some give a beat of results, others none. */
export interface BeatPattern {
  /** Beats without results that come next. */
  readonly silentLeft: number;
  /** Beats that follow one another and all give results or all give none, from the present one on. */
  readonly left: number;
  take(count: number): void;
}

/** Windows one after the other, each tap after tap: the beats of the last tap give results. */
export class WindowBeats implements BeatPattern {
  private readonly all: number;
  private readonly silent: number;
  /** Beats of the present window that are taken. */
  private taken = 0;

  constructor(taps: number, beatsPerPixel: number) {
    this.all = taps * beatsPerPixel;
    this.silent = this.all - beatsPerPixel;
  }

  get silentLeft(): number {
    return Math.max(0, this.silent - this.taken);
  }

  get left(): number {
    return this.all - this.taken;
  }

  take(count: number): void {
    this.taken = (this.taken + count) % this.all;
  }
}
