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
    const { residual, pipeline } = this;
    pipeline.drain();
    while (this.left > 0) {
      const offered = residual === null ? 0 : residual.offered();
      if (offered === UNKNOWN) break;
      const beat = pipeline.nextBeat(Math.max(offered, this.loaded + 1));
      if (beat === UNKNOWN) break;
      const cycle = pipeline.cycleOf(beat);
      residual?.pop(cycle);
      pipeline.enter(beat, 1);
      if (--this.left === 0) this.lastTake = cycle;
      pipeline.drain();
    }
    return busy && this.left === 0;
  }
}
