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
}

class WeightedUnit implements LayerUnit {
  private group = 0;
  private windowStep = 0;
  private readonly stages: ('empty' | 'busy' | 'result')[];
  private readonly groupFifo: FifoLevel | null;
  private left = 0;
  private readonly scaling = [false, false, false];
  private readonly feeder: Feeder | null;

  constructor(private readonly plan: WeightedPlan) {
    this.stages = plan.fold.simd > 1 ? ['empty', 'empty', 'empty'] : ['empty', 'empty'];
    this.groupFifo = plan.groupFifoDepth === 0 ? null : new FifoLevel(plan.groupFifoDepth);
    this.feeder = makeFeeder(plan);
  }

  private requantiserReady(outputReady: boolean): boolean {
    const moves = !this.scaling[2] || outputReady;
    return this.left === 0 || (moves && this.left === 1);
  }

  private engineMoves(outputReady: boolean): boolean {
    if (this.stages.at(-1) !== 'result') return true;
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
    const result = this.stages.at(-1) === 'result';
    const loads = requantiserReady && (this.groupFifo === null ? result : this.groupFifo.valid);
    const pushes = this.stepRequantiser(loads, outputReady);
    this.groupFifo?.step(result && engineMoves, loads);
    if (engineMoves) this.moveEngine(fire);
    this.feeder?.step(taken, takesVector);
    return pushes;
  }

  private stepRequantiser(loads: boolean, outputReady: boolean): boolean {
    const pushes = this.scaling[2] === true && outputReady;
    if (!this.scaling[2] || outputReady) {
      const have = this.left > 0;
      this.scaling[2] = this.scaling[1]!;
      this.scaling[1] = this.scaling[0]!;
      this.scaling[0] = have;
      if (have) this.left--;
    }
    if (loads) this.left = this.plan.fold.pe;
    return pushes;
  }

  private moveEngine(fire: boolean): void {
    const { stages, plan } = this;
    for (let i = stages.length - 1; i > 0; i--) stages[i] = stages[i - 1]!;
    stages[0] = !fire ? 'empty' : this.windowStep === plan.steps - 1 ? 'result' : 'busy';
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

  step(inputValid: boolean, outputReady: boolean): boolean {
    const lastTap = this.element >= this.firstOutput;
    const takes = this.feeder.valid && (!lastTap || outputReady);
    const pushes = takes && lastTap;
    this.feeder.step(inputValid && this.feeder.ready, takes);
    if (takes && ++this.element === this.elements) this.element = 0;
    return pushes;
  }
}

export function layerUnit(plan: LayerPlan): LayerUnit {
  return plan.kind === 'pool' ? new PoolUnit(plan) : new WeightedUnit(plan);
}
