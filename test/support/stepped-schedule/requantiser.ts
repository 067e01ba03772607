/** Control of flexor_requantiser.v: a shift-out register, then pipeline stages that move together. */
import type { Fifo } from './fifo.js';

export class RequantiserControl {
  /** Channels left in the shift-out register. */
  private left = 0;
  /** A bit a stage that holds a channel, lowest first: 2P − Σa, its joined sum (where planes are joined), product, z. */
  private stages = 0;
  /** Bit of the last stage. */
  private readonly last: number;

  constructor(
    private readonly pe: number,
    joined: boolean,
    private readonly residual: Fifo | null,
    private readonly output: Fifo,
  ) {
    this.last = joined ? 8 : 4;
  }

  private get moves(): boolean {
    return this.output.ready || (this.stages & this.last) === 0;
  }

  /** Shifts a channel out in this cycle. */
  private get takes(): boolean {
    return this.left !== 0 && this.moves && (this.residual === null || this.residual.valid);
  }

  /** Takes a group in this cycle. */
  get ready(): boolean {
    return this.left === 0 || (this.left === 1 && this.takes);
  }

  /** Nothing changes until a group comes, the residual input gives or the output takes. */
  get waits(): boolean {
    if (!this.moves) return true;
    return this.stages === 0 && (this.left === 0 || (this.residual !== null && !this.residual.valid));
  }

  /** `loads`: a group comes in. */
  step(loads: boolean): void {
    if (this.moves) {
      const takes = this.takes;
      if ((this.stages & this.last) !== 0) this.output.push();
      this.stages = ((this.stages << 1) & (2 * this.last - 1)) | (takes ? 1 : 0);
      if (takes) {
        this.left--;
        if (this.residual !== null) this.residual.pop();
      }
    }
    if (loads) this.left = this.pe;
  }
}
