/** Control of flexor_requantiser.v: a shift-out register, then pipeline stages that move together. */
import type { Fifo } from './fifo.js';

export class RequantiserControl {
  /** Channels left in the shift-out register. */
  private left = 0;
  /** Whether each stage holds a channel: 2P − Σa, its joined sum (only where planes are joined), product, z. */
  private readonly stages: boolean[];
  private busy = 0;

  constructor(
    private readonly pe: number,
    joined: boolean,
    private readonly residual: Fifo | null,
    private readonly output: Fifo,
  ) {
    this.stages = new Array<boolean>(joined ? 4 : 3).fill(false);
  }

  private get moves(): boolean {
    return this.output.ready || this.stages.at(-1) === false;
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
    return this.busy === 0 && (this.left === 0 || this.residual?.valid === false);
  }

  /** `loads`: a group comes in. */
  step(loads: boolean): void {
    const { stages } = this;
    if (this.moves) {
      const takes = this.takes;
      if (stages.pop()) {
        this.output.push();
        this.busy--;
      }
      stages.unshift(takes);
      if (takes) {
        this.busy++;
        this.left--;
        this.residual?.pop();
      }
    }
    if (loads) this.left = this.pe;
  }
}
