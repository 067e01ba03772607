/** Control of a pool: mirrors hw/flexor_max_pool.v and hw/flexor_sum_pool.v behind what brings them their windows. */
import type { Feeder } from '../../schedule/feeder.js';
import { UNKNOWN, type Fifo } from '../../schedule/fifo.js';
import { Unit } from '../../schedule/unit.js';
import { DirectFeeder } from '../../units/narrow/schedule.js';
import { beatFeeder } from '../../units/serial-window/beats.js';
import type { PoolPlan } from '../types.js';

/** A pool behind its window unit, or behind the stream itself where one window covers the image. */
export class PoolControl extends Unit {
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
    this.feeder = feederOf(plan, input);
  }

  override arrived(): void {
    if (this.feeder.arrived()) this.awake = true;
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

function feederOf({ node, window, widths, taps }: PoolPlan, input: Fifo): Feeder {
  if (window === null) return new DirectFeeder(input, 1);
  return beatFeeder({ tensor: node.inputTensor, window, width: widths.input, taps }, input);
}
