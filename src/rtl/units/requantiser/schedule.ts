/** Control of flexor_requantiser.v and of flexor_thresholds.v, which stands in its place: a shift-out register, then pipeline stages that move together. */
import { beatsOf } from '../../beats.js';
import type { WeightedShape } from '../../layers/types.js';
import { registerOf } from '../../pipeline.js';
import type { LayerFold } from '../../types.js';
import { UNKNOWN, type Fifo, type FifoReader, type Sink } from '../../schedule/fifo.js';
import { RigidPipeline } from '../../schedule/rigid-pipeline.js';

/** From the cycle in which a beat of channels is shifted out: 2P − Σa, its joined sum (where planes are joined), product, z. */
const STAGES = 3;
const STAGES_JOINED = 4;

/** Stages with planes joined or not, and with a second register behind the products where the fold has one. */
export function requantiserStages(joined: boolean, fold: LayerFold): number {
  return (joined ? STAGES_JOINED : STAGES) + registerOf(fold, 'product');
}

/**
 * Takes groups as a sink, or from the FIFO of groups: the next one in the cycle in which the last beat of the one before is
 * shifted out.
 */
export class RequantiserControl implements Sink, FifoReader {
  /** Beats of a group. */
  private readonly beats: number;
  /** Parts of a residual's beat that each go with one of ours (hw/flexor_narrow.v), and how many have. */
  private readonly residualParts: number;
  private partsTaken = 0;
  /** Beats left in the shift-out register. */
  private left = 0;
  private loaded = 0;
  private lastTake = 0;
  /** Of a group whose beats have entered, while the cycle of its last one is not known; else UNKNOWN. */
  private lastBeat = UNKNOWN;
  private readonly stages: number;
  private readonly pipeline: RigidPipeline;

  constructor(
    { fold, widths, scaleStages }: Pick<WeightedShape, 'fold' | 'widths' | 'scaleStages'>,
    private readonly residual: Fifo | null,
    private readonly output: Fifo,
  ) {
    this.beats = beatsOf(fold.pe, widths.output);
    this.residualParts = widths.residual / widths.output;
    this.stages = scaleStages;
    this.pipeline = new RigidPipeline(this.stages, output);
  }

  room(): number {
    return this.left === 0 ? this.lastTake : UNKNOWN;
  }

  /** A group at a time. */
  accepts(): number {
    return 1;
  }

  push(cycle: number): void {
    this.left = this.beats;
    this.loaded = cycle;
  }

  /** Groups of several beats leave more slowly than they may come: they are taken many at once, when the layer goes on. */
  arrived(groups: Fifo): void {
    if (this.beats === 1) while (this.takeFlowing(groups));
  }

  takes(_: Fifo, cycle: number, count: number): number {
    const first = this.flowFrom(cycle);
    if (this.beats > 1 || first === UNKNOWN || this.pipeline.cycleOf(first) > cycle + 1) return 0;
    return this.flowing(cycle + 1, count);
  }

  /**
   * Takes groups from a FIFO, each as soon as the one before is shifted out, as long as what they give leaves without gaps. Returns
   * whether it took any.
   */
  takeFlowing(groups: Fifo): boolean {
    const room = this.room();
    const offered = groups.offered();
    if (room === UNKNOWN || offered === UNKNOWN) return false;
    const { pipeline, beats } = this;
    const cycle = Math.max(room, offered);
    const first = this.flowFrom(cycle);
    if (first === UNKNOWN) return false;
    const start = pipeline.cycleOf(first);
    const count = Math.floor(this.flowing(start, groups.holds(cycle, Infinity) * beats) / beats);
    if (count === 0) return false;
    const results = count * beats;
    // Behind the first, a group is loaded with the last beat of the one before.
    if (beats === 1 && start === cycle + 1) groups.pop(cycle, count);
    else for (let i = 0; i < count; i++) groups.pop(i === 0 ? cycle : start + i * beats - 1);
    this.residual?.pop(start, results);
    this.lastTake = start + results - 1;
    pipeline.enter(first + results - 1, results);
    pipeline.drain();
    return true;
  }

  /**
   * How many of `count` elements of the residual that are offered one a cycle from `cycle` on go with the group that waits for
   * them and the groups behind it, in those cycles.
   */
  takesResidual(groups: Fifo, cycle: number, count: number): number {
    return this.waits() && this.beatAt(cycle) !== UNKNOWN ? this.flowingResidual(groups, cycle, count) : 0;
  }

  /** Goes on with a group that waits for the residual, and with those behind, as long as they leave without gaps. */
  takeResidual(groups: Fifo): boolean {
    const offered = this.waits() ? this.residual!.offered() : UNKNOWN;
    if (offered === UNKNOWN) return false;
    const cycle = Math.max(offered, this.loaded + 1);
    const beat = this.beatAt(cycle);
    if (beat === UNKNOWN) return false;
    const count = this.flowingResidual(groups, cycle, this.residual!.holds(cycle, Infinity));
    if (count === 0) return false;
    this.residual!.pop(cycle, count);
    this.left -= count;
    for (let load = cycle + this.left + count - 1; this.left < 0; load += this.beats) {
      groups.pop(load);
      this.loaded = load;
      this.left += this.beats;
    }
    if (this.left === 0) this.lastTake = cycle + count - 1;
    this.pipeline.enter(beat + count - 1, count);
    this.pipeline.drain();
    return true;
  }

  /** A group is loaded, and an element of the residual goes with each of its beats. */
  private waits(): boolean {
    return this.residual !== null && this.left > 0 && this.residualParts === 1;
  }

  /** The beat that enters in this cycle with others behind it one a cycle; UNKNOWN where the stages stand. */
  private beatAt(cycle: number): number {
    const { pipeline } = this;
    if (this.loaded >= cycle) return UNKNOWN;
    const beat = pipeline.nextBeat(cycle);
    return beat !== UNKNOWN && pipeline.flowsFrom(beat) && pipeline.cycleOf(beat) === cycle ? beat : UNKNOWN;
  }

  /** How many of `most` beats, those of the loaded group first, enter one a cycle from `cycle` on and leave one a cycle. */
  private flowingResidual(groups: Fifo, cycle: number, most: number): number {
    const { beats, output, stages } = this;
    const room = output.room();
    if (room === UNKNOWN) return 0;
    const entering = room > cycle + stages ? Math.min(stages, most) : most;
    const own = Math.min(this.left, entering);
    // Each group behind is loaded with the last beat of the one before.
    const load = cycle + this.left - 1;
    const offered = groups.offered();
    const others = Math.ceil((entering - own) / beats);
    const behind = offered === UNKNOWN || offered > load ? 0 : groups.holds(load, others);
    return output.accepts(Math.max(cycle + stages, room), Math.min(entering, own + behind * beats));
  }

  /** The first free beat after cycle `cycle`, where those behind it follow cycle by cycle if nothing is in their way; else UNKNOWN. */
  private flowFrom(cycle: number): number {
    const { pipeline } = this;
    if (this.left > 0 || this.lastTake > cycle || this.residualParts > 1) return UNKNOWN;
    const beat = pipeline.nextBeat(cycle + 1);
    return beat !== UNKNOWN && pipeline.flowsFrom(beat) ? beat : UNKNOWN;
  }

  /** How many of `most` beats that enter one a cycle from `start` on do so and leave one a cycle. */
  private flowing(start: number, most: number): number {
    const { residual, output, stages } = this;
    const room = output.room();
    if (room === UNKNOWN) return 0;
    // The stages stand until the first of them leaves: as many as there are stages have entered by then.
    let count = room > start + stages ? Math.min(stages, most) : most;
    if (residual !== null) {
      const offered = residual.offered();
      if (offered === UNKNOWN || offered > start) return 0;
      count = residual.holds(start, count);
    }
    return output.accepts(Math.max(start + stages, room), count);
  }

  /** Goes on as far as can be known; returns whether a group is done by that. */
  run(): boolean {
    const busy = this.left > 0;
    this.pipeline.drain();
    if (this.residual === null) this.shiftGroup();
    else while (this.left > 0 && this.shiftBeat(this.residual));
    return busy && this.left === 0;
  }

  /** All of the group, a beat in each that the pipeline moves, since nothing else holds them up. */
  private shiftGroup(): void {
    if (this.left === 0) return;
    const { pipeline, beats } = this;
    if (this.lastBeat === UNKNOWN) {
      const first = pipeline.nextBeat(this.loaded + 1);
      if (first === UNKNOWN) return;
      this.lastBeat = first + beats - 1;
      pipeline.enter(this.lastBeat, beats);
      pipeline.drain();
    }
    const cycle = pipeline.cycleOf(this.lastBeat);
    if (cycle === UNKNOWN) return;
    this.lastTake = cycle;
    this.lastBeat = UNKNOWN;
    this.left = 0;
  }

  /** A beat and the part of the residual that it takes; returns whether they could be. */
  private shiftBeat(residual: Fifo): boolean {
    const { pipeline } = this;
    const offered = residual.offered();
    if (offered === UNKNOWN) return false;
    const beat = pipeline.nextBeat(Math.max(offered, this.loaded + 1));
    if (beat === UNKNOWN) return false;
    const cycle = pipeline.cycleOf(beat);
    this.partsTaken = (this.partsTaken + 1) % this.residualParts;
    if (this.partsTaken === 0) residual.pop(cycle);
    pipeline.enter(beat, 1);
    if (--this.left === 0) this.lastTake = cycle;
    pipeline.drain();
    return true;
  }
}
