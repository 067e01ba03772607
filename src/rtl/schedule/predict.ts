/**
 * Cycle-exact prediction: steps the control of every unit (not the data) with an input that is always valid and an output
 * that is always ready, until the interval between frames repeats. Schedules are static, so what repeats once goes on.
 */
import { cyclesPerPixel } from '../fold.js';
import { STREAM_FIFO_DEPTH, type LayerPlan, type Plan } from '../plan.js';
import type { FrameTiming, Prediction } from '../types.js';
import { FifoLevel, layerUnit } from './layers.js';

/** The interval must come out equal this many times in a row. */
const EQUAL_INTERVALS = 2;
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

/** Predicts a plan. `onTransfer` hears of every transfer on every stream, to find where a measurement first deviates. */
export function predict(plan: Plan, onTransfer?: (stream: number, cycle: number) => void): Prediction {
  const units = plan.layers.map(layerUnit);
  const fifos = Array.from({ length: units.length + 1 }, () => new FifoLevel(STREAM_FIFO_DEPTH));
  const outputFifo = new FifoLevel(STREAM_FIFO_DEPTH);
  const recorders = [
    new StreamRecorder(plan.inputElements, onTransfer && ((cycle) => onTransfer(0, cycle))),
    ...plan.layers.map(({ node: { outputTensor } }, i) => {
      const { height, width, channels } = outputTensor.shape;
      return new StreamRecorder(height * width * channels, onTransfer && ((cycle) => onTransfer(i + 1, cycle)));
    }),
  ];
  const output = new StreamRecorder(plan.logitCount);
  const pops = new Array<boolean>(fifos.length).fill(false);

  for (let cycle = 0; !repeats(output.frames) && output.frames.length < MAX_FRAMES; cycle++) {
    // What every unit sees in this cycle follows from the state before it.
    for (let i = 0; i < units.length; i++) pops[i] = fifos[i]!.valid && units[i]!.ready(fifos[i + 1]!.ready);
    pops[units.length] = fifos[units.length]!.valid && outputFifo.ready;
    let push = fifos[0]!.ready;
    const outputPop = outputFifo.valid;
    for (let i = 0; i < units.length; i++) {
      const pushes = units[i]!.step(fifos[i]!.valid, fifos[i + 1]!.ready);
      fifos[i]!.step(push, pops[i]!);
      if (pops[i]) recorders[i]!.transfer(cycle);
      push = pushes;
    }
    fifos[units.length]!.step(push, pops[units.length]!);
    if (pops[units.length]) recorders[units.length]!.transfer(cycle);
    outputFifo.step(pops[units.length]!, outputPop);
    if (outputPop) output.transfer(cycle);
  }
  return summarise(plan, recorders, output.frames);
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
