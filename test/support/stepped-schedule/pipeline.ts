/**
 * The whole design's control: units, the FIFOs between them, an input that is always valid and an output that is always
 * ready. Behind every layer stands a FIFO, whose far side is the stream that co-simulation watches; where it is forked, a
 * FIFO a branch follows.
 */
import { elementCount } from '../../../src/graph/shapes.js';
import { isBuffered, type Plan } from '../../../src/rtl/plan.js';
import { STREAM_FIFO_DEPTH } from '../../../src/rtl/fifo-sizes.js';
import type { LayerPlan } from '../../../src/rtl/layers/types.js';
import type { FrameTiming } from '../../../src/rtl/types.js';
import { branchFifo, registerFifo, type Fifo } from './fifo.js';
import { ConcatUnit, ForkUnit, PoolUnit, StreamPoolUnit, SubsampleUnit } from './pools.js';
import type { Unit } from './unit.js';
import { WeightedUnit } from './weighted.js';

/** Cycles to step through before looking again whether some can be skipped: looking costs as much as a step. */
const TRY_AGAIN_CYCLES = 3;

/** Hears of a transfer on a stream. */
export type OnTransfer = (stream: number, cycle: number) => void;

/** Timing of the transfers on one stream, frame by frame. */
class StreamRecorder {
  readonly frames: FrameTiming[] = [];
  private position = 0;
  private first = 0;

  constructor(
    readonly fifo: Fifo,
    private readonly beats: number,
  ) {}

  transfer(cycle: number): void {
    if (this.position === 0) this.first = cycle;
    if (++this.position < this.beats) return;
    this.position = 0;
    this.frames.push({ first: this.first, last: cycle });
  }
}

export class Pipeline {
  cycle = 0;
  /** By stream. */
  readonly recorders: readonly StreamRecorder[];
  /** AXI4-Stream output. */
  readonly output: StreamRecorder;
  /** By stream, the FIFO of each reader's branch; empty where there is no fork. */
  readonly branches: readonly (readonly Fifo[])[];
  private readonly units: Unit[];
  private readonly fifos: Fifo[];
  private nextTry = 0;

  constructor(plan: Plan, onTransfer?: OnTransfer) {
    const shapes = [plan.network.input.shape, ...plan.layers.map(({ node }) => node.outputTensor.shape)];
    this.recorders = shapes.map((shape, s) => {
      const recorder: StreamRecorder = new StreamRecorder(
        registerFifo(STREAM_FIFO_DEPTH, () => {
          onTransfer?.(s, this.cycle);
          recorder.transfer(this.cycle);
        }),
        Math.ceil(elementCount(shape) / plan.widths[s]!),
      );
      return recorder;
    });
    this.output = new StreamRecorder(registerFifo(STREAM_FIFO_DEPTH), Math.ceil(plan.logitCount / plan.widths.at(-1)!));
    this.branches = plan.readers.map((readers) =>
      isBuffered(readers) ? readers.map(({ fifoDepth }) => branchFifo(fifoDepth)) : [],
    );
    this.units = makeUnits(plan, this.recorders, this.branches);
    this.units.push(new ForkUnit(this.recorders.at(-1)!.fifo, [this.output.fifo]));
    this.fifos = [...this.recorders.map(({ fifo }) => fifo), this.output.fifo, ...this.branches.flat()];
  }

  /** One cycle, and behind it as many as can be skipped. False where nothing will ever move again. */
  step(): boolean {
    const source = this.recorders[0]!.fifo;
    if (source.ready) source.push();
    const { fifo } = this.output;
    if (fifo.valid) {
      this.output.transfer(this.cycle);
      fifo.pop();
    }
    for (let i = 0; i < this.units.length; i++) this.units[i]!.step();
    let moved = false;
    for (let i = 0; i < this.fifos.length; i++) if (this.fifos[i]!.commit()) moved = true;
    this.cycle++;
    return moved || this.cycle < this.nextTry || this.skipQuiet();
  }

  /** Nothing moved on any stream: jumps to the cycle in which the first unit does more than count. */
  private skipQuiet(): boolean {
    let quiet = Infinity;
    for (const fifo of this.fifos) if (!fifo.settled) quiet = 0;
    if (this.recorders[0]!.fifo.ready || this.output.fifo.valid) quiet = 0;
    for (let i = 0; i < this.units.length && quiet > 0; i++) quiet = Math.min(quiet, this.units[i]!.quietCycles());
    if (quiet === Infinity) return false;
    if (quiet === 0) {
      this.nextTry = this.cycle + TRY_AGAIN_CYCLES;
      return true;
    }
    for (const unit of this.units) unit.skip(quiet);
    this.cycle += quiet;
    return true;
  }
}

function makeUnits(plan: Plan, streams: readonly { fifo: Fifo }[], branches: readonly (readonly Fifo[])[]): Unit[] {
  const inputs: Fifo[][] = plan.layers.map(() => []);
  const forks: Unit[] = [];
  for (const [s, readers] of plan.readers.entries()) {
    for (const [b, { layer, input }] of readers.entries()) {
      inputs[layer]![input] = branches[s]![b] ?? streams[s]!.fifo;
    }
    if (isBuffered(readers)) forks.push(new ForkUnit(streams[s]!.fifo, branches[s]!));
  }
  const layers = plan.layers.map((layer, i) => makeUnit(layer, inputs[i]!, streams[i + 1]!.fifo));
  return [...layers, ...forks];
}

function makeUnit(layer: LayerPlan, inputs: readonly Fifo[], output: Fifo): Unit {
  const [input, residual] = [inputs[0]!, inputs[1] ?? null];
  switch (layer.kind) {
    case 'weighted':
      return new WeightedUnit(layer, input, residual, output);
    case 'pool':
      return layer.sideBySide ? new StreamPoolUnit(layer, input, output) : new PoolUnit(layer, input, output);
    case 'subsample':
      return new SubsampleUnit(layer, input, output);
    case 'concat':
      return new ConcatUnit(layer, inputs, output);
  }
}
