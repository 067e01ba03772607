/** Control of flexor_requantiser.v: a shift-out register, then pipeline stages that move together. */
import { UNKNOWN, type Fifo, type Sink } from './fifo.js';
import { RigidPipeline } from './rigid-pipeline.js';

/** From the cycle in which a channel is shifted out: 2P − Σa, its joined sum (where planes are joined), product, z. */
const STAGES = 3;
const STAGES_JOINED = 4;

/** Takes groups as a sink: the next one in the cycle in which the last channel of the one before is shifted out. */
export class RequantiserControl implements Sink {
  /** Channels left in the shift-out register. */
  private left = 0;
  private loaded = 0;
  private lastTake = 0;
  /** Of a group whose channels have entered, while the cycle of its last one is not known; else UNKNOWN. */
  private lastBeat = UNKNOWN;
  private readonly pipeline: RigidPipeline;

  constructor(
    private readonly pe: number,
    joined: boolean,
    private readonly residual: Fifo | null,
    output: Fifo,
  ) {
    this.pipeline = new RigidPipeline(joined ? STAGES_JOINED : STAGES, output);
  }

  room(): number {
    return this.left === 0 ? this.lastTake : UNKNOWN;
  }

  push(cycle: number): void {
    this.left = this.pe;
    this.loaded = cycle;
  }

  /** Goes on as far as can be known; returns whether a group is done by that. */
  run(): boolean {
    const busy = this.left > 0;
    this.pipeline.drain();
    if (this.residual === null) this.shiftGroup();
    else while (this.left > 0 && this.shiftChannel(this.residual));
    return busy && this.left === 0;
  }

  /** All channels of the group, one in every beat, since nothing but the pipeline holds them up. */
  private shiftGroup(): void {
    if (this.left === 0) return;
    const { pipeline, pe } = this;
    if (this.lastBeat === UNKNOWN) {
      const first = pipeline.nextBeat(this.loaded + 1);
      if (first === UNKNOWN) return;
      this.lastBeat = first + pe - 1;
      pipeline.enter(this.lastBeat, pe);
      pipeline.drain();
    }
    const cycle = pipeline.cycleOf(this.lastBeat);
    if (cycle === UNKNOWN) return;
    this.lastTake = cycle;
    this.lastBeat = UNKNOWN;
    this.left = 0;
  }

  /** A channel and the element of the residual that it takes; returns whether they could be. */
  private shiftChannel(residual: Fifo): boolean {
    const { pipeline } = this;
    const offered = residual.offered();
    if (offered === UNKNOWN) return false;
    const beat = pipeline.nextBeat(Math.max(offered, this.loaded + 1));
    if (beat === UNKNOWN) return false;
    const cycle = pipeline.cycleOf(beat);
    residual.pop(cycle);
    pipeline.enter(beat, 1);
    if (--this.left === 0) this.lastTake = cycle;
    pipeline.drain();
    return true;
  }
}
