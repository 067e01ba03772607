/** The decryptors of a layer: those that hold encrypted words or those that shift decrypted ones out, whichever take less. */
import { areaOf, unitCost } from '../../cost/unit-cost.js';
import type { WeightedNode } from '../../lanes.js';
import { registerOf } from '../../pipeline.js';
import type { LayerFold } from '../../types.js';
import { DECRYPTOR } from '../../units/decryptor/cost.js';
import { HELD_DECRYPTOR } from '../../units/held-decryptor/cost.js';
import { place, type PlacedUnit } from '../../units/types.js';
import { isLoaded, lanePhases, sourceOf, wordShape, type WordShape } from '../../weight-memory.js';
import type { WeightedShape } from '../types.js';

export { registerBits, streamActivity, type StreamActivity } from '../../units/decryptor/activity.js';

type Decryptors = Pick<WeightedShape, 'node' | 'fold' | 'holdsWords'>;

const knownTaps = new WeakMap<WeightedNode, number[][]>();

/** Ones in each row of M⊕, by plane; no fold changes them. */
function tapsOf(node: WeightedNode): number[][] {
  let taps = knownTaps.get(node);
  if (taps === undefined) knownTaps.set(node, (taps = node.planes.map(onesOfRows)));
  return taps;
}

function onesOfRows({ nIn, nOut, matrix }: WeightedNode['planes'][number]): number[] {
  return Array.from({ length: nOut }, (_, row) =>
    matrix.subarray(row * nIn, (row + 1) * nIn).reduce((sum, bit) => sum + bit, 0),
  );
}

/** A unit for all lanes of a plane that start in the same place of a slice. */
export function placedDecryptors(
  { node, fold, holdsWords }: Decryptors,
  { slices }: WordShape = wordShape(node, fold),
): PlacedUnit[] {
  const lanes = new Map<number, number>();
  for (const phase of lanePhases(node, fold)) lanes.set(phase, (lanes.get(phase) ?? 0) + 1);
  const loaded = isLoaded(sourceOf(fold));
  return tapsOf(node).flatMap((taps, q) =>
    [...lanes].map(([phase, copies]) => {
      const unit = { taps, slices, pe: fold.pe, phase };
      return holdsWords
        ? place(HELD_DECRYPTOR, { ...unit, nIn: node.planes[q]!.nIn, loaded }, copies)
        : place(DECRYPTOR, { ...unit, load: registerOf(fold, 'load') }, copies);
    }),
  );
}

/**
 * Whether encrypted words are held: what the fold says, else what takes least. A word of one cycle is loaded as it comes, and
 * the register 'load' is one of words that are shifted out.
 */
export function holdsWords(node: WeightedNode, fold: LayerFold): boolean {
  if (fold.decryptor !== undefined) return fold.decryptor === 'hold';
  const shape = wordShape(node, fold);
  if (shape.wordCycles === 1 || registerOf(fold, 'load') === 1) return false;
  const area = (holds: boolean): number =>
    placedDecryptors({ node, fold, holdsWords: holds }, shape).reduce((sum, unit) => sum + areaOf(unitCost(unit)), 0);
  return area(true) < area(false);
}
