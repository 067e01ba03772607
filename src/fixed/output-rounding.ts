/** What a requantiser is given besides factors so that it rounds and clamps as the quantiser of its output says. */
import { FlexorError } from '../base/errors.js';
import type { ChainStage } from '../model/chain.js';
import type { Quantiser } from '../model/types.js';
import type { Interval } from './shapes.js';
import type { Requantiser } from './types.js';

/** True for a quantiser whose every step begins just above an integer. */
export function roundsUp(quantiser: Quantiser | null): boolean {
  return quantiser?.kind === 'uniform' && (quantiser.rounding === 'ceil' || quantiser.rounding === 'away');
}

/** ⌈z/2^sh⌉ is ⌊(z + 2^sh − 1)/2^sh⌋: an integer stays what it is. */
export function belowWhole<T extends { readonly requantiser: Requantiser }>(lowered: T): T {
  const { requantiser } = lowered;
  return { ...lowered, requantiser: { ...requantiser, beta: requantiser.beta.map((beta) => beta - 1) } };
}

/**
 * What turns the requantiser's rounding, floor(x + 1/2), into that of a quantiser; in units of the output. Where layers have
 * no exact integers (several planes of binary codes, an addition) the rule holds but for values next to a step.
 */
export function roundingOffset(quantiser: Quantiser, { low }: Interval, name: string): number {
  if (quantiser.kind === 'bipolar') {
    // 1 where x ≥ 0: floor(x/(2·scale) + 1), clamped to 0 and 1. Two signed bits would round small values to 0.
    if (low === 0) return 0.5;
    throw new FlexorError(
      'unsupported',
      `layer ${name}: a bipolar output that needs a 0 (padding behind it) must come from weights of one plane without an ` +
        'addition; leave out the padding, or quantise to 2 bits',
    );
  }
  switch (quantiser.rounding) {
    case 'floor':
      return -0.5;
    case 'ceil':
      // One unit of z less than this: `roundsUp`.
      return 0.5;
    case 'to-zero':
    case 'away':
      if (low >= 0) return quantiser.rounding === 'away' ? 0.5 : -0.5;
      throw new FlexorError(
        'unsupported',
        `layer ${name}: a signed output that rounds '${quantiser.rounding}' must come from weights of one plane without an ` +
          "addition; round 'half-even' or 'floor'",
      );
    default:
      return 0;
  }
}

/** The output's limits, narrowed by a clamp at the end of the chain. */
export function clampOf(stages: readonly ChainStage[], scale: number, { low, high }: Interval): Interval {
  for (const stage of stages) {
    if (stage.kind !== 'clamp') continue;
    if (stage.low !== null) low = Math.max(low, Math.min(high, Math.round(stage.low / scale)));
    if (stage.high !== null) high = Math.min(high, Math.max(low, Math.round(stage.high / scale)));
  }
  return { low, high };
}
