/**
 * Control of a window unit, cycle by cycle: mirrors hw/flexor_window_sequencer.v and the output stages of
 * flexor_window_serial.v and flexor_window_banked.v. Only counters; no data.
 */
import { spanOf, type WindowPlan } from '../../../src/rtl/units/window/plan.js';

/** What feeds an engine or a pool: `ready` and `valid` follow from the state, `step` moves it on by one cycle. */
export interface Feeder {
  /** Takes an element from the stream in this cycle. */
  readonly ready: boolean;
  /** Offers a vector in this cycle. */
  readonly valid: boolean;
  /** Nothing changes until an element is written or a vector taken. */
  readonly waits: boolean;
  step(write: boolean, take: boolean): void;
}

export class WindowFeeder implements Feeder {
  private writeBeat = 0;
  private writeColumn = 0;
  /** Rows written less rows that no window to come needs; less those that have been read. */
  private used = 0;
  private kept = 0;
  private row: number;
  private column: number;
  private element = 0;
  /** An element has its address, and the rows that can go once it is read. */
  private addressed = false;
  private waitingRows = 0;
  private staged = false;
  private gathered = 0;
  private readonly elementsPerWindow: number;
  /** Rows and columns that a window spans. */
  private readonly span: readonly [number, number];
  private readonly firstRow: number;
  private readonly firstColumn: number;
  private readonly lastRow: number;
  private readonly lastColumn: number;

  /**
   * `lanesInTurn` elements make a vector (SIMD of the serial window, 1 where all lanes are filled in one cycle), `steps`
   * vectors a window.
   */
  constructor(
    private readonly plan: WindowPlan,
    /** Elements of a beat that comes in. */
    private readonly width: number,
    private readonly lanesInTurn: number,
    steps: number,
    /** Addresses go through a register. */
    private readonly address: boolean,
  ) {
    this.span = spanOf(plan);
    this.elementsPerWindow = lanesInTurn * steps;
    this.firstRow = -plan.padding[0];
    this.firstColumn = -plan.padding[1];
    this.lastRow = this.firstRow + (plan.output.height - 1) * plan.stride[0];
    this.lastColumn = this.firstColumn + (plan.output.width - 1) * plan.stride[1];
    this.row = this.firstRow;
    this.column = this.firstColumn;
  }

  get ready(): boolean {
    return this.kept < this.plan.rows;
  }

  get valid(): boolean {
    return this.lanesInTurn === 1 ? this.staged : this.gathered === this.lanesInTurn;
  }

  get waits(): boolean {
    if (this.address && !this.addressed && this.available) return false;
    if (this.staged) return this.valid;
    return this.address ? !this.addressed : !this.available;
  }

  private get available(): boolean {
    const { span } = this;
    const { input } = this.plan;
    const need = Math.min(this.row + span[0] - 1, input.height - 1) - Math.max(this.row, 0);
    if (this.used !== need) return this.used > need;
    return this.writeColumn > Math.min(this.column + span[1] - 1, input.width - 1);
  }

  step(write: boolean, take: boolean): void {
    let moves: boolean;
    if (this.lanesInTurn === 1) {
      moves = !this.staged || take;
    } else {
      const full = this.gathered === this.lanesInTurn;
      const shift = this.staged && (!full || take);
      moves = !this.staged || shift;
      if (full && take) this.gathered = 0;
      if (shift) this.gathered++;
    }
    const available = this.available;
    const makes = this.address ? moves || !this.addressed : moves;
    if (moves) {
      this.staged = this.address ? this.addressed : available;
      this.kept -= this.waitingRows;
      this.waitingRows = 0;
    }
    if (makes) {
      this.addressed = available;
      if (available && ++this.element === this.elementsPerWindow) {
        this.element = 0;
        const freed = this.nextWindow();
        this.used -= freed;
        if (this.address) this.waitingRows = freed;
        else this.kept -= freed;
      }
    }
    if (write) this.writePart();
  }

  /** Moves to the next window; returns the rows that it frees. */
  private nextWindow(): number {
    if (this.column !== this.lastColumn) {
      this.column += this.plan.stride[1];
      return 0;
    }
    this.column = this.firstColumn;
    const first = Math.max(this.row, 0);
    if (this.row === this.lastRow) {
      this.row = this.firstRow;
      return this.plan.input.height - first;
    }
    this.row += this.plan.stride[0];
    return Math.max(this.row, 0) - first;
  }

  private writePart(): void {
    const { input } = this.plan;
    if (++this.writeBeat < input.channels / this.width) return;
    this.writeBeat = 0;
    if (++this.writeColumn < input.width) return;
    this.writeColumn = 0;
    this.used++;
    this.kept++;
  }
}

/** Mirrors hw/flexor_vector_buffer.v. */
export class VectorFeeder implements Feeder {
  private readonly full = [false, false];
  private writeHalf = 0;
  private readHalf = 0;
  private written = 0;
  private read = 0;
  private staged = false;

  constructor(
    /** Beats of a frame. */
    private readonly size: number,
    private readonly steps: number,
  ) {}

  get ready(): boolean {
    return !this.full[this.writeHalf];
  }

  get valid(): boolean {
    return this.staged;
  }

  get waits(): boolean {
    return this.staged || !this.full[this.readHalf];
  }

  step(write: boolean, take: boolean): void {
    const available = this.full[this.readHalf] === true;
    const moves = !this.staged || take;
    if (moves) this.staged = available;
    if (moves && available && ++this.read === this.steps) {
      this.read = 0;
      this.full[this.readHalf] = false;
      this.readHalf ^= 1;
    }
    if (write && ++this.written === this.size) {
      this.written = 0;
      this.full[this.writeHalf] = true;
      this.writeHalf ^= 1;
    }
  }
}
