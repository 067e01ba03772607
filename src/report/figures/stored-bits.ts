/** The bits that hardware has to store for the weights of a model. */
import type { ModelFigures } from './types.js';

/** Bits in the generated memories, or in the file where nothing was synthesised. */
export function storedBits({ area, inventory }: Pick<ModelFigures, 'area' | 'inventory'>): number {
  const { encryptedBits, floatBits } = inventory.totals;
  return area?.weights.storedBits ?? encryptedBits + floatBits;
}
