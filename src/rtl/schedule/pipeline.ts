/**
 * The whole design's control: units, the FIFOs between them, an input that is always valid and an output that is always
 * ready. Behind every layer stands a FIFO, whose far side is the stream that co-simulation watches; where it is forked, a
 * FIFO a branch follows.
 */
import { elementCount } from '../../fixed/shapes.js';
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
    this.fifo = registerFifo(STREAM_FIFO_DEPTH, (cycle) => {
      this.transfer(cycle);
      onTransfer?.(cycle);
    });
  }

  get transfers(): number {
    return this.frames.length * this.beats + this.position;
  }

  private transfer(cycle: number): void {
    this.lastCycle = cycle;
    if (this.position === 0) this.first = cycle;
    if (++this.position < this.beats) return;
    this.position = 0;
    this.frames.push({ first: this.first, last: cycle });
  }
}

/** The input of the design: always valid. */
class Source extends Unit {
  private last = -1;

  constructor(private readonly output: Fifo) {
    super([], [output]);
  }

  run(): void {
    for (let i = 0; i < SOURCE_ELEMENTS; i++) {
      const room = this.output.room();
      if (room === UNKNOWN) return;
      this.last = Math.max(this.last + 1, room);
      this.output.push(this.last);
    }
    this.awake = true;
  }
}

/** The output of the design: always ready. */
class Drain extends Unit {
  constructor(private readonly input: Fifo) {
    super([input], []);
  }

  run(): void {
    for (let cycle = this.input.offered(); cycle !== UNKNOWN; cycle = this.input.offered()) this.input.pop(cycle);
  }
}

export class Pipeline {
  /** By stream. */
  readonly recorders: readonly StreamRecorder[];
  /** AXI4-Stream output. */
  readonly output: StreamRecorder;
  private readonly source: Source;
  private readonly units: readonly Unit[];

  constructor(plan: Plan, onTransfer?: OnTransfer) {
    const shapes = [plan.network.input.shape, ...plan.layers.map(({ node }) => node.outputTensor.shape)];
    this.recorders = shapes.map(
      (shape, s) =>
        new StreamRecorder(elementCount(shape) / plan.widths[s]!, onTransfer && ((cycle) => onTransfer(s, cycle))),
    );
    this.output = new StreamRecorder(plan.logitCount / plan.widths.at(-1)!);
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
