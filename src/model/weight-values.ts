/** Weights of any encoding as the real numbers that they stand for. */
import { planeCodes } from './evaluate-node.js';
import type { LayerWeights } from './types.js';

/** `count` weights, index v·C_out + c: Σ α_i·b_i of codes, scale·k of integers. */
export function realWeights(weights: LayerWeights, count: number, outChannels: number): Float32Array {
  switch (weights.encoding) {
    case 'float':
      return weights.values.slice();
    case 'int':
      return Float32Array.from(weights.values, (k, f) => k * weights.scale[f % outChannels]!);
    case 'xor': {
      const sums = new Float64Array(count);
      for (const plane of weights.planes) {
        planeCodes(plane, count).forEach((bit, f) => {
          const alpha = plane.alpha[f % outChannels]!;
          sums[f]! += bit === 1 ? alpha : -alpha;
        });
      }
      return Float32Array.from(sums);
    }
  }
}
