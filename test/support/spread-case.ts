/** Random cases with what `random-case.ts` leaves out by default: depthwise and grouped convolutions, dilation, concatenation. */
import { isWeighted } from '../../src/graph/order.js';
import { randomCase, runCase, type RandomCase } from './random-case.js';

const OPTIONS = { spread: true, maxLayers: 4, maxSide: 7, maxWork: 30_000 };

export const SPREAD_FEATURES = ['concat', 'depthwise', 'dilation', 'grouped'] as const;
export type SpreadFeature = (typeof SPREAD_FEATURES)[number];

/** The case of a seed; some have none of the features. */
export function spreadCase(seed: number): RandomCase {
  return randomCase(seed, OPTIONS);
}

/** What has no counterpart in networks without these layers. */
export function spreadFeatures({ network }: RandomCase): Set<SpreadFeature> {
  const found = network.nodes.flatMap((node): SpreadFeature[] => {
    if (node.kind === 'concat') return ['concat'];
    if (!isWeighted(node) || node.kind !== 'conv') return [];
    const { groups, dilation, kernel, inputTensor } = node;
    const depthwise = groups === inputTensor.shape.channels ? 'depthwise' : 'grouped';
    const apart = dilation.some((d, i) => d > 1 && kernel[i]! > 1);
    return [...(groups > 1 ? ([depthwise] as const) : []), ...(apart ? (['dilation'] as const) : [])];
  });
  return new Set(found);
}

/** Runs a case without stalls, where every cycle must be as predicted, and with stalls; null where it passes. */
export function runSpreadCase(which: RandomCase): Promise<string | null> {
  return runCase({ ...which, runs: which.runs.slice(0, 2) });
}
