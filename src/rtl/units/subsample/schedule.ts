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

  run(): void {
    while (this.move());
  }

  /** Takes a beat of the input, or puts zeros into a pixel that is kept. */
  private move(): boolean {
    const { node } = this;
    const keeps = this.row % node.stride[0] === 0 && this.column % node.stride[1] === 0;
    const before = this.place < this.before;
    const after = this.place >= this.own;
    // Zeros ahead of a pixel wait for it, those behind need nothing more.
    const offered = after ? 0 : this.input.offered();
    const room = keeps ? this.output.room() : 0;
    if (offered === UNKNOWN || room === UNKNOWN) return false;
    const cycle = Math.max(this.last + 1, offered, room);
    if (!before && !after) this.input.pop(cycle);
    if (keeps) this.output.push(cycle);
    this.last = cycle;
    if (++this.place === (keeps ? this.all : this.own)) this.nextPixel();
    return true;
  }

  private nextPixel(): void {
    const { stride, inputTensor } = this.node;
    if (++this.column === inputTensor.shape.width) {
      this.column = 0;
      if (++this.row === inputTensor.shape.height) this.row = 0;
    }
    const keeps = this.row % stride[0] === 0 && this.column % stride[1] === 0;
    this.place = keeps ? 0 : this.before;
  }
}
