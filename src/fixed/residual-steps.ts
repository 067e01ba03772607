/**
 * The thresholds of a layer that integers r of another tensor are added to: a step of the quantiser is carried backwards for
 * every r, since r moves it.
 */
import { compareExact, exactOf, multiplyExact } from '../base/exact.js';
import type { ExactTensor } from '../model/exact-tensors.js';
import type { Quantiser } from '../model/types.js';
import type { ExactResidual } from './exact-requantiser.js';
import { stageSlopes, stageThresholds } from './quantise-stage.js';
import type { Encoding, QuantisedFormat, StageInput } from './quantise-stage.js';

/** Most thresholds that are computed for a layer. */
const MAX_THRESHOLDS = 2 ** 17;

export interface Added {
  readonly tensor: ExactTensor;
  readonly encoding: Encoding;
  /** How many of the stages come before the addition. */
  readonly stagesBefore: number;
}

/** Null where there are too many, or where r does not count the same in all channels. */
export function residualSteps(
  quantiser: Quantiser,
  target: QuantisedFormat,
  input: StageInput,
  { tensor, encoding, stagesBefore }: Added,
): ExactResidual | null {
  const { units } = tensor;
  const [low, high] = [tensor.low, tensor.high].map((k) => (k - encoding.offset) / encoding.factor) as [number, number];
  const integers = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => Math.ceil(low) + i);
  if (units.some((unit) => compareExact(unit, units[0]!) !== 0)) return null;
  if (integers.length * (target.high - target.low) * units.length > MAX_THRESHOLDS) return null;
  const [before, behind] = [input.stages.slice(0, stagesBefore), input.stages.slice(stagesBefore)];
  const slopes = stageSlopes(target, { ...input, units, stages: behind, factor: encoding.factor });
  if (slopes.some((slope) => slope !== slopes[0])) return null;
  const rows = integers.map((r) => {
    const value = multiplyExact(units[0]!, exactOf(encoding.factor * r + encoding.offset));
    const stages = [...before, { kind: 'offset', value } as const, ...behind];
    return { r, channels: stageThresholds(quantiser, target, { ...input, stages }) };
  });
  return { slope: slopes[0]!, rows };
}
