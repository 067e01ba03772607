/**
 * Control of a pool: mirrors hw/flexor_max_pool.v and hw/flexor_sum_pool.v behind what brings them their windows, and
 * hw/flexor_stream_pool.v.
 */
import type { Feeder } from '../../schedule/feeder.js';
import { UNKNOWN, type Fifo } from '../../schedule/fifo.js';
import { Unit } from '../../schedule/unit.js';
import { WindowBeats, type BeatPattern } from '../../units/pool/pattern.js';
import { beatFeeder } from '../../units/serial-window/beats.js';
import type { WindowPlan } from '../../units/window/plan.js';
import type { PoolPlan } from '../types.js';
import { streamPattern } from './units.js';

function windowBeats({ node, taps, widths }: PoolPlan): WindowBeats {
  return new WindowBeats(taps, node.inputTensor.shape.channels / widths.input);
}

/** The control of a pool behind its window unit, or behind the stream itself. */
export function poolControl(plan: PoolPlan, input: Fifo, output: Fifo): Unit {
  const { window } = plan;
  if (window !== null) return new PoolControl(plan, window, input, output);
  return new StreamPoolControl(plan.sideBySide ? streamPattern(plan) : windowBeats(plan), input, output);
}

class PoolControl extends Unit {
  private readonly feeder: Feeder;
  private readonly beats: WindowBeats;
  /** Beats that are taken of the present run, the last of them in cycle `last`. */
  private inRun = 0;
  private last = -1;

  constructor(
    plan: PoolPlan,
    window: WindowPlan,
    input: Fifo,
    private readonly output: Fifo,
  ) {
    super([input], [output]);
    this.beats = windowBeats(plan);
    this.feeder = beatFeeder(
      { tensor: plan.node.inputTensor, window, width: plan.widths.input, taps: plan.taps },
      input,
    );
  }

  override arrived(): void {
    if (this.feeder.arrived()) this.awake = true;
  }

  override takes(_: Fifo, cycle: number, count: number): number {
    return this.feeder.takes(cycle, count);
  }

  run(): void {
    do {
      while (this.takeBeats());
    } while (this.feeder.fill());
  }

  /** Takes all beats of a run that give nothing, since they follow one another, or those whose results have room. */
  private takeBeats(): boolean {
    const { feeder, output, beats } = this;
    const offered = this.inRun === 0 ? feeder.offered() : 0;
    if (offered === UNKNOWN) return false;
    const earliest = Math.max(offered, this.last + 1);
    const silent = Math.min(beats.silentLeft, feeder.vectors - this.inRun);
    if (silent > 0) {
      this.advance(earliest, silent);
      return true;
    }
    const room = output.room();
    if (room === UNKNOWN) return false;
    const cycle = Math.max(earliest, room);
    const count = output.accepts(cycle, Math.min(beats.left, feeder.vectors - this.inRun));
    output.push(cycle, count);
    this.advance(cycle, count);
    return true;
  }

  /** `count` beats are taken, one a cycle from `cycle` on. */
  private advance(cycle: number, count: number): void {
    const { feeder, last } = this;
    this.last = cycle + count - 1;
    this.beats.take(count);
    this.inRun += count;
    if (this.inRun < feeder.vectors) return;
    feeder.take(this.last, count === 1 ? last : this.last - 1);
    this.inRun = 0;
  }
}

class StreamPoolControl extends Unit {
  private last = -1;

  constructor(
    private readonly beats: BeatPattern,
    private readonly input: Fifo,
    private readonly output: Fifo,
  ) {
    super([input], [output]);
  }

  override arrived(): void {
    this.run();
  }

  override takes(_: Fifo, cycle: number, count: number): number {
    return this.last < cycle ? Math.min(count, this.beats.silentLeft) : 0;
  }

  run(): void {
    while (this.takeBeats());
  }

  private takeBeats(): boolean {
    const { input, output, beats } = this;
    const silent = beats.silentLeft;
    const offered = input.offered();
    const room = silent > 0 ? 0 : output.room();
    if (offered === UNKNOWN || room === UNKNOWN) return false;
    const cycle = Math.max(this.last + 1, offered, room);
    let count = input.holds(cycle, silent > 0 ? silent : beats.left);
    if (silent === 0) count = output.accepts(cycle, count);
    input.pop(cycle, count);
    if (silent === 0) output.push(cycle, count);
    beats.take(count);
    this.last = cycle + count - 1;
    return true;
  }
}
