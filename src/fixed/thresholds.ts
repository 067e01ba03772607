/**
 * The integer thresholds of a quantised layer: y = low + #{k : z ≥ T_{c,k}}, or y = high − #{k : z ≥ T_{c,k}} for a channel
 * whose chain falls. z is an integer of unit `unit_c`; a chain (model/chain.ts) turns unit_c·z + base_c into the value that
 * the quantiser takes. Each step of the quantiser is carried backwards through the chain in exact numbers, so T is right for
 * every z, on a tie too. Where a square root is irrational its 640 bits decide; a difference below 2^-300 is none.
 */
import { addExact, divideExact, exactOf, floorExact, subtractExact, ZERO } from '../base/exact.js';
import type { Exact } from '../base/exact.js';
import { differenceSign, exactAffine } from '../model/chain.js';
import type { ChainStage } from '../model/chain.js';

/** A step in real numbers: taken where x ≥ at, or x > at. */
export interface RealStep {
  readonly at: Exact;
  readonly inclusive: boolean;
}

/** The thresholds of a channel. */
export interface ChannelThresholds {
  /** Not falling; one for each step; `Infinity` for a step that is never taken, −`Infinity` for one that always is. */
  readonly thresholds: readonly number[];
  /** y falls with z: it is high − #{k : z ≥ T_k}. */
  readonly falling: boolean;
}

/** What is done to a sum: a stage of a chain, or an exact number that is added to it, an element of another tensor. */
export type SumStage = ChainStage | { readonly kind: 'offset'; readonly value: Exact };

/** `x > at`, `x ≥ at`, `x < at` or `x ≤ at`; or decided whatever x is. */
type Condition = boolean | { readonly at: Exact; readonly rising: boolean; readonly inclusive: boolean };

/** Thresholds of channel c for steps in rising order. */
export function channelThresholds(
  steps: readonly RealStep[],
  stages: readonly SumStage[],
  unit: Exact,
  c: number,
): ChannelThresholds {
  const backwards = [...stages].reverse();
  const conditions = steps.map((step) => {
    const start: Condition = { ...step, rising: true };
    return beforeAffine(
      backwards.reduce<Condition>((condition, stage) => before(condition, stage, c), start),
      unit,
      ZERO,
    );
  });
  const falling = conditions.some((condition) => typeof condition !== 'boolean' && !condition.rising);
  // Of a falling channel the highest step is left first: not (z ≤ at) is z > at.
  const taken = falling ? conditions.map(negated).reverse() : conditions;
  return { thresholds: taken.map(integerThreshold), falling };
}

/** The condition on a stage's input that holds where `condition` holds on its output. */
function before(condition: Condition, stage: SumStage, c: number): Condition {
  if (typeof condition === 'boolean') return condition;
  if (stage.kind === 'offset') return { ...condition, at: subtractExact(condition.at, stage.value) };
  if (stage.kind !== 'clamp') {
    const { gain, offset } = exactAffine(stage, c);
    return beforeAffine(condition, gain, offset);
  }
  // A clamp gives nothing beyond its limits; between them it changes nothing.
  const { low, high } = stage;
  const atLow = low === null ? !condition.rising : holds(condition, exactOf(low));
  const atHigh = high === null ? condition.rising : holds(condition, exactOf(high));
  return atLow === atHigh ? atLow : condition;
}

/** The condition on x that holds where `condition` holds on gain·x + offset. */
function beforeAffine(condition: Condition, gain: Exact, offset: Exact): Condition {
  if (typeof condition === 'boolean') return condition;
  if (gain.num === 0n) return holds(condition, offset);
  const { at, rising, inclusive } = condition;
  return { at: divideExact(subtractExact(at, offset), gain), rising: gain.num > 0n === rising, inclusive };
}

function holds(condition: Exclude<Condition, boolean>, x: Exact): boolean {
  const order = differenceSign(x, condition.at);
  if (order === 0) return condition.inclusive;
  return condition.rising ? order > 0 : order < 0;
}

function negated(condition: Condition): Condition {
  if (typeof condition === 'boolean') return !condition;
  return { ...condition, rising: !condition.rising, inclusive: !condition.inclusive };
}

/** The smallest integer z that meets a rising condition. */
function integerThreshold(condition: Condition): number {
  if (typeof condition === 'boolean') return condition ? -Infinity : Infinity;
  const { at, inclusive } = condition;
  const nearest = floorExact(addExact(at, exactOf(0.5)));
  const tie = differenceSign(at, { num: nearest, den: 1n, exp: 0 }) === 0;
  const threshold = tie ? (inclusive ? nearest : nearest + 1n) : floorExact(at) + 1n;
  // No integer of a network reaches so far.
  if (threshold > FAR || threshold < -FAR) return threshold > 0n ? Infinity : -Infinity;
  return Number(threshold);
}

const FAR = 2n ** 53n;
