/**
 * A design: an integer network with everything that is decided about its hardware. It is made once, as a value; the generator
 * prints it, and memories, price, co-simulation and reports read it.
 *
 * The fold is checked when a design is made, so that a design that exists can be built. What takes longer (the schedule with
 * the depths of FIFOs, the XOR circuits) is worked out when it is first read and then kept, so that a reader pays only for
 * what it needs.
 */
import { FlexorError } from '../base/errors.js';
import type { IntNetwork } from '../fixed/types.js';
import { DEFAULT_CIRCUIT, type CircuitOptions } from '../xor/hardware-circuit.js';
import { designNames, type DesignNames } from './names.js';
import { planNetwork, withFifoDepths, type Plan } from './plan.js';
import { schedulePlan, type Schedule } from './schedule/fifo-depths.js';
import { schedulesAlike } from './schedule/segments.js';
import { checkedFold } from './solve/choose.js';
import { solveGoal, type Goal } from './solve/goal.js';
import { requireClock, type Clock } from './timing/choose.js';
import { designTiming } from './timing/timing.js';
import type { Fold, Prediction, WeightSources } from './types.js';
import { xorCircuits, type XorCircuits } from './xor-circuits.js';

/** What can be asked of a design. Without `fold` and `goal`, its fold is the default (solve/choose.ts). */
export interface DesignRequest {
  /** Folds of the layers that it names; layers that it leaves out get the default. */
  readonly fold?: Fold | null;
  /** What the solver is to reach; not together with `fold`. */
  readonly goal?: Goal | null;
  /** What the pipelines are to reach, by an estimate; null: the default pipeline. */
  readonly clock?: Clock | null;
  /** Weight sources of layers for which `fold` does not say one; 'rom'. */
  readonly weights?: WeightSources;
  /** How each M⊕ becomes gates. */
  readonly xor?: CircuitOptions;
  /** With AXI4-Lite registers (registers.ts). */
  readonly axiLite?: boolean;
  /**
   * For a design beside others in one system: begins the names of its modules and memory files, and its top gets the
   * parameter `MemFolder`. Modules of the library keep their names, as all designs share them.
   */
  readonly prefix?: string | null;
}

export interface Design {
  readonly network: IntNetwork;
  /** Complete: every weighted layer, with the reads of a word and the width of its output. */
  readonly fold: Fold;
  /** With the depths of all FIFOs. */
  readonly plan: Plan;
  readonly prediction: Prediction;
  /** M⊕ of every plane as gates. */
  readonly circuits: XorCircuits;
  readonly names: DesignNames;
  readonly xor: CircuitOptions;
  readonly axiLite: boolean;
  readonly prefix: string | null;
}

/**
 * Throws FlexorError('fold') for a fold that the hardware cannot do, for a goal that cannot be reached and for a clock that
 * cannot be met, and FlexorError('usage') where fold and goal are given.
 */
export function makeDesign(network: IntNetwork, request: DesignRequest = {}): Design {
  const { fold = null, goal = null, weights = {}, clock = null } = request;
  if (fold !== null && goal !== null) {
    throw new FlexorError('usage', 'a design is made from a fold or from a goal, got both');
  }
  if (goal !== null) {
    const { solution, schedule } = solveGoal(network, goal, weights, clock);
    return new LazyDesign(network, solution.fold, request, () => schedule);
  }
  const complete = checkedFold(network, fold, weights, clock);
  if (clock !== null) requireClock(clock, designTiming(planNetwork(network, complete)));
  return new LazyDesign(network, complete, request, () => schedulePlan(planNetwork(network, complete)));
}

/**
 * A design of another network with the same structure, such as the one with plain weights. Where it differs in nothing that
 * a schedule depends on, which decryptors that hold words do by a stage, the schedule of `design` is not looked for again.
 */
export function makeDesignLike(design: Design, network: IntNetwork, given: Fold): Design {
  const fold = checkedFold(network, given);
  return new LazyDesign(network, fold, design, () => {
    const depths = design.plan.readers.map((readers) => readers.map(({ fifoDepth }) => fifoDepth));
    const plan = withFifoDepths(planNetwork(network, fold), depths);
    return schedulesAlike(plan, design.plan) ? { plan, prediction: design.prediction } : schedulePlan(plan);
  });
}

class LazyDesign implements Design {
  readonly names: DesignNames;
  readonly xor: CircuitOptions;
  readonly axiLite: boolean;
  readonly prefix: string | null;
  private knownSchedule: Schedule | null = null;
  private knownCircuits: XorCircuits | null = null;

  constructor(
    readonly network: IntNetwork,
    readonly fold: Fold,
    { xor = DEFAULT_CIRCUIT, axiLite = false, prefix = null }: Pick<DesignRequest, 'xor' | 'axiLite' | 'prefix'>,
    private readonly schedule: () => Schedule,
  ) {
    this.xor = xor;
    this.axiLite = axiLite;
    this.prefix = prefix;
    this.names = designNames(
      network.name,
      network.nodes.map(({ name }) => name),
      prefix,
    );
  }

  get plan(): Plan {
    return this.scheduled.plan;
  }

  get prediction(): Prediction {
    return this.scheduled.prediction;
  }

  get circuits(): XorCircuits {
    return (this.knownCircuits ??= xorCircuits(this.network, this.xor));
  }

  private get scheduled(): Schedule {
    return (this.knownSchedule ??= this.schedule());
  }
}
