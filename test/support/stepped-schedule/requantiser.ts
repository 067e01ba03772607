/** Control of flexor_requantiser.v: a shift-out register, then pipeline stages that move together. */
import type { WeightedPlan } from '../../../src/rtl/layers/types.js';
import type { Fifo } from './fifo.js';

export class RequantiserControl {
  /** Beats of a group, and those left in the shift-out register. */
  private readonly beats: number;
  private left = 0;
  /** Beats that take a part each of a residual's, and how many have. */
  private readonly parts: number;
  private partsTaken = 0;
  /** A bit a stage that holds a beat, lowest first: 2P − Σa, its joined sum (where planes are joined), product, z. */
  private stages = 0;
  /** Bit of the last stage. */
  private readonly last: number;

  constructor(
    { fold, widths, node, thresholds }: WeightedPlan,
    private readonly residual: Fifo | null,
    private readonly output: Fifo,
  ) {
    this.beats = Math.ceil(fold.pe / widths.output);
    this.parts = widths.residual / widths.output;
    const joined = node.requantiser.joined ? 1 : 0;
    const again = fold.registers?.includes('product') ? 1 : 0;
    // With thresholds a comparison a bit of the output takes the place of product and z.
    this.last = 2 ** (joined + (thresholds === null ? 2 + again : node.outputTensor.format.bits));
  }

  private get moves(): boolean {
    return this.output.ready || (this.stages & this.last) === 0;
  }

  /** Shifts a beat out in this cycle. */
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
        this.partsTaken = (this.partsTaken + 1) % this.parts;
        if (this.residual !== null && this.partsTaken === 0) this.residual.pop();
      }
    }
    if (loads) this.left = this.beats;
  }
}
