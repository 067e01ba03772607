/** What a user can choose when a model becomes an integer network. */
import { FlexorError } from '../base/errors.js';
import { MAX_MULTIPLIER_BITS } from './verify-weights.js';
import type { LoweredBits } from './types.js';
import { MAX_ACTIVATION_BITS } from './verify.js';

export interface LowerOptions {
  /** A: bits of hidden activations; 8. */
  readonly activationBits?: number | undefined;
  /** Bits of the outputs of these layers instead (convolution, dense, addition), by name. */
  readonly layerBits?: Readonly<Record<string, number>> | undefined;
  /** M: bits of the requantiser's multipliers, sign included; 16. */
  readonly multiplierBits?: number | undefined;
  /** Bits of the network's input; 8. */
  readonly inputBits?: number | undefined;
  /** Binary planes of layers that the model keeps at full precision; 8. */
  readonly floatBits?: number | undefined;
  /** Hardware shall let other weights be loaded, so that widths must hold for any of them; false. */
  readonly loadable?: boolean | undefined;
  /** Shifts of hardware that this model is to be loaded into, by layer of the integer network. */
  readonly shifts?: ReadonlyMap<string, number> | undefined;
}

/** Bits where the user does not say. */
export const DEFAULT_BITS = { activationBits: 8, multiplierBits: 16, inputBits: 8, floatBits: 8 } as const;

/** What the user chose, completed. */
export function loweredBits(options: LowerOptions): LoweredBits {
  const { activationBits, multiplierBits, inputBits, floatBits } = DEFAULT_BITS;
  return {
    activationBits: options.activationBits ?? activationBits,
    layerBits: options.layerBits ?? {},
    multiplierBits: options.multiplierBits ?? multiplierBits,
    inputBits: options.inputBits ?? inputBits,
    floatBits: options.floatBits ?? floatBits,
  };
}

/** Most planes of a full-precision layer. */
export const MAX_FLOAT_BITS = 8;

/** `layers`: names that layerBits may have, those whose outputs are rounded. */
export function checkLowerOptions(options: LowerOptions, layers: readonly string[]): void {
  checkBits('activation bits', options.activationBits, 1, MAX_ACTIVATION_BITS);
  checkBits('input bits', options.inputBits, 1, MAX_ACTIVATION_BITS);
  checkBits('multiplier bits', options.multiplierBits, 2, MAX_MULTIPLIER_BITS);
  checkBits('bits of full-precision layers', options.floatBits, 1, MAX_FLOAT_BITS);
  for (const [name, bits] of Object.entries(options.layerBits ?? {})) {
    if (!layers.includes(name)) {
      throw new FlexorError(
        'usage',
        `activation bits name layer ${name}; the layers with bits are ${layers.join(', ')}`,
      );
    }
    checkBits(`activation bits of layer ${name}`, bits, 1, MAX_ACTIVATION_BITS);
  }
}

function checkBits(what: string, bits: number | undefined, least: number, most: number): void {
  if (bits === undefined || (Number.isInteger(bits) && bits >= least && bits <= most)) return;
  throw new FlexorError('usage', `${what} must be an integer from ${least} to ${most}, got ${bits}`);
}
