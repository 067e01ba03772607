/**
 * Control of a window unit: mirrors hw/flexor_window_sequencer.v and the output stages of flexor_window_serial.v and
 * flexor_window_banked.v. Rows are counted over all frames.
 */
import { spanOf, type WindowPlan } from './plan.js';
import type { Feeder } from '../../schedule/feeder.js';
import { UNKNOWN, type Fifo } from '../../schedule/fifo.js';

export class WindowFeeder implements Feeder {
  /** Where the next element is written. */
  private writeRow = 0;
  private writeColumn = 0;
  private writeBeat = 0;
  private lastWrite = -1;
  /** When the write row was free; UNKNOWN until it is. */
  private writeRoom = 0;
  /** By place in the ring of rows and by column: when the pixel's last beat was written. */
  private readonly written: Float64Array;
  /** By row, in a ring: when it was freed. */
  private readonly freed: Float64Array;
  private freedRows = 0;
  /** Place in the frame of the window that is offered. */
  private row: number;
  private column: number;
  /** When the last vector of the window before was taken. */
  private lastTake = 0;
  private readonly firstRow: number;
  private readonly firstColumn: number;
  private readonly lastRow: number;
  private readonly lastColumn: number;

  private readonly beats: number;
  private readonly span: readonly [number, number];

  /**
   * Beats of `width` elements come in; `lanes` that are filled in turn (1 where all are filled in one cycle), `vectors` a
   * window; `address`: cycles from an element's address to its read.
   */
  constructor(
    private readonly input: Fifo,
    private readonly plan: WindowPlan,
    width: number,
    private readonly lanes: number,
    readonly vectors: number,
    private readonly address = 0,
  ) {
    const { rows, padding, stride, output } = plan;
    this.beats = plan.input.channels / width;
    this.span = spanOf(plan);
    this.written = new Float64Array(rows * plan.input.width);
    // Rows that a stride leaves out are freed before they come in.
    this.freed = new Float64Array(rows + plan.input.height + stride[0]);
    this.firstRow = -padding[0];
    this.firstColumn = -padding[1];
    this.lastRow = this.firstRow + (output.height - 1) * stride[0];
    this.lastColumn = this.firstColumn + (output.width - 1) * stride[1];
    this.row = this.firstRow;
    this.column = this.firstColumn;
  }

  offered(): number {
    const available = this.available();
    if (available === UNKNOWN) return UNKNOWN;
    // An element is read, and where lanes are filled in turn, it shifts in a cycle later, the first one as soon as the
    // vector before is taken.
    const read = available + this.address;
    const shifts = this.lanes === 1 ? read : read + 1;
    return Math.max(shifts, this.lastTake) + this.lanes;
  }

  take(last: number, beforeLast: number): void {
    const offered = this.vectors === 1 ? this.offered() : beforeLast + this.lanes;
    const lastRead = this.lanes === 1 ? offered - 1 : offered - 2;
    this.lastTake = last;
    this.nextWindow(lastRead);
  }

  fill(): boolean {
    const { input } = this;
    let any = false;
    for (;;) {
      if (this.writeRoom === UNKNOWN && !this.findRoom()) break;
      const offered = input.offered();
      if (offered === UNKNOWN) break;
      const cycle = Math.max(offered, this.lastWrite + 1, this.writeRoom);
      const count = input.holds(cycle, this.beatsOfRow());
      input.pop(cycle, count);
      this.lastWrite = cycle + count - 1;
      if (this.write(cycle, count)) any = true;
    }
    return any;
  }

  takes(cycle: number, count: number): number {
    if (this.writeRoom === UNKNOWN || this.writeRoom > cycle || this.lastWrite >= cycle) return 0;
    return Math.min(count, this.beatsOfRow());
  }

  /** Beats that are still to come into the row. */
  private beatsOfRow(): number {
    return (this.plan.input.width - this.writeColumn) * this.beats - this.writeBeat;
  }

  /** Beats of one row come in, one a cycle; returns whether a pixel is complete by that. */
  private write(cycle: number, count: number): boolean {
    const { plan, beats } = this;
    const place = (this.writeRow % plan.rows) * plan.input.width;
    let last = cycle + beats - this.writeBeat - 1;
    this.writeBeat += count;
    if (this.writeBeat < beats) return false;
    for (; this.writeBeat >= beats; this.writeBeat -= beats, last += beats)
      this.written[place + this.writeColumn++] = last;
    if (this.writeColumn === plan.input.width) {
      this.writeColumn = 0;
      this.writeRow++;
      this.writeRoom = UNKNOWN;
    }
    return true;
  }

  arrived(): boolean {
    return this.fill();
  }

  private findRoom(): boolean {
    const before = this.writeRow - this.plan.rows;
    if (before >= this.freedRows) return false;
    this.writeRoom = before < 0 ? 0 : this.freed[before % this.freed.length]! + 1;
    return true;
  }

  /** First cycle in which all of the window can be read; UNKNOWN until its last pixel is written. */
  private available(): number {
    const { input, rows } = this.plan;
    const row = this.freedRows + Math.min(this.row + this.span[0] - 1, input.height - 1) - Math.max(this.row, 0);
    const column = Math.min(this.column + this.span[1] - 1, input.width - 1);
    if (this.writeRow < row || (this.writeRow === row && this.writeColumn <= column)) return UNKNOWN;
    return this.written[(row % rows) * input.width + column]! + 1;
  }

  /** Moves to the next window and frees the rows above it. */
  private nextWindow(cycle: number): void {
    const { input, stride } = this.plan;
    if (this.column !== this.lastColumn) {
      this.column += stride[1];
      return;
    }
    this.column = this.firstColumn;
    const first = Math.max(this.row, 0);
    let next = input.height;
    if (this.row === this.lastRow) {
      this.row = this.firstRow;
    } else {
      this.row += stride[0];
      next = Math.max(this.row, 0);
    }
    for (let i = first; i < next; i++) this.freed[this.freedRows++ % this.freed.length] = cycle;
  }
}
