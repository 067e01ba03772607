/**
 * Pipeline stages that all move in a cycle or all stand: they stand where the last stage holds a result that the sink does
 * not take. Nothing closes up, so that what enters in the n-th cycle in which the stages move (its beat) leaves in beat
 * n + stages, and only results that wait put more than a cycle between beats.
 */
import { UNKNOWN, type Sink } from './fifo.js';

/** Beats whose cycles are kept, a power of two; more than there are stages, of which an engine with tables has most. */
const KEPT = 64;
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
    const start = last - results + 1 + this.stages;
    const newest = (this.firstRun + this.runs - 1) & RING;
    if (this.runs > 0 && this.starts[newest]! + this.counts[newest]! === start) {
      this.counts[newest]! += results;
      return;
    }
    const place = (this.firstRun + this.runs++) & RING;
    this.starts[place] = start;
    this.counts[place] = results;
  }

  /** Nothing is on its way, and from this beat on they follow one another cycle by cycle. */
  flowsFrom(beat: number): boolean {
    const { cycles, known } = this;
    return this.runs === 0 && (beat >= known || cycles[known & RING]! - cycles[beat & RING]! === known - beat);
  }

  /** Lets results out, up to beat `until`, for as long as the sink's room is known; returns whether any went. */
  drain(until = Infinity): boolean {
    let any = false;
    while (this.runs > 0 && this.starts[this.firstRun]! <= until) {
      const room = this.sink.room();
      if (room === UNKNOWN) break;
      const beat = this.starts[this.firstRun]!;
      const cycle = Math.max(this.cycles[this.known & RING]! + beat - this.known, room);
      const count = this.sink.accepts(cycle, Math.min(this.counts[this.firstRun]!, until - beat + 1));
      this.moveTo(beat, cycle, count);
      this.starts[this.firstRun]! += count;
      this.counts[this.firstRun]! -= count;
      if (this.counts[this.firstRun] === 0) {
        this.firstRun = (this.firstRun + 1) & RING;
        this.runs--;
      }
      this.sink.push(cycle, count);
      any = true;
    }
    return any;
  }

  /** The stages move freely up to the beat before this one, then in `count` beats one a cycle from `cycle` on. */
  private moveTo(beat: number, cycle: number, count: number): void {
    const { cycles, known } = this;
    const before = cycles[known & RING]!;
    const last = beat + count - 1;
    for (let i = Math.max(known + 1, last - KEPT + 1); i < beat; i++) cycles[i & RING] = before + i - known;
    for (let i = Math.max(beat, last - KEPT + 1); i <= last; i++) cycles[i & RING] = cycle + i - beat;
    this.known = last;
  }
}
