/**
 * Control of a layer, cycle by cycle: mirrors flexor_engine.v, flexor_requantiser.v, flexor_max_pool.v and how the layer
 * wrappers connect them. A layer's readiness depends on its own state only, since a FIFO stands behind every layer.
 */
import type { LayerPlan, PoolPlan, WeightedPlan } from '../plan.js';
import { VectorFeeder, WindowFeeder, type Feeder } from './window.js';

/** FIFO level; mirrors hw/flexor_fifo.v. */
export class FifoLevel {
  count = 0;

  constructor(private readonly depth: number) {}

  get ready(): boolean {
    return this.count !== this.depth;
  }

  get valid(): boolean {
    return this.count !== 0;
  }

  step(push: boolean, pop: boolean): void {
    this.count += (push ? 1 : 0) - (pop ? 1 : 0);
  }
}

/** A layer between the FIFO before it and the FIFO behind it. */
export interface LayerUnit {
  /** Whether it would take an element in this cycle. */
  ready(outputReady: boolean): boolean;
  /** Moves on by one cycle; returns whether it pushes an element into the FIFO behind it. */
  step(inputValid: boolean, outputReady: boolean): boolean;
  /** Coming cycles in which it only counts as long as it takes no element; Infinity where it waits for one. */
  quietCycles(outputReady: boolean): number;
  /** Moves on by so many quiet cycles. */
  skip(cycles: number, outputReady: boolean): void;
}

/** What a pipeline stage of the engine holds; numbers, since this is the innermost loop of the prediction. */
const EMPTY = 0;
const BUSY = 1;
const RESULT = 2;

class WeightedUnit implements LayerUnit {
  private group = 0;
  private windowStep = 0;
  /** Engine: memory word, weight bits, lane sums (which engines with one lane do not have). */
  private wordStage = EMPTY;
  private weightStage = EMPTY;
  private lastStage = EMPTY;
  private readonly laneSums: boolean;
  private readonly groupFifo: FifoLevel | null;
  /** Requantiser: channels left in the shift-out register, then its three pipeline stages. */
  private left = 0;
  private dotStage = false;
  private productStage = false;
  private scaledStage = false;
  private readonly feeder: Feeder | null;

  constructor(private readonly plan: WeightedPlan) {
    this.laneSums = plan.fold.simd > 1;
    this.groupFifo = plan.groupFifoDepth === 0 ? null : new FifoLevel(plan.groupFifoDepth);
    this.feeder = makeFeeder(plan);
  }

  private requantiserReady(outputReady: boolean): boolean {
    const moves = !this.scaledStage || outputReady;
    return this.left === 0 || (moves && this.left === 1);
  }

  private engineMoves(outputReady: boolean): boolean {
    if (this.lastStage !== RESULT) return true;
    return this.groupFifo === null ? this.requantiserReady(outputReady) : this.groupFifo.ready;
  }

  ready(outputReady: boolean): boolean {
    if (this.feeder !== null) return this.feeder.ready;
    return this.engineMoves(outputReady) && this.group === 0;
  }

  step(inputValid: boolean, outputReady: boolean): boolean {
    const taken = inputValid && this.ready(outputReady);
    const engineMoves = this.engineMoves(outputReady);
    const requantiserReady = this.requantiserReady(outputReady);
    const vectorValid = this.feeder === null ? inputValid : this.feeder.valid;
    const fire = engineMoves && (this.group !== 0 || vectorValid);
    const takesVector = engineMoves && this.group === 0 && vectorValid;
    const result = this.lastStage === RESULT;
    const loads = requantiserReady && (this.groupFifo === null ? result : this.groupFifo.valid);
    const pushes = this.stepRequantiser(loads, outputReady);
    this.groupFifo?.step(result && engineMoves, loads);
    if (engineMoves) this.moveEngine(fire);
    this.feeder?.step(taken, takesVector);
    return pushes;
  }

  quietCycles(outputReady: boolean): number {
    const blocked = this.scaledStage && !outputReady;
    const idle = this.left === 0 && !this.dotStage && !this.productStage && !this.scaledStage;
    const groupWaits = this.groupFifo?.valid === true && this.left === 0;
    if (groupWaits || !(blocked || idle) || this.feeder?.waits === false) return 0;
    if (!this.engineMoves(outputReady)) return Infinity;
    const stage = this.wordStage;
    if (this.weightStage !== stage || this.lastStage !== stage) return 0;
    if (this.group === 0) {
      // Without a feeder the caller sees whether an element comes; it skips nothing then.
      return this.feeder?.valid || stage !== EMPTY ? 0 : Infinity;
    }
    if (this.windowStep === this.plan.steps - 1 || stage !== BUSY) return 0;
    return this.plan.groups - 1 - this.group;
  }

  skip(cycles: number, outputReady: boolean): void {
    if (this.group !== 0 && this.engineMoves(outputReady)) this.group += cycles;
  }

  private stepRequantiser(loads: boolean, outputReady: boolean): boolean {
    const pushes = this.scaledStage && outputReady;
    if (!this.scaledStage || outputReady) {
      this.scaledStage = this.productStage;
      this.productStage = this.dotStage;
      this.dotStage = this.left > 0;
      if (this.left > 0) this.left--;
    }
    if (loads) this.left = this.plan.fold.pe;
    return pushes;
  }

  private moveEngine(fire: boolean): void {
    const { plan } = this;
    this.lastStage = this.laneSums ? this.weightStage : this.wordStage;
    this.weightStage = this.wordStage;
    this.wordStage = !fire ? EMPTY : this.windowStep === plan.steps - 1 ? RESULT : BUSY;
    if (!fire || ++this.group < plan.groups) return;
    this.group = 0;
    if (++this.windowStep === plan.steps) this.windowStep = 0;
  }
}

function makeFeeder(plan: WeightedPlan): Feeder | null {
  switch (plan.feed.kind) {
    case 'direct':
      return null;
    case 'vector':
      return new VectorFeeder(plan.node.windowSize, plan.steps);
    case 'serial':
      return new WindowFeeder(plan.window!, plan.fold.simd, plan.steps);
    case 'banked':
      return new WindowFeeder(plan.window!, 1, plan.steps);
  }
}

class PoolUnit implements LayerUnit {
  private readonly feeder: WindowFeeder;
  private element = 0;
  private readonly firstOutput: number;
  private readonly elements: number;

  constructor(plan: PoolPlan) {
    const { channels } = plan.window.input;
    this.feeder = new WindowFeeder(plan.window, 1, plan.taps * channels);
    this.elements = plan.taps * channels;
    this.firstOutput = (plan.taps - 1) * channels;
  }

  ready(): boolean {
    return this.feeder.ready;
  }

  private takes(outputReady: boolean): boolean {
    return this.feeder.valid && (this.element < this.firstOutput || outputReady);
  }

  quietCycles(outputReady: boolean): number {
    return this.feeder.waits && !this.takes(outputReady) ? Infinity : 0;
  }

  skip(): void {
    // It waits; there is nothing to count.
  }

  step(inputValid: boolean, outputReady: boolean): boolean {
    const takes = this.takes(outputReady);
    const pushes = takes && this.element >= this.firstOutput;
    this.feeder.step(inputValid && this.feeder.ready, takes);
    if (takes && ++this.element === this.elements) this.element = 0;
    return pushes;
  }
}

export function layerUnit(plan: LayerPlan): LayerUnit {
  return plan.kind === 'pool' ? new PoolUnit(plan) : new WeightedUnit(plan);
}
