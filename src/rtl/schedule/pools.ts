/** Control of layers without weights: flexor_max_pool.v, flexor_sum_pool.v and flexor_subsample.v. */
import type { PoolPlan, SubsamplePlan } from '../plan.js';
import { DirectFeeder, type Feeder } from './feeder.js';
import { UNKNOWN, type Fifo } from './fifo.js';
import { Unit } from './unit.js';
import { WindowFeeder } from './window.js';

/** A pool behind its window unit, or behind the stream itself where one window covers the image. */
export class PoolUnit extends Unit {
  private readonly feeder: Feeder;
  /** Beats of a window. */
  private readonly beats: number;
  /** Those of a window that come before those with which results leave. */
  private readonly silent: number;
  /** Beats that are taken of the present window and of the present run, the last of them in cycle `last`. */
  private inWindow = 0;
  private inRun = 0;
  private last = -1;

  constructor(
    plan: PoolPlan,
    input: Fifo,
    private readonly output: Fifo,
  ) {
    super([input], [output]);
    const width = plan.widths.input;
    const perPixel = plan.node.inputTensor.shape.channels / width;
    this.beats = plan.taps * perPixel;
    this.silent = this.beats - perPixel;
    this.feeder =
      plan.window === null ? new DirectFeeder(input, 1) : new WindowFeeder(input, plan.window, width, 1, this.beats);
  }

  override arrived(): void {
    if (this.feeder.vectors === 1 || this.feeder.fill()) this.awake = true;
  }

  run(): void {
    do {
      while (this.takeBeats());
    } while (this.feeder.fill());
  }

  /** Takes all beats of a run that give nothing, since they follow one another, or one that gives results. */
  private takeBeats(): boolean {
    const { feeder, output } = this;
    const offered = this.inRun === 0 ? feeder.offered() : 0;
    if (offered === UNKNOWN) return false;
    const earliest = Math.max(offered, this.last + 1);
    const count = Math.min(this.silent - this.inWindow, feeder.vectors - this.inRun);
    if (count > 0) {
      this.advance(earliest + count - 1, count);
      return true;
    }
    const room = output.room();
    if (room === UNKNOWN) return false;
    const cycle = Math.max(earliest, room);
    output.push(cycle);
    this.advance(cycle, 1);
    return true;
  }

  /** `count` beats in a row are taken, the last one in this cycle. */
  private advance(cycle: number, count: number): void {
    const { feeder } = this;
    const before = count === 1 ? this.last : cycle - 1;
    this.last = cycle;
    this.inWindow = (this.inWindow + count) % this.beats;
    this.inRun += count;
    if (this.inRun < feeder.vectors) return;
    feeder.take(cycle, before);
    this.inRun = 0;
  }
}

export class SubsampleUnit extends Unit {
  /** Beats of zeros ahead of a pixel's own, those up to the last of its own, and all of a pixel that is kept. */
  private readonly before: number;
  private readonly own: number;
  private readonly all: number;
  private place = 0;
  private row = 0;
  private column = 0;
  private last = -1;

  constructor(
    private readonly plan: SubsamplePlan,
    private readonly input: Fifo,
    private readonly output: Fifo,
  ) {
    super([input], [output]);
    const { channelPadding, inputTensor, outputTensor } = plan.node;
    const width = plan.widths.input;
    this.before = channelPadding[0] / width;
    this.own = (channelPadding[0] + inputTensor.shape.channels) / width;
    this.all = outputTensor.shape.channels / width;
  }

  run(): void {
    while (this.move());
  }

  /** Takes a beat of the input, or puts zeros into a pixel that is kept. */
  private move(): boolean {
    const { node } = this.plan;
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
    const { stride, inputTensor } = this.plan.node;
    if (++this.column === inputTensor.shape.width) {
      this.column = 0;
      if (++this.row === inputTensor.shape.height) this.row = 0;
    }
    const keeps = this.row % stride[0] === 0 && this.column % stride[1] === 0;
    this.place = keeps ? 0 : this.before;
  }
}

/** flexor_fork.v: an element goes into every branch at once. */
export class ForkUnit extends Unit {
  private last = -1;

  constructor(
    private readonly input: Fifo,
    private readonly branches: readonly Fifo[],
  ) {
    super([input], branches);
  }

  override arrived(): void {
    this.run();
  }

  run(): void {
    for (;;) {
      let cycle = this.input.offered();
      if (cycle === UNKNOWN) return;
      cycle = Math.max(cycle, this.last + 1);
      for (const branch of this.branches) {
        const room = branch.room();
        if (room === UNKNOWN) return;
        cycle = Math.max(cycle, room);
      }
      this.input.pop(cycle);
      for (const branch of this.branches) branch.push(cycle);
      this.last = cycle;
    }
  }
}
