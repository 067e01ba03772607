/** Control of hw/flexor_subsample.v. */
import type { IntSubsampleNode } from '../../../fixed/types.js';
import { UNKNOWN, type Fifo } from '../../schedule/fifo.js';
import { Unit } from '../../schedule/unit.js';

export class SubsampleControl extends Unit {
  /** Beats of zeros ahead of a pixel's own, those up to the last of its own, and all of a pixel that is kept. */
  private readonly before: number;
  private readonly own: number;
  private readonly all: number;
  private place = 0;
  private row = 0;
  private column = 0;
  private last = -1;

  /** Beats of `width` elements. */
  constructor(
    private readonly node: IntSubsampleNode,
    width: number,
    private readonly input: Fifo,
    private readonly output: Fifo,
  ) {
    super([input], [output]);
    const { channelPadding, inputTensor, outputTensor } = node;
    this.before = channelPadding[0] / width;
    this.own = (channelPadding[0] + inputTensor.shape.channels) / width;
    this.all = outputTensor.shape.channels / width;
  }

  override arrived(): void {
    this.run();
  }

  override takes(_: Fifo, cycle: number, count: number): number {
    if (this.place < this.before || this.place >= this.own || this.last >= cycle) return 0;
    const own = Math.min(count, this.own - this.place);
    return this.keeps() ? this.output.accepts(cycle, own) : own;
  }

  run(): void {
    while (this.move());
  }

  /** Takes beats of the input, or puts zeros into a pixel that is kept: as many as go one a cycle. */
  private move(): boolean {
    const keeps = this.keeps();
    const before = this.place < this.before;
    const after = this.place >= this.own;
    // Zeros ahead of a pixel wait for it, those behind need nothing more.
    const offered = after ? 0 : this.input.offered();
    const room = keeps ? this.output.room() : 0;
    if (offered === UNKNOWN || room === UNKNOWN) return false;
    const cycle = Math.max(this.last + 1, offered, room);
    let count = (before ? this.before : after ? this.all : this.own) - this.place;
    if (!before && !after) count = this.input.holds(cycle, count);
    if (keeps) count = this.output.accepts(cycle, count);
    if (!before && !after) this.input.pop(cycle, count);
    if (keeps) this.output.push(cycle, count);
    this.last = cycle + count - 1;
    this.place += count;
    if (this.place === (keeps ? this.all : this.own)) this.nextPixel();
    return true;
  }

  private keeps(): boolean {
    const { stride } = this.node;
    return this.row % stride[0] === 0 && this.column % stride[1] === 0;
  }

  private nextPixel(): void {
    const { inputTensor } = this.node;
    if (++this.column === inputTensor.shape.width) {
      this.column = 0;
      if (++this.row === inputTensor.shape.height) this.row = 0;
    }
    this.place = this.keeps() ? 0 : this.before;
  }
}
