/** Random networks with depthwise and grouped convolutions, dilation and concatenations through the RTL. */
import { expect, test } from 'vitest';
import { isWeighted } from '../../src/fixed/shapes.js';
import { randomCase, runCase } from '../support/random-case.js';

const FEATURES = ['concat', 'depthwise', 'dilation', 'grouped'];
/** Cases of each feature, and the first seed; more of them with these variables. */
const CASES = Number(process.env['FLEXOR_SPREAD_CASES'] ?? 2);
const FIRST = Number(process.env['FLEXOR_SPREAD_FIRST'] ?? 9000);
const OPTIONS = { spread: true, maxLayers: 4, maxSide: 7, maxWork: 30_000 };

/** What has no counterpart in networks without these layers. */
function featuresOf({ network }: ReturnType<typeof randomCase>): string[] {
  return network.nodes.flatMap((node) => {
    if (node.kind === 'concat') return 'concat';
    if (!isWeighted(node) || node.kind !== 'conv') return [];
    const { groups, dilation, kernel, inputTensor } = node;
    const depthwise = groups === inputTensor.shape.channels ? 'depthwise' : 'grouped';
    const apart = dilation.some((d, i) => d > 1 && kernel[i]! > 1);
    return [...(groups > 1 ? [depthwise] : []), ...(apart ? ['dilation'] : [])];
  });
}

test('values and cycles are those of the simulator and of the schedule', { timeout: 3_600_000 }, async () => {
  const seen = new Map(FEATURES.map((feature) => [feature, 0]));
  for (let seed = FIRST; [...seen.values()].some((count) => count < CASES); seed++) {
    const which = randomCase(seed, OPTIONS);
    const features = new Set(featuresOf(which));
    if (![...features].some((feature) => seen.get(feature)! < CASES)) continue;
    expect(await runCase({ ...which, runs: which.runs.slice(0, 2) })).toBeNull();
    for (const feature of features) seen.set(feature, seen.get(feature)! + 1);
  }
});
