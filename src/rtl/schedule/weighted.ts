/**
 * Control of a weighted layer: mirrors flexor_engine.v, flexor_requantiser.v and how the layer wrapper connects them. The
 * engine takes a vector every `groups` cycles; in the last step of a pixel each group gives a result.
 */
import type { WeightedPlan } from '../plan.js';
import { DirectFeeder, VectorFeeder, type Feeder } from './feeder.js';
import { registerFifo, UNKNOWN, type Fifo } from './fifo.js';
import { RequantiserControl } from './requantiser.js';
import { RigidPipeline } from './rigid-pipeline.js';
import { Unit } from './unit.js';
import { WindowFeeder } from './window.js';

/** Memory word and weight bits; engines with several lanes have lane sums behind them. */
const STAGES = 2;
const STAGES_WITH_LANE_SUMS = 3;

export class WeightedUnit extends Unit {
  private readonly groupFifo: Fifo | null;
  private readonly requantiser: RequantiserControl;
  private readonly feeder: Feeder;
  /** The stream that fills the feeder; null where the engine takes from it. */
  private readonly filling: Fifo | null;
  private readonly engine: RigidPipeline;
  /** Steps of the pixel that are behind the present run of vectors. */
  private stepsLeft: number;
  /** First beat of the run that entered the engine, while the cycles of its takes are not known; else UNKNOWN. */
  private runStart = UNKNOWN;

  constructor(
    private readonly plan: WeightedPlan,
    input: Fifo,
    residual: Fifo | null,
    output: Fifo,
  ) {
    super(residual === null ? [input] : [input, residual], [output]);
    this.groupFifo = plan.groupFifoDepth === 0 ? null : registerFifo(plan.groupFifoDepth);
    this.requantiser = new RequantiserControl(plan, residual, output);
    const stages = plan.fold.simd > 1 ? STAGES_WITH_LANE_SUMS : STAGES;
    this.engine = new RigidPipeline(stages, this.groupFifo ?? this.requantiser);
    this.feeder = makeFeeder(plan, input);
    this.filling = plan.feed.kind === 'direct' ? null : input;
    this.stepsLeft = plan.steps;
  }

  override arrived(input: Fifo): void {
    // The engine need not look before the last element of a pixel.
    if (input !== this.filling || this.feeder.fill()) this.awake = true;
  }

  run(): void {
    let any: boolean;
    do {
      any = this.feeder.fill();
      if (this.runEngine()) any = true;
      if (this.runRequantiser()) any = true;
    } while (any);
  }

  private runEngine(): boolean {
    const { engine, feeder, plan } = this;
    let any = false;
    for (;;) {
      if (this.runStart === UNKNOWN) {
        if (engine.drain()) any = true;
        const offered = feeder.offered();
        if (offered === UNKNOWN) return any;
        const beat = engine.nextBeat(offered);
        if (beat === UNKNOWN) return any;
        this.runStart = beat;
      }
      // What is on its way may still hold the run up; then its takes come later.
      const last = this.runStart + (feeder.vectors - 1) * plan.groups;
      if (engine.drain(last)) any = true;
      const lastTake = engine.cycleOf(last);
      if (lastTake === UNKNOWN) return any;
      feeder.take(lastTake, feeder.vectors === 1 ? UNKNOWN : engine.cycleOf(last - plan.groups));
      this.stepsLeft -= feeder.vectors;
      engine.enter(last + plan.groups - 1, this.stepsLeft === 0 ? plan.groups : 0);
      if (this.stepsLeft === 0) this.stepsLeft = plan.steps;
      this.runStart = UNKNOWN;
      any = true;
    }
  }

  private runRequantiser(): boolean {
    const { groupFifo, requantiser } = this;
    let any = requantiser.run();
    if (groupFifo === null) return any;
    for (;;) {
      const room = requantiser.room();
      const offered = groupFifo.offered();
      if (room === UNKNOWN || offered === UNKNOWN) return any;
      const cycle = Math.max(room, offered);
      groupFifo.pop(cycle);
      requantiser.push(cycle);
      requantiser.run();
      any = true;
    }
  }
}

function makeFeeder(plan: WeightedPlan, input: Fifo): Feeder {
  const width = plan.widths.input;
  switch (plan.feed.kind) {
    case 'direct':
      return new DirectFeeder(input, width);
    case 'vector':
      return new VectorFeeder(input, plan.node.windowSize / width, plan.steps);
    case 'serial':
      return new WindowFeeder(input, plan.window!, width, plan.fold.simd, plan.steps);
    case 'banked':
      return new WindowFeeder(input, plan.window!, width, 1, plan.steps);
  }
}
