/**
 * The whole design's control: units, the FIFOs between them, an input that is always valid and an output that is always
 * ready. Behind every layer stands a FIFO, whose far side is the stream that co-simulation watches; where it is forked, a
 * FIFO a branch follows.
 */
import { elementCount } from '../../graph/shapes.js';
import { beatsOf } from '../beats.js';
import { STREAM_FIFO_DEPTH } from '../fifo-sizes.js';
import { layerKind } from '../layers/index.js';
import { isBuffered, type Plan } from '../plan.js';
import type { FrameTiming } from '../types.js';
import { branchFifo, registerFifo, UNKNOWN, type Fifo } from './fifo.js';
import { ForkControl } from '../units/fork/schedule.js';
import { Unit } from './unit.js';

/** Elements that the source gives where all else waits: enough to keep it busy, and no frames ahead of the output. */
const SOURCE_ELEMENTS = 64;

/** Hears of a transfer on a stream. */
export type OnTransfer = (stream: number, cycle: number) => void;

/** Timing of the transfers on one stream, frame by frame. */
class StreamRecorder {
  readonly frames: FrameTiming[] = [];
  readonly fifo: Fifo;
  /** Of the last transfer so far. */
  lastCycle = -1;
  private position = 0;
  private first = 0;

  constructor(
    private readonly beats: number,
    onTransfer?: (cycle: number) => void,
  ) {
    this.fifo = registerFifo(STREAM_FIFO_DEPTH, (cycle, count) => {
      this.transfer(cycle, count);
      if (onTransfer) for (let i = 0; i < count; i++) onTransfer(cycle + i);
    });
  }

  /** One transfer a cycle from `cycle` on. */
  private transfer(cycle: number, count: number): void {
    this.lastCycle = cycle + count - 1;
    for (let next = cycle; next <= this.lastCycle;) {
      if (this.position === 0) this.first = next;
      const taken = Math.min(this.lastCycle - next + 1, this.beats - this.position);
      this.position += taken;
      next += taken;
      if (this.position < this.beats) return;
      this.position = 0;
      this.frames.push({ first: this.first, last: next - 1 });
    }
  }
}

/** The input of the design: always valid. */
class Source extends Unit {
  private last = -1;

  constructor(private readonly output: Fifo) {
    super([], [output]);
  }

  run(): void {
    for (let given = 0; given < SOURCE_ELEMENTS;) {
      const room = this.output.room();
      if (room === UNKNOWN) return;
      const cycle = Math.max(this.last + 1, room);
      const count = this.output.accepts(cycle, SOURCE_ELEMENTS - given);
      this.last = cycle + count - 1;
      this.output.push(cycle, count);
      given += count;
    }
    this.awake = true;
  }
}

/** The output of the design: always ready. */
class Drain extends Unit {
  constructor(private readonly input: Fifo) {
    super([input], []);
  }

  override arrived(): void {
    this.run();
  }

  override takes(_: Fifo, __: number, count: number): number {
    return count;
  }

  run(): void {
    const { input } = this;
    for (let cycle = input.offered(); cycle !== UNKNOWN; cycle = input.offered()) {
      input.pop(cycle, input.holds(cycle, Infinity));
    }
  }
}

export class Pipeline {
  /** By stream. */
  readonly recorders: readonly StreamRecorder[];
  /** AXI4-Stream output. */
  readonly output: StreamRecorder;
  private readonly source: Source;
  private readonly units: readonly Unit[];

  /** `part`: beats of the output that its recorder counts as a frame; all of one. */
  constructor(plan: Plan, onTransfer?: OnTransfer, part = beatsOf(plan.logitCount, plan.widths.at(-1)!)) {
    const shapes = [plan.network.input.shape, ...plan.layers.map(({ node }) => node.outputTensor.shape)];
    this.recorders = shapes.map(
      (shape, s) =>
        new StreamRecorder(
          beatsOf(elementCount(shape), plan.widths[s]!),
          onTransfer && ((cycle) => onTransfer(s, cycle)),
        ),
    );
    this.output = new StreamRecorder(part);
    const branches = plan.readers.map((readers) =>
      isBuffered(readers) ? readers.map(({ fifoDepth }) => branchFifo(fifoDepth)) : [],
    );
    this.source = new Source(this.recorders[0]!.fifo);
    this.units = [
      ...makeUnits(plan, this.recorders, branches),
      new ForkControl(this.recorders.at(-1)!.fifo, [this.output.fifo]),
      new Drain(this.output.fifo),
    ];
  }

  /** Goes on with all units that can, else with the source. False where nothing will ever move again. */
  pass(): boolean {
    let any = false;
    for (const unit of this.units) if (runIfAwake(unit)) any = true;
    return any || runIfAwake(this.source);
  }
}

function runIfAwake(unit: Unit): boolean {
  if (!unit.awake) return false;
  unit.awake = false;
  unit.run();
  return true;
}

function makeUnits(plan: Plan, streams: readonly { fifo: Fifo }[], branches: readonly (readonly Fifo[])[]): Unit[] {
  const inputs: Fifo[][] = plan.layers.map(() => []);
  const forks: Unit[] = [];
  for (const [s, readers] of plan.readers.entries()) {
    for (const [b, { layer, input }] of readers.entries()) {
      inputs[layer]![input] = branches[s]![b] ?? streams[s]!.fifo;
    }
    if (isBuffered(readers)) forks.push(new ForkControl(streams[s]!.fifo, branches[s]!));
  }
  const layers = plan.layers.map((layer, i) => layerKind(layer.node).control(layer, inputs[i]!, streams[i + 1]!.fifo));
  return [...layers, ...forks];
}
