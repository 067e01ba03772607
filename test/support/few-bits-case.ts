/** Random cases with activations of few bits, whose layers search thresholds or multiply, whichever is cheaper. */
import { formatRange } from '../../src/fixed/shapes.js';
import { isWeighted } from '../../src/graph/order.js';
import { planNetwork } from '../../src/rtl/plan.js';
import { randomCase, runCase, type RandomCase } from './random-case.js';

/** Most bits of a case's tensors, seed by seed. */
const MOST_BITS = [2, 3, 4, 2, 2, 8, 2, 4];

export const FEW_BITS_FEATURES = [
  ...['thresholds of 1 bit', 'thresholds of 2 bits', 'thresholds of 3 bits', 'thresholds of 4 bits', 'multipliers'],
  ...['falling', 'several a beat', 'joined planes', 'signed input', 'signed output', 'fewer levels than the format'],
] as const;
export type FewBitsFeature = (typeof FEW_BITS_FEATURES)[number];

/** The case of a seed. */
export function fewBitsCase(seed: number): RandomCase {
  const maxBits = MOST_BITS[seed % MOST_BITS.length]!;
  return randomCase(seed, { maxBits, maxLayers: 4, maxSide: 7, maxWork: 30_000 });
}

/** What the layers of its design do. */
export function fewBitsFeatures(which: RandomCase): Set<FewBitsFeature> {
  const found = new Set<FewBitsFeature>();
  for (const layer of planNetwork(which.network, which.fold).layers) {
    if (layer.kind !== 'weighted' || !isWeighted(layer.node)) continue;
    const { node, thresholds, widths } = layer;
    const { output, joined } = node.requantiser;
    if (output === null) continue;
    if (thresholds === null) {
      found.add('multipliers');
      continue;
    }
    const { format } = node.outputTensor;
    const range = formatRange(format);
    found.add(`thresholds of ${format.bits} bit${format.bits === 1 ? '' : 's'}` as FewBitsFeature);
    if (thresholds.falls) found.add('falling');
    if (widths.output > 1) found.add('several a beat');
    if (joined) found.add('joined planes');
    if (node.inputTensor.format.signed) found.add('signed input');
    if (format.signed) found.add('signed output');
    if (output.low > range.low || output.high < range.high) found.add('fewer levels than the format');
  }
  return found;
}

/** Runs a case without stalls, where every cycle must be as predicted, and with stalls; null where it passes. */
export function runFewBitsCase(which: RandomCase): Promise<string | null> {
  return runCase({ ...which, runs: which.runs.slice(0, 2) });
}
