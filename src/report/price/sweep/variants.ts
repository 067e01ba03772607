/** The matrices of a sweep: drawn from seeds, minimised. */
import { lcm } from '../../../base/bits.js';
import { FlexorError } from '../../../base/errors.js';
import { drawMatrix } from '../../../xor/design.js';
import { DEFAULT_CIRCUIT, hardwareCircuit } from '../../../xor/hardware-circuit.js';
import { rowTaps } from '../../../xor/matrix.js';
import type { MinimisedCircuit } from '../../../xor/minimise.js';
import type { SweepRequest, Taps } from './types.js';

/** N_out, N_in and taps: the matrices of a kind differ in their seeds. */
export interface Kind {
  readonly nOut: number;
  readonly nIn: number;
  readonly ratio: number;
  readonly taps: Taps;
}

/** One M⊕ with its circuit. */
export interface Variant {
  readonly kind: Kind;
  readonly circuit: MinimisedCircuit;
  /** Rows of M⊕ that differ. */
  readonly distinctRows: number;
}

/** Kinds in the order of the report: taps, then N_out, then ratio; ratios that round to the same N_in are one kind. */
export function kindsOf({ outputs, ratios, taps }: SweepRequest): Kind[] {
  return taps.flatMap((tap) =>
    outputs.flatMap((nOut) => {
      const kinds = ratios.map((ratio) => ({ nOut, nIn: Math.max(1, Math.round(ratio * nOut)), ratio, taps: tap }));
      for (const { nIn, ratio } of kinds) {
        if (tap === 'random' || tap <= nIn) continue;
        throw new FlexorError(
          'usage',
          `N_out ${nOut} at ratio ${ratio} has N_in ${nIn}, fewer than ${tap} taps; leave out small N_out or ratios`,
        );
      }
      return kinds.filter(({ nIn }, k) => kinds.findIndex((each) => each.nIn === nIn) === k);
    }),
  );
}

/** Draws one matrix and minimises it as the generator does. */
export function variantOf(kind: Kind, seed: number, iterations: number): Variant {
  const { nIn, nOut, taps } = kind;
  const request = { nIn, nOut, taps: taps === 'random' ? null : taps, firstSeed: seed, seeds: 1 };
  const matrix = drawMatrix(request, seed);
  return {
    kind,
    circuit: hardwareCircuit(matrix, { ...DEFAULT_CIRCUIT, iterations }),
    distinctRows: new Set(rowTaps(matrix).map((row) => row.join(' '))).size,
  };
}

/** XOR circuits side by side in a decryptor that hands out PE bits a cycle: the register holds lcm(N_out, PE) bits. */
export function slicesOf({ nOut }: Kind, pe: number): number {
  return lcm(nOut, pe) / nOut;
}
