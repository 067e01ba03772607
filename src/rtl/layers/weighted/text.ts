/** What heads of generated files say of a layer's weights. */
import { plural } from '../../views/common.js';
import type { WeightedPlan } from '../types.js';

export function bitsPerWeight(layer: WeightedPlan): number {
  return layer.node.planes.reduce((sum, plane) => sum + plane.nIn / plane.nOut, 0);
}

export function weightText(layer: WeightedPlan): string {
  const { nIn, nOut } = layer.node.planes[0]!;
  const planes = layer.node.planes.length;
  const { words, wordBits, wordCycles, rowsPerWord, rowBits } = layer.memory;
  return (
    `N_in ${nIn}, N_out ${nOut}${planes > 1 ? `, ${planes} planes` : ''}: ${+bitsPerWeight(layer).toFixed(3)} bit/weight; ` +
    `${plural(words, 'word')} of ${wordBits} bits, one every ${plural(wordCycles, 'cycle')}` +
    `${rowsPerWord > 1 ? `, from ${rowsPerWord} rows of ${rowBits} bits each` : ''}${layer.weights === 'stream' ? ', from outside' : ''}.`
  );
}
