/**
 * Pipeline stages that all move in a cycle or all stand: they stand where the last stage holds a result that the sink does
 * not take. Nothing closes up, so that what enters in the n-th cycle in which the stages move (its beat) leaves in beat
 * n + stages, and only results that wait put more than a cycle between beats.
 */
import { UNKNOWN, type Sink } from './fifo.js';

/** Beats whose cycles are kept; more than there are stages. */
const KEPT = 8;
const RING = KEPT - 1;

export class RigidPipeline {
  /** Last beat whose cycle is known. */
  private known = -1;
  private readonly cycles = new Float64Array(KEPT).fill(-1);
  /** Last beat in which something entered. */
  private entered = -1;
  /** Runs of results on their way, as the first one's beat and how many there are: a ring, since they are few. */
  private readonly starts = new Array<number>(KEPT).fill(0);
  private readonly counts = new Array<number>(KEPT).fill(0);
  private firstRun = 0;
  private runs = 0;

  constructor(
    private readonly stages: number,
    private readonly sink: Sink,
  ) {}

  /** The first beat from cycle `earliest` on in which the first stage is free; UNKNOWN where a result waits before it. */
  nextBeat(earliest: number): number {
    for (let beat = this.entered + 1; ; beat++) {
      const cycle = this.cycleOf(beat);
      if (cycle === UNKNOWN) return UNKNOWN;
      if (cycle >= earliest) return beat;
      if (this.runs === 0 && beat >= this.known) return beat + earliest - cycle;
    }
  }

  /** Cycle of a beat that is not long past; UNKNOWN where a result that waits comes first. */
  cycleOf(beat: number): number {
    if (beat <= this.known) return this.cycles[beat & RING]!;
    if (this.runs > 0 && this.starts[this.firstRun]! <= beat) return UNKNOWN;
    return this.cycles[this.known & RING]! + beat - this.known;
  }

  /** Something enters in all beats up to `last`; what enters in the last ones makes that many results. */
  enter(last: number, results: number): void {
    this.entered = last;
    if (results === 0) return;
    const place = (this.firstRun + this.runs++) & RING;
    this.starts[place] = last - results + 1 + this.stages;
    this.counts[place] = results;
  }

  /** Lets results out, up to beat `until`, for as long as the sink's room is known; returns whether any went. */
  drain(until = Infinity): boolean {
    let any = false;
    while (this.runs > 0 && this.starts[this.firstRun]! <= until) {
      const room = this.sink.room();
      if (room === UNKNOWN) break;
      const beat = this.starts[this.firstRun]!;
      const before = this.cycles[this.known & RING]!;
      for (let i = Math.max(this.known + 1, beat - KEPT + 1); i < beat; i++) {
        this.cycles[i & RING] = before + i - this.known;
      }
      const cycle = Math.max(before + beat - this.known, room);
      this.cycles[beat & RING] = cycle;
      this.known = beat;
      this.starts[this.firstRun] = beat + 1;
      if (--this.counts[this.firstRun]! === 0) {
        this.firstRun = (this.firstRun + 1) & RING;
        this.runs--;
      }
      this.sink.push(cycle);
      any = true;
    }
    return any;
  }
}
