/** Control of flexor_requantiser.v: a shift-out register, then pipeline stages that move together. */
import type { Lanes } from '../../lanes.js';
import { UNKNOWN, type Fifo, type Sink } from '../../schedule/fifo.js';
import { RigidPipeline } from '../../schedule/rigid-pipeline.js';

/** From the cycle in which a beat of channels is shifted out: 2P − Σa, its joined sum (where planes are joined), product, z. */
const STAGES = 3;
const STAGES_JOINED = 4;

/** Takes groups as a sink: the next one in the cycle in which the last beat of the one before is shifted out. */
export class RequantiserControl implements Sink {
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
  private readonly pipeline: RigidPipeline;

  constructor(
    { fold, widths, node }: Pick<Lanes, 'fold' | 'widths' | 'node'>,
    private readonly residual: Fifo | null,
    output: Fifo,
  ) {
    this.beats = fold.pe / widths.output;
    this.residualParts = widths.residual / widths.output;
    this.pipeline = new RigidPipeline(node.requantiser.joined ? STAGES_JOINED : STAGES, output);
  }

  room(): number {
    return this.left === 0 ? this.lastTake : UNKNOWN;
  }

  push(cycle: number): void {
    this.left = this.beats;
    this.loaded = cycle;
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
