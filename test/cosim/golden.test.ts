/** The designs behind the golden files (test/golden) work: in Verilator and in Icarus, with stalls and without. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import { cosimulateIcarus } from '../../src/cosim/icarus.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import {
  CHAIN_FOLD,
  chainNetwork,
  RESIDUAL_FOLD,
  residualNetwork,
  SMALLEST_FOLD,
  smallestNetwork,
} from '../support/golden.js';
import { randomImages } from '../support/random-network.js';

test.each([
  ['chain', chainNetwork(), CHAIN_FOLD],
  ['smallest', smallestNetwork(), SMALLEST_FOLD],
  ['residual', residualNetwork(), RESIDUAL_FOLD],
])('%s', async (_, network, fold) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'flexor-golden-')), 'design');
  const design = makeDesign(network, { fold });
  writeDesign(generateRtl(design), folder);
  const common = { folder, design, images: randomImages(network, 4, 1), seed: 1, layers: true };
  for (const stalls of [0, 40]) {
    const results = [
      await cosimulate({ ...common, stalls, optimise: 'build-time' }),
      await cosimulateIcarus({ ...common, stalls }),
    ];
    for (const result of results) expect(result).toMatchObject({ failure: null, passed: true, mismatches: 0 });
  }
  rmSync(join(folder, '..'), { recursive: true });
});
