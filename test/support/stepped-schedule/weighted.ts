/**
 * Control of a weighted layer, cycle by cycle: mirrors flexor_engine.v, flexor_requantiser.v and how the layer wrapper
 * connects them. A unit sees the FIFOs around it as they were when the cycle began.
 */
import type { WeightedPlan } from '../../../src/rtl/layers/types.js';
import { convGroups, vectorsOf } from '../../../src/rtl/lanes.js';
import { registerFifo, type Fifo } from './fifo.js';
import { RequantiserControl } from './requantiser.js';
import type { Unit } from './unit.js';
import { VectorFeeder, WindowFeeder, type Feeder } from './window.js';

/** What a pipeline stage of the engine holds; numbers, since this is the innermost loop of the prediction. */
const EMPTY = 0;
const BUSY = 1;
const RESULT = 2;

export class WeightedUnit implements Unit {
  private group = 0;
  /** Cycles that a vector is held for: the channel groups of one group of a convolution. */
  private readonly hold: number;
  private partsTaken = 0;
  private frameTaken = 0;
  private windowStep = 0;
  /** Engine: memory word, weight bits, lane sums (which engines with one lane do not have). */
  private wordStage = EMPTY;
  private weightStage = EMPTY;
  /** The last one gives the results. */
  private readonly sumStages: number[];
  private readonly groupFifo: Fifo | null;
  private readonly requantiser: RequantiserControl;
  private readonly feeder: Feeder | null;

  constructor(
    private readonly plan: WeightedPlan,
    private readonly input: Fifo,
    residual: Fifo | null,
    output: Fifo,
  ) {
    // 2^treeLevels lanes are added up between two registers; as many tables as well, of which one has a register, too.
    this.sumStages = [];
    const { tableLanes, sharedSums, holdsWords, node } = plan;
    const { simd, treeLevels = 2, registers = [] } = plan.fold;
    const blocked = !sharedSums && tableLanes === 0 && simd > 4 && node.inputTensor.format.bits <= 3;
    const terms = tableLanes === 0 ? simd : Math.ceil(simd / tableLanes);
    // Up to sixteen lanes of few bits are counted in two moves.
    const leaves = sharedSums ? Math.ceil(simd / 3) : blocked ? Math.ceil(simd / 16) : terms;
    if (blocked) this.sumStages.push(EMPTY, EMPTY);
    // Lanes by threes have a register, and whenever two sums are joined.
    if (sharedSums && simd > 2) this.sumStages.push(EMPTY);
    const joined = sharedSums ? 2 : 2 ** treeLevels;
    for (let lanes = leaves; lanes > 1; lanes = Math.ceil(lanes / joined)) this.sumStages.push(EMPTY);
    if (tableLanes > 0 && terms === 1) this.sumStages.push(EMPTY);
    // A register behind or in front of the XOR circuits; tables are read no later for it.
    if (tableLanes === 0 && (holdsWords || registers.includes('load'))) this.sumStages.push(EMPTY);
    // Tables are filled, an entry a move, before weight bits are wanted.
    for (let entry = 0; tableLanes > 0 && entry < 2 ** tableLanes; entry++) this.sumStages.push(EMPTY);
    this.groupFifo = plan.groupFifoDepth === 0 ? null : registerFifo(plan.groupFifoDepth);
    this.requantiser = new RequantiserControl(plan, residual, output);
    this.feeder = makeFeeder(plan);
    this.hold = plan.groups / convGroups(plan.node);
  }

  private get lastStage() {
    return this.sumStages.at(-1) ?? this.weightStage;
  }

  /** The next cycle begins with a vector. */
  private get wantsVector(): boolean {
    return this.group % this.hold === 0;
  }

  private get engineMoves(): boolean {
    if (this.lastStage !== RESULT) return true;
    return this.groupFifo === null ? this.requantiser.ready : this.groupFifo.ready;
  }

  private get ready(): boolean {
    if (this.feeder !== null) return this.feeder.ready;
    return this.engineMoves && this.wantsVector;
  }

  step(): void {
    const taken = this.input.valid && this.ready;
    const { engineMoves, groupFifo } = this;
    const vectorValid = this.feeder === null ? this.input.valid : this.feeder.valid;
    const fire = engineMoves && (!this.wantsVector || vectorValid);
    const takesVector = engineMoves && this.wantsVector && vectorValid;
    const result = this.lastStage === RESULT;
    const loads = this.requantiser.ready && (groupFifo === null ? result : groupFifo.valid);
    this.requantiser.step(loads);
    if (groupFifo !== null) {
      if (result && engineMoves) groupFifo.push();
      if (loads) groupFifo.pop();
      groupFifo.commit();
    }
    if (engineMoves) this.moveEngine(fire);
    if (taken) this.pop();
    this.feeder?.step(taken, takesVector);
  }

  /** A beat, unless the engine takes it in parts and there are more of them. */
  private pop(): void {
    const { node, widths } = this.plan;
    const [parts, frame] = this.feeder === null ? [widths.input, node.windowSize] : [1, 1];
    this.frameTaken = (this.frameTaken + 1) % frame;
    // The last beat of a frame may hold fewer.
    this.partsTaken = this.frameTaken === 0 ? 0 : (this.partsTaken + 1) % parts;
    if (this.partsTaken === 0) this.input.pop();
  }

  quietCycles(): number {
    const { requantiser, groupFifo, feeder } = this;
    if (this.input.valid && this.ready) return 0;
    const loads = requantiser.ready && groupFifo?.valid === true;
    if (loads || !requantiser.waits || feeder?.waits === false) return 0;
    if (!this.engineMoves) return Infinity;
    const stage = this.wordStage;
    if ([this.weightStage, ...this.sumStages].some((each) => each !== stage)) return 0;
    if (this.wantsVector) return feeder?.valid || stage !== EMPTY ? 0 : Infinity;
    if (this.windowStep === this.plan.steps - 1 || stage !== BUSY) return 0;
    return this.hold - 1 - (this.group % this.hold);
  }

  skip(cycles: number): void {
    if (!this.wantsVector && this.engineMoves) this.group += cycles;
  }

  private moveEngine(fire: boolean): void {
    const { plan } = this;
    for (let i = this.sumStages.length - 1; i >= 0; i--) {
      this.sumStages[i] = i === 0 ? this.weightStage : this.sumStages[i - 1]!;
    }
    this.weightStage = this.wordStage;
    this.wordStage = !fire ? EMPTY : this.windowStep === plan.steps - 1 ? RESULT : BUSY;
    if (!fire || ++this.group < plan.groups) return;
    this.group = 0;
    if (++this.windowStep === plan.steps) this.windowStep = 0;
  }
}

function makeFeeder(plan: WeightedPlan): Feeder | null {
  const width = plan.widths.input;
  const address = plan.fold.registers?.includes('address') ?? false;
  switch (plan.feed.kind) {
    case 'narrow':
      return null;
    case 'vectorBuffer':
      return new VectorFeeder(Math.ceil(plan.node.windowSize / width), plan.steps);
    case 'serialWindow':
      return new WindowFeeder(plan.window!, width, plan.fold.simd, vectorsOf(plan), address);
    case 'bankedWindow':
      return new WindowFeeder(plan.window!, width, 1, vectorsOf(plan), address);
    default:
      throw new Error(`no stepped schedule of ${plan.feed.kind}`);
  }
}
