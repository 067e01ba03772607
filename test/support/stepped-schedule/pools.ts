/**
 * Control of layers without weights, cycle by cycle: flexor_max_pool.v, flexor_sum_pool.v, flexor_stream_pool.v,
 * flexor_subsample.v and flexor_concat.v.
 */
import type { ConcatPlan, PoolPlan, SubsamplePlan } from '../../../src/rtl/layers/types.js';
import type { Fifo } from './fifo.js';
import type { Unit } from './unit.js';
import { WindowFeeder } from './window.js';

/** A pool behind its window unit, or behind the stream itself where one window covers the image. */
export class PoolUnit implements Unit {
  private readonly feeder: WindowFeeder | null;
  private beat = 0;
  private readonly firstOutput: number;
  private readonly beats: number;

  constructor(
    plan: PoolPlan,
    private readonly input: Fifo,
    private readonly output: Fifo,
  ) {
    const width = plan.widths.input;
    const perPixel = plan.node.inputTensor.shape.channels / width;
    this.beats = plan.taps * perPixel;
    this.feeder = plan.window && new WindowFeeder(plan.window, width, 1, this.beats, false);
    this.firstOutput = (plan.taps - 1) * perPixel;
  }

  private get takes(): boolean {
    return (this.feeder ?? this.input).valid && (this.beat < this.firstOutput || this.output.ready);
  }

  step(): void {
    const { feeder, input, takes } = this;
    const taken = feeder === null ? takes : input.valid && feeder.ready;
    if (taken) input.pop();
    feeder?.step(taken, takes);
    if (!takes) return;
    if (this.beat >= this.firstOutput) this.output.push();
    if (++this.beat === this.beats) this.beat = 0;
  }

  quietCycles(): number {
    if (this.takes || (this.feeder !== null && this.input.valid && this.feeder.ready)) return 0;
    return this.feeder?.waits === false ? 0 : Infinity;
  }

  skip(): void {
    // It waits; there is nothing to count.
  }
}

/** A pool whose windows lie side by side: a beat gives a result where no later element belongs to its window. */
export class StreamPoolUnit implements Unit {
  private beat = 0;
  private row = 0;
  private column = 0;

  constructor(
    private readonly plan: PoolPlan,
    private readonly input: Fifo,
    private readonly output: Fifo,
  ) {}

  /** Whether this place along an axis is the last of an output's window within the image. */
  private isLast(axis: 0 | 1): boolean {
    const { kernel, stride, padding, inputTensor, outputTensor } = this.plan.node;
    const [place, size, outputs] = (
      [
        [this.row, inputTensor.shape.height, outputTensor.shape.height],
        [this.column, inputTensor.shape.width, outputTensor.shape.width],
      ] as const
    )[axis];
    return Array.from({ length: outputs }, (_, k) => k * stride[axis] - padding[axis]!).some(
      (first) => place === Math.min(first + kernel[axis], size) - 1,
    );
  }

  private get gives(): boolean {
    return this.isLast(0) && this.isLast(1);
  }

  private get takes(): boolean {
    return this.input.valid && (!this.gives || this.output.ready);
  }

  step(): void {
    if (!this.takes) return;
    if (this.gives) this.output.push();
    this.input.pop();
    const { node, widths } = this.plan;
    const { height, width, channels } = node.inputTensor.shape;
    if (++this.beat < channels / widths.input) return;
    this.beat = 0;
    if (++this.column < width) return;
    this.column = 0;
    this.row = (this.row + 1) % height;
  }

  quietCycles(): number {
    return this.takes ? 0 : Infinity;
  }

  skip(): void {
    // It waits; there is nothing to count.
  }
}

export class SubsampleUnit implements Unit {
  private place = 0;
  private row = 0;
  private column = 0;

  constructor(
    private readonly plan: SubsamplePlan,
    private readonly input: Fifo,
    private readonly output: Fifo,
  ) {}

  private get keeps(): boolean {
    const { stride } = this.plan.node;
    return this.row % stride[0] === 0 && this.column % stride[1] === 0;
  }

  /** Beats of zeros ahead of a pixel's own. */
  private get before(): number {
    return this.plan.node.channelPadding[0] / this.plan.widths.input;
  }

  /** The place in the pixel is behind the input's channels. */
  private get after(): boolean {
    const { inputTensor } = this.plan.node;
    return this.place >= this.before + inputTensor.shape.channels / this.plan.widths.input;
  }

  private get moves(): boolean {
    return this.keeps ? (this.after || this.input.valid) && this.output.ready : this.input.valid;
  }

  step(): void {
    if (!this.moves) return;
    const { keeps, after } = this;
    if (!after && this.place >= this.before) this.input.pop();
    if (keeps) this.output.push();
    this.place++;
    const all = this.plan.node.outputTensor.shape.channels / this.plan.widths.output;
    if (keeps ? this.place === all : this.after) this.nextPixel();
  }

  private nextPixel(): void {
    const { inputTensor } = this.plan.node;
    if (++this.column === inputTensor.shape.width) {
      this.column = 0;
      if (++this.row === inputTensor.shape.height) this.row = 0;
    }
    this.place = this.keeps ? 0 : this.before;
  }

  quietCycles(): number {
    return this.moves ? 0 : Infinity;
  }

  skip(): void {
    // It waits; there is nothing to count.
  }
}

/** flexor_fork.v: an element goes into every branch at once. */
export class ForkUnit implements Unit {
  constructor(
    private readonly input: Fifo,
    private readonly branches: readonly Fifo[],
  ) {}

  private get moves(): boolean {
    if (!this.input.valid) return false;
    for (const branch of this.branches) if (!branch.ready) return false;
    return true;
  }

  step(): void {
    if (!this.moves) return;
    this.input.pop();
    for (const branch of this.branches) branch.push();
  }

  quietCycles(): number {
    return this.moves ? 0 : Infinity;
  }

  skip(): void {
    // It waits; there is nothing to count.
  }
}

/** flexor_concat.v: the beats of the first input's pixel, then those of the second, and so on. */
export class ConcatUnit implements Unit {
  private index = 0;
  private beat = 0;
  /** Beats of a pixel, by input. */
  private readonly beats: readonly number[];

  constructor(
    { node, widths }: ConcatPlan,
    private readonly inputs: readonly Fifo[],
    private readonly output: Fifo,
  ) {
    this.beats = node.inputTensors.map(({ shape }) => shape.channels / widths.input);
  }

  private get moves(): boolean {
    return this.inputs[this.index]!.valid && this.output.ready;
  }

  step(): void {
    if (!this.moves) return;
    this.inputs[this.index]!.pop();
    this.output.push();
    if (++this.beat < this.beats[this.index]!) return;
    this.beat = 0;
    this.index = (this.index + 1) % this.inputs.length;
  }

  quietCycles(): number {
    return this.moves ? 0 : Infinity;
  }

  skip(): void {
    // It waits; there is nothing to count.
  }
}
