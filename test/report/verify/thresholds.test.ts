/** `flexor verify` reads the thresholds of a design from its memory files, and finds every changed bit that matters. */
import { expect, test } from 'vitest';
import { isWeighted } from '../../../src/graph/order.js';
import { checkStored } from '../../../src/report/verify/stored.js';
import { caseDesign } from '../../support/random-case.js';
import { fewBitsCase, fewBitsFeatures } from '../../support/few-bits-case.js';

const FIRST = 4_000;
const LAYERS = 6;

test('thresholds of random designs are those of the network, and a changed one is found', () => {
  const seen = { layers: 0, found: 0 };
  for (let seed = FIRST; seen.layers < LAYERS; seed++) {
    const which = fewBitsCase(seed);
    if (![...fewBitsFeatures(which)].some((feature) => feature.startsWith('thresholds'))) continue;
    const { design, files } = caseDesign(which);
    for (const [i, layer] of design.plan.layers.entries()) {
      if (layer.kind !== 'weighted' || layer.thresholds === null || !isWeighted(layer.node)) continue;
      if (layer.weights === 'stream') continue;
      seen.layers++;
      const slices = layer.node.planes.map(({ encrypted }) => encrypted);
      const verilog = files.get(`rtl/${design.names.layerModules[i]!}.v`)!;
      const check = (read: (path: string) => string) => checkStored(layer, slices, { read, verilog, stream: null });
      expect(check((path) => files.get(path)!)).toMatchObject({ wrongBits: 0, fault: null });
      // The lowest bit of the first threshold of the first beat.
      const changed = (text: string): string =>
        text.replace(/.\n/, (end) => `${(parseInt(end[0]!, 16) ^ 1).toString(16)}\n`);
      const { fault } = check((path) => (path.endsWith('_scales.mem') ? changed(files.get(path)!) : files.get(path)!));
      if (fault !== null) {
        seen.found++;
        expect(fault).toMatch(/^layer \w+: mem\/\w+_scales\.mem line 1: .*channel 0 /);
      }
    }
  }
  // A threshold at an end of what the sum can be may move without a change.
  expect(seen.found).toBeGreaterThan(seen.layers / 2);
});
