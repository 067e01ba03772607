/**
 * Cycle-exact prediction: steps the control of every unit (not the data) with an input that is always valid and an output
 * that is always ready, until the interval between frames repeats. Schedules are static, so what repeats once goes on.
 */
import { invariant } from '../../base/errors.js';
import { cyclesPerPixel } from '../fold.js';
import { STREAM_FIFO_DEPTH, type LayerPlan, type Plan } from '../plan.js';
import type { FrameTiming, Prediction } from '../types.js';
import { FifoLevel, layerUnit, type LayerUnit } from './layers.js';

/** The interval must come out equal this many times in a row. */
const EQUAL_INTERVALS = 2;
/** Cycles to step through before looking again whether some can be skipped: looking costs as much as a step. */
const TRY_AGAIN_CYCLES = 3;
/** Frames after which the average is taken of an interval that alternates. */
const MAX_FRAMES = 12;

/** Static busy cycles a frame of a layer's slowest unit: engine, window or requantiser. */
export function layerCycles(layer: LayerPlan): number {
  const elements = layer.node.outputTensor.shape;
  const outputs = elements.height * elements.width * elements.channels;
  if (layer.kind === 'pool') {
    return elements.height * elements.width * layer.taps * layer.node.inputTensor.shape.channels;
  }
  return Math.max(cyclesPerPixel(layer.node, layer.fold) * layer.pixels, outputs);
}

/** Hears of a transfer on a stream. */
export type OnTransfer = (stream: number, cycle: number) => void;

/** Timing of the transfers on one stream, frame by frame. */
class StreamRecorder {
  readonly frames: FrameTiming[] = [];
  private position = 0;
  private first = 0;

  constructor(
    private readonly elements: number,
    private readonly onTransfer?: (cycle: number) => void,
  ) {}

  transfer(cycle: number): void {
    this.onTransfer?.(cycle);
    if (this.position === 0) this.first = cycle;
    if (++this.position < this.elements) return;
    this.position = 0;
    this.frames.push({ first: this.first, last: cycle });
  }
}

function repeats(frames: readonly FrameTiming[]): boolean {
  if (frames.length < EQUAL_INTERVALS + 2) return false;
  const intervals = frames.slice(1).map((frame, i) => frame.last - frames[i]!.last);
  return intervals.slice(-EQUAL_INTERVALS - 1).every((interval) => interval === intervals.at(-1));
}

/** The whole pipeline: units, the FIFOs between them and what passes them. */
class Pipeline {
  cycle = 0;
  readonly recorders: readonly StreamRecorder[];
  readonly output: StreamRecorder;
  private readonly units: readonly LayerUnit[];
  private readonly fifos: readonly FifoLevel[];
  private readonly outputFifo = new FifoLevel(STREAM_FIFO_DEPTH);
  private readonly transfers: boolean[];
  private nextTry = 0;

  constructor(plan: Plan, onTransfer?: OnTransfer) {
    const hear = (stream: number) => onTransfer && ((cycle: number): void => onTransfer(stream, cycle));
    this.units = plan.layers.map(layerUnit);
    this.fifos = Array.from({ length: this.units.length + 1 }, () => new FifoLevel(STREAM_FIFO_DEPTH));
    this.transfers = this.fifos.map(() => false);
    this.output = new StreamRecorder(plan.logitCount);
    this.recorders = [
      new StreamRecorder(plan.inputElements, hear(0)),
      ...plan.layers.map(({ node: { outputTensor } }, i) => {
        const { height, width, channels } = outputTensor.shape;
        return new StreamRecorder(height * width * channels, hear(i + 1));
      }),
    ];
  }

  /** One cycle, behind as many as can be skipped. */
  step(): void {
    const { units, fifos, transfers, outputFifo, recorders } = this;
    const last = units.length;
    // What every unit sees in this cycle follows from the state before it.
    for (let i = 0; i < last; i++) transfers[i] = fifos[i]!.valid && units[i]!.ready(fifos[i + 1]!.ready);
    transfers[last] = fifos[last]!.valid && outputFifo.ready;
    const outputTransfer = outputFifo.valid;
    let push = fifos[0]!.ready;
    if (!push && !outputTransfer && this.cycle >= this.nextTry && !transfers.includes(true)) this.skipQuiet();
    for (let i = 0; i < last; i++) {
      const pushes = units[i]!.step(fifos[i]!.valid, fifos[i + 1]!.ready);
      fifos[i]!.step(push, transfers[i]!);
      push = pushes;
    }
    fifos[last]!.step(push, transfers[last]!);
    outputFifo.step(transfers[last]!, outputTransfer);
    for (let i = 0; i <= last; i++) if (transfers[i]) recorders[i]!.transfer(this.cycle);
    if (outputTransfer) this.output.transfer(this.cycle);
    this.cycle++;
  }

  /** Nothing moves on any stream: jumps to the cycle before the first unit does more than count. */
  private skipQuiet(): void {
    let quiet = Infinity;
    for (let i = 0; i < this.units.length && quiet > 0; i++) {
      quiet = Math.min(quiet, this.units[i]!.quietCycles(this.fifos[i + 1]!.ready));
    }
    invariant(quiet !== Infinity, 'the predicted schedule comes to a halt');
    if (quiet === 0) {
      this.nextTry = this.cycle + TRY_AGAIN_CYCLES;
      return;
    }
    this.units.forEach((unit, i) => unit.skip(quiet, this.fifos[i + 1]!.ready));
    this.cycle += quiet;
  }
}

/** Predicts a plan. `onTransfer` hears of every transfer on every stream, to find where a measurement first deviates. */
export function predict(plan: Plan, onTransfer?: OnTransfer): Prediction {
  const pipeline = new Pipeline(plan, onTransfer);
  const { frames } = pipeline.output;
  do {
    const seen = frames.length;
    while (frames.length === seen) pipeline.step();
  } while (!repeats(frames) && frames.length < MAX_FRAMES);
  return summarise(plan, pipeline.recorders, frames);
}

function summarise(plan: Plan, recorders: readonly StreamRecorder[], output: readonly FrameTiming[]): Prediction {
  let busiest = { unit: 'input stream', cycles: plan.inputElements };
  for (const layer of plan.layers) {
    const cycles = layerCycles(layer);
    if (cycles > busiest.cycles) busiest = { unit: layer.node.name, cycles };
  }
  const intervals = output.slice(1).map((frame, i) => frame.last - output[i]!.last);
  // Where the interval alternates (it does not repeat within MAX_FRAMES) the average of the second half stands for it.
  const steady = repeats(output) ? intervals.slice(-1) : intervals.slice(intervals.length >> 1);
  const cyclesPerFrame = steady.reduce((sum, interval) => sum + interval, 0) / steady.length;
  return {
    latencyCycles: output[0]!.last,
    cyclesPerFrame,
    busiest,
    bottleneckUtilisation: busiest.cycles / cyclesPerFrame,
    streams: recorders.map((recorder) => recorder.frames.slice(0, output.length)),
    output,
  };
}
