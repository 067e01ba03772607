/** The paths of a requantiser: planes that are joined, product, sum, clamp. */
import { beatsOf } from '../../beats.js';
import { multiplierBlocks } from '../../cost/multiplier.js';
import { chain, luts, path, romLuts } from '../../timing/path.js';
import { dotPaths } from '../group-sums.js';
import type { PathStep, TimingPath } from '../types.js';
import type { RequantiserParameters } from './parameters.js';

/** Inputs of a DSP block on the net of a sign. */
const SIGN_LOADS = 64;

/**
 * A product: in a DSP block, of which Yosys uses the register of the output alone, in several whose parts are added behind
 * them, or of LUTs.
 */
function productPath(module: string, a: number, b: number): TimingPath {
  const blocks = multiplierBlocks(a, b);
  const name = 'product';
  if (blocks === 1) {
    return path(name, { module, to: 'multiplier', fanOut: SIGN_LOADS }, []);
  }
  if (blocks > 1) return path(name, { module }, [[{ fanOut: SIGN_LOADS, cell: 'multiplier', bits: 0 }], chain(a + b)]);
  return path(name, { module }, added(Math.ceil(Math.log2(Math.max(2, Math.min(a, b)))), a + b, 8));
}

/** Adders behind one another. */
function added(adders: number, bits: number, fanOut = 1): PathStep[][] {
  return Array.from({ length: adders }, (_, i) => chain(bits, i === 0 ? fanOut : 1));
}

export function requantiserTiming(unit: RequantiserParameters): TimingPath[] {
  const {
    pe,
    groups,
    width,
    planes,
    joined,
    factorBits,
    multiplierBits,
    scaledBits,
    shift,
    outBits,
    residual,
    product = 0,
  } = unit;
  const module = 'flexor_scaler';
  const factors = joined ? 1 : planes;
  const blocks = multiplierBlocks(factorBits, multiplierBits);
  const from = blocks === 1 ? 'multiplier' : 'register';
  const terms = factors + (residual !== null && product === 0 ? 1 : 0);
  return [
    ...dotPaths(unit, module),
    path('table of multipliers', { module: 'flexor_scale_rom' }, [romLuts(beatsOf(pe * groups, width))]),
    productPath(module, factorBits, multiplierBits),
    ...(residual === null ? [] : [productPath('flexor_residual_term', residual.bits + 1, residual.multiplierBits)]),
    path('sum of products', { module, from }, added(Math.ceil(Math.log2(terms + 1)), scaledBits)),
    ...(shift === null ? [] : [path('clamp', { module, fanOut: 8 }, [chain(scaledBits - shift, 4), luts(1, outBits)])]),
  ];
}
