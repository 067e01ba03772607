/** The fold solver against exhaustive search on small random problems; budgets, errors, the frontier, and its speed. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { DEFAULT_BITS, lower } from '../../src/fixed/lower.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { loadModel } from '../../src/model/read.js';
import { addCosts, COST_KEYS, forkCost, NO_COST, roundCost, type Cost } from '../../src/rtl/cost/model.js';
import { planNetwork } from '../../src/rtl/plan.js';
import { schedulePlan } from '../../src/rtl/schedule/fifo-depths.js';
import { areaOf } from '../../src/rtl/cost/unit-cost.js';
import { cheapest } from '../../src/rtl/solve/cheapest.js';
import { RESOURCES, resourceOf } from '../../src/rtl/solve/dominance.js';
import { makeDesign } from '../../src/rtl/design.js';
import { solveDefault, solveGoal } from '../../src/rtl/solve/goal.js';
import { NetworkFolds } from '../../src/rtl/solve/problem.js';
import { foldReport } from '../../src/rtl/solve/report.js';
import { frontier, nextFaster, solveForBudgets, solveForCycles } from '../../src/rtl/solve/solve.js';
import {
  NO_BUDGETS,
  type Budgets,
  type FoldOption,
  type FoldProblem,
  type FoldSpace,
  type LaneOptions,
} from '../../src/rtl/solve/types.js';
import { randomNetwork } from '../support/random-network.js';

function randomCost(random: Random): Cost {
  return Object.fromEntries(COST_KEYS.map((key) => [key, random.below(key === 'luts' ? 40 : 6)])) as unknown as Cost;
}

/** Lanes with one fold, of which nothing is known beforehand. */
function lanesWith(option: FoldOption): LaneOptions {
  const { fold, cycles } = option;
  return { pe: fold.pe, simd: fold.simd, cycles, least: NO_COST, options: [option] };
}

function randomProblem(random: Random): FoldProblem {
  const layers = Array.from({ length: random.between(1, 4) }, (_, i) => {
    const options = Array.from({ length: random.between(1, 6) }, (_, k): FoldOption => {
      return { fold: { pe: k + 1, simd: 1 }, cycles: random.between(1, 12), cost: randomCost(random) };
    });
    return { name: `layer${i}`, lanes: options.sort((a, b) => a.cycles - b.cycles).map(lanesWith) };
  });
  return {
    layers,
    fixed: [{ name: 'pool', elements: 6, cycles: random.between(1, 6), width: 1 }],
    base: randomCost(random),
  };
}

/** One problem for every number of cycles. */
function spaceOf(problem: FoldProblem): FoldSpace {
  return { at: () => problem, ranges: () => [{ from: 1, below: Infinity }] };
}

function randomBudgets(random: Random): Budgets {
  const some = (most: number): number | null => (random.below(2) === 0 ? null : random.below(most));
  return { luts: some(150), multipliers: some(20), memoryBits: some(20), bram18: some(20) };
}

interface Design {
  readonly cycles: number;
  readonly cost: Cost;
}

/** Every design of a problem. */
function allDesigns({ layers, fixed, base }: FoldProblem): Design[] {
  const start = { cycles: Math.max(...fixed.map(({ cycles }) => cycles)), cost: base };
  return layers.reduce<Design[]>(
    (designs, { lanes }) =>
      designs.flatMap(({ cycles, cost }) =>
        lanes
          .flatMap(({ options }) => options)
          .map((option) => ({
            cycles: Math.max(cycles, option.cycles),
            cost: addCosts([cost, option.cost]),
          })),
      ),
    [start],
  );
}

const keeps = ({ cost }: Design, budgets: Budgets): boolean =>
  RESOURCES.every((resource) => resourceOf(cost, resource) <= (budgets[resource] ?? Infinity));
const least = (numbers: readonly number[]): number => Math.min(...numbers);

describe('exactness', () => {
  const cases = Array.from({ length: 400 }, (_, seed) => {
    const random = Random.derive(seed, 'fold problem');
    return { problem: randomProblem(random), budgets: randomBudgets(random), target: random.between(1, 13) };
  });

  test('least area for a target and budgets, or none where there is none', () => {
    let none = 0;
    for (const { problem, budgets, target } of cases) {
      const designs = allDesigns(problem).filter((each) => each.cycles <= target && keeps(each, budgets));
      const reachable = problem.fixed.every(({ cycles }) => cycles <= target);
      const found = reachable ? cheapest(problem, target, budgets) : null;
      if (found === null) {
        expect(designs).toEqual([]);
        none++;
        continue;
      }
      expect(keeps(found, budgets)).toBe(true);
      expect(found.cycles).toBeLessThanOrEqual(target);
      expect(areaOf(found.cost)).toBe(least(designs.map(({ cost }) => areaOf(cost))));
      expect(found.cost).toEqual(addCosts([problem.base, ...found.chosen.map(({ option }) => option.cost)]));
    }
    expect(none).toBeGreaterThan(50);
    expect(none).toBeLessThan(350);
  });

  test('fewest cycles for budgets alone, and the least area among those', () => {
    let solved = 0;
    for (const { problem, budgets } of cases) {
      const designs = allDesigns(problem).filter((each) => keeps(each, budgets));
      if (designs.length === 0) {
        expect(() => solveForBudgets(spaceOf(problem), budgets)).toThrow(/cannot be kept/);
        continue;
      }
      const { cycles, cost } = solveForBudgets(spaceOf(problem), budgets);
      const fewest = least(designs.map((each) => each.cycles));
      expect(cycles).toBe(fewest);
      const fastest = designs.filter((each) => each.cycles === fewest);
      expect(areaOf(cost)).toBe(least(fastest.map((each) => areaOf(each.cost))));
      solved++;
    }
    expect(solved).toBeGreaterThan(100);
  });

  test('the frontier holds exactly the designs that none beats, and the next faster one is on it', () => {
    for (const { problem } of cases.slice(0, 150)) {
      const designs = allDesigns(problem).map(({ cycles, cost }) => ({ cycles, area: areaOf(cost) }));
      const unbeaten = designs.filter((a) =>
        designs.every((b) => b.cycles > a.cycles || b.area > a.area || (b.cycles === a.cycles && b.area === a.area)),
      );
      const points = frontier(spaceOf(problem), NO_BUDGETS);
      const pairs = points.map(({ cycles, cost }) => `${cycles} ${areaOf(cost)}`);
      expect(new Set(pairs)).toEqual(new Set(unbeaten.map(({ cycles, area }) => `${cycles} ${area}`)));
      points.forEach((point, i) => {
        const next = nextFaster(spaceOf(problem), point);
        const before = points[i - 1];
        expect(next && [next.cycles, areaOf(next.cost)]).toEqual(before ? [before.cycles, areaOf(before.cost)] : null);
      });
    }
  });
});

describe('what cannot be reached', () => {
  const option = (cycles: number, luts: number, bram18 = 0): FoldOption => {
    return { fold: { pe: 2, simd: cycles }, cycles, cost: { ...NO_COST, luts, bram18 } };
  };
  const problem: FoldProblem = {
    layers: [
      { name: 'a', lanes: [option(10, 50, 2), option(20, 20, 5)].map(lanesWith) },
      { name: 'b', lanes: [lanesWith(option(15, 70))] },
    ],
    fixed: [{ name: 'pool', elements: 12, cycles: 12, width: 1 }],
    base: { ...NO_COST, luts: 3 },
  };

  test.each([
    [14, {}, 'target of 14 cycles a frame cannot be reached: layer b takes 15 at its widest fold (PE 2, SIMD 15)'],
    [
      15,
      { luts: 122 },
      '--max-luts 122 cannot be kept: at 15 cycles a frame every design takes 123 LUTs or more, 70 of them in layer b',
    ],
    [
      15,
      { bram18: 1 },
      '--max-bram18 1 cannot be kept: at 15 cycles a frame every design takes 2 block RAMs of 18 kbit or more, 2 of them in layer a',
    ],
    [
      20,
      { luts: 100, bram18: 3 },
      '--max-luts 100, --max-bram18 3 cannot be kept together at 20 cycles a frame, though each alone can; raise one of them',
    ],
  ])('at %d cycles with %j names the layer and the limit', (cycles, budgets, text) => {
    expect(() => solveForCycles(spaceOf(problem), cycles, { ...NO_BUDGETS, ...budgets })).toThrow(text);
  });

  test('a stream that is too long names its layer', () => {
    const long = { ...problem, fixed: [{ name: 'pool', elements: 99, cycles: 99, width: 1 }] };
    expect(() => solveForCycles(spaceOf(long), 50, NO_BUDGETS)).toThrow(
      'target of 50 cycles a frame cannot be reached: layer pool takes in, goes over or gives 99 elements a frame, one a cycle',
    );
  });
});

describe('designs of networks', () => {
  const networks = Array.from({ length: 12 }, (_, seed) => randomNetwork(seed, { maxWork: 20_000 }));

  test('keep target and budgets with their FIFOs and their exact schedule', () => {
    for (const network of networks) {
      const fastest = frontier(new NetworkFolds(network), NO_BUDGETS)[0]!.cycles;
      for (const cycles of [2 * fastest, 7 * fastest]) {
        const free = solveGoal(network, { cycles, budgets: NO_BUDGETS });
        expect(free.schedule.prediction.cyclesPerFrame).toBeLessThanOrEqual(cycles);
        const luts = resourceOf(free.solution.cost, 'luts');
        const { solution, schedule } = solveGoal(network, { cycles: null, budgets: { ...NO_BUDGETS, luts } });
        expect(resourceOf(solution.cost, 'luts')).toBeLessThanOrEqual(luts);
        expect(schedule).toEqual(schedulePlan(planNetwork(network, solution.fold)));
        const fifos = roundCost(forkCost(schedule.plan));
        const layers = solution.chosen.map(({ option }) => option.cost);
        const { base } = new NetworkFolds(network).at(schedule.prediction.cyclesPerFrame);
        expect(solution.cost).toEqual(addCosts([base, fifos, ...layers]));
      }
    }
  });

  test('are the same every time, and reported with the work that no fold can avoid', () => {
    for (const network of networks) {
      const goal = { cycles: 100_000, budgets: NO_BUDGETS };
      const report = foldReport(network, solveGoal(network, goal));
      expect(report).toEqual(foldReport(network, solveGoal(network, goal)));
      expect(report.lowerBoundCycles).toBeLessThanOrEqual(report.cyclesPerFrame);
      expect(Math.max(...[...report.layers, ...report.others].map(({ busy }) => busy))).toBeLessThanOrEqual(1);
      for (const { idleLanes } of report.layers) expect(idleLanes).toBeGreaterThanOrEqual(0);
    }
  });

  const shipped = (name: string): IntNetwork => {
    const { model, digest } = loadModel(`models/${name}.flexor`);
    return lower(model, digest, DEFAULT_BITS);
  };

  test('have one default, also where frames come a little later than its static cycles', () => {
    const network = shipped('resnet20-cifar10-0.4-systematic');
    const { goal, solution, schedule } = solveDefault(network);
    const { fold, prediction } = makeDesign(network);
    expect(solution.fold).toEqual(fold);
    expect(schedule.prediction).toEqual(prediction);
    expect(prediction.cyclesPerFrame).toBeGreaterThan(goal.cycles!);
  });

  test.each([['lenet5-mnist-0.6'], ['resnet20-cifar10-0.8']])(
    '%s is solved without waiting, with four budgets',
    (name) => {
      const network = shipped(name);
      const start = process.cpuUsage();
      const space = new NetworkFolds(network);
      const budgets = { luts: 30_000, multipliers: 40, memoryBits: 3_000_000, bram18: 100 };
      expect(keeps(solveForBudgets(space, budgets), budgets)).toBe(true);
      expect(frontier(space, NO_BUDGETS).length).toBeGreaterThan(10);
      // Processor time: what others do on the machine is no fault of the solver.
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1000).toBeLessThan(3000);
    },
  );
});
