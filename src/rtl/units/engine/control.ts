/**
 * Control of a weighted layer: mirrors flexor_engine.v, flexor_requantiser.v and how the layer wrapper connects them. The
 * engine takes a vector every C_out/PE cycles, or every part of them that one group of a convolution has; in the last step of a pixel each group gives a result.
 */
import type { Feeder } from '../../schedule/feeder.js';
import { registerFifo, UNKNOWN, type Fifo } from '../../schedule/fifo.js';
import { RigidPipeline } from '../../schedule/rigid-pipeline.js';
import { Unit } from '../../schedule/unit.js';
import { convGroups, vectorsOf } from '../../lanes.js';
import type { WeightedPlan } from '../../layers/types.js';
import { RequantiserControl } from '../requantiser/schedule.js';
import { engineStages } from './schedule.js';

export class EngineControl extends Unit {
  private readonly groupFifo: Fifo | null;
  private readonly requantiser: RequantiserControl;
  private readonly feeder: Feeder;
  private readonly engine: RigidPipeline;
  /** Vectors of the pixel that are behind the present run. */
  private vectorsLeft: number;
  /** Cycles that each vector is held for. */
  private readonly hold: number;
  /** Beat in which the run that entered the engine has its last vector, while the cycle of that is not known; else UNKNOWN. */
  private lastBeat = UNKNOWN;
  /** When the run's last vector but one is taken; UNKNOWN until that is known. */
  private beforeLast = UNKNOWN;

  constructor(
    private readonly plan: WeightedPlan,
    private readonly input: Fifo,
    residual: Fifo | null,
    output: Fifo,
  ) {
    super(residual === null ? [input] : [input, residual], [output]);
    this.groupFifo = plan.groupFifoDepth === 0 ? null : registerFifo(plan.groupFifoDepth);
    this.requantiser = new RequantiserControl(plan, residual, output);
    if (this.groupFifo !== null) this.groupFifo.reader = this.requantiser;
    const stages = engineStages({ ...plan, actBits: plan.node.inputTensor.format.bits });
    this.engine = new RigidPipeline(stages, this.groupFifo ?? this.requantiser);
    this.feeder = plan.feed.feeder(plan, input);
    this.vectorsLeft = vectorsOf(plan);
    this.hold = plan.groups / convGroups(plan.node);
  }

  override arrived(input: Fifo): void {
    if (input === this.input) {
      // The engine need not look before the last element of a pixel.
      if (this.feeder.arrived()) this.awake = true;
      return;
    }
    // The residual's elements are taken at once, as `takes` promises.
    if (this.groupFifo !== null) this.runRequantiser();
    this.awake = true;
  }

  override takes(input: Fifo, cycle: number, count: number): number {
    if (input === this.input) return this.feeder.takes(cycle, count);
    return this.groupFifo === null ? 0 : this.requantiser.takesResidual(this.groupFifo, cycle, count);
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
    const { engine, feeder, hold } = this;
    let any = false;
    for (;;) {
      if (this.lastBeat === UNKNOWN) {
        if (engine.drain()) any = true;
        if (!this.enterRun()) return any;
      }
      // Results on their way may hold the run up, among them its own where a convolution has groups: the first groups
      // are done before the last ones have their vectors. The last take but one comes first, since beats are soon forgotten.
      if (feeder.vectors > 1 && this.beforeLast === UNKNOWN) {
        if (engine.drain(this.lastBeat - hold)) any = true;
        this.beforeLast = engine.cycleOf(this.lastBeat - hold);
        if (this.beforeLast === UNKNOWN) return any;
      }
      if (engine.drain(this.lastBeat)) any = true;
      const lastTake = engine.cycleOf(this.lastBeat);
      if (lastTake === UNKNOWN) return any;
      feeder.take(lastTake, this.beforeLast);
      this.lastBeat = this.beforeLast = UNKNOWN;
      any = true;
    }
  }

  /** Lets the next run enter; returns whether its first beat is known by now. */
  private enterRun(): boolean {
    const { engine, feeder, plan, hold } = this;
    const offered = feeder.offered();
    if (offered === UNKNOWN) return false;
    const first = engine.nextBeat(offered);
    if (first === UNKNOWN) return false;
    this.lastBeat = first + (feeder.vectors - 1) * hold;
    this.vectorsLeft -= feeder.vectors;
    // The groups of the last step are the last cycles of the run, whatever the vectors in between.
    engine.enter(this.lastBeat + hold - 1, this.vectorsLeft === 0 ? plan.groups : 0);
    if (this.vectorsLeft === 0) this.vectorsLeft = vectorsOf(plan);
    return true;
  }

  private runRequantiser(): boolean {
    const { groupFifo, requantiser } = this;
    if (groupFifo === null) return requantiser.run();
    let any = false;
    for (;;) {
      if (requantiser.takeResidual(groupFifo)) any = true;
      if (requantiser.run()) any = true;
      const room = requantiser.room();
      const offered = groupFifo.offered();
      if (room === UNKNOWN || offered === UNKNOWN) return any;
      any = true;
      if (requantiser.takeFlowing(groupFifo)) continue;
      const cycle = Math.max(room, offered);
      groupFifo.pop(cycle);
      requantiser.push(cycle);
    }
  }
}
