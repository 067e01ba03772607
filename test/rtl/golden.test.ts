/** Generated files and error texts against test/golden. FLEXOR_UPDATE_GOLDEN=1 rewrites them (test/README.md). */
import { expect, test } from 'vitest';
import { oneLine } from '../../src/base/errors.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { verilogName } from '../../src/rtl/text.js';
import type { Fold, RtlFiles } from '../../src/rtl/types.js';
import { checkedFold, foldForCycles } from '../../src/rtl/solve/choose.js';
import {
  CHAIN_FOLD,
  chainNetwork,
  expectGolden,
  RESIDUAL_FOLD,
  residualNetwork,
  SMALLEST_FOLD,
  smallestNetwork,
} from '../support/golden.js';

/** Everything but the copies of hw/, which have their own tests. */
function ownFiles({ files, manifest }: RtlFiles): Map<string, string> {
  const library = manifest.verilog.filter((path) => path.startsWith('rtl/flexor_'));
  return new Map([...files].filter(([path]) => !library.includes(path)));
}

test('a chain of every kind of layer', () => {
  const design = generateRtl(makeDesign(chainNetwork(), { fold: CHAIN_FOLD }));
  const used = design.manifest.verilog.join();
  for (const module of ['window_serial', 'window_banked', 'vector_buffer', 'stream_pool'])
    expect(used).toContain(module);
  expectGolden('chain', ownFiles(design));
});

test('the smallest network', () => {
  const design = generateRtl(makeDesign(smallestNetwork(), { fold: SMALLEST_FOLD }));
  expectGolden('smallest', ownFiles(design));
});

test('residual blocks', () => {
  const design = generateRtl(makeDesign(residualNetwork(), { fold: RESIDUAL_FOLD }));
  const used = design.manifest.verilog.join();
  for (const module of ['fork', 'fifo_ram', 'subsample', 'sum_pool']) expect(used).toContain(module);
  expectGolden('residual', ownFiles(design));
});

test('error texts', () => {
  const network = chainNetwork();
  const fold = (given: Fold) => () => checkedFold(network, given);
  const faults: [what: string, action: () => unknown][] = [
    ['PE that does not divide', fold({ conv1: { pe: 3, simd: 1 } })],
    ['PE below 1', fold({ conv1: { pe: 0, simd: 1 } })],
    ['SIMD beyond the window', fold({ conv1: { pe: 4, simd: 10 } })],
    ['SIMD that leaves a lane idle', fold({ dense4: { pe: 1, simd: 40 } })],
    ['SIMD that no window unit feeds', fold({ conv3: { pe: 6, simd: 3 } })],
    ['layer that is not there', fold({ conv9: { pe: 1, simd: 1 } })],
    ['pool in a fold', fold({ maxpool2: { pe: 1, simd: 1 } })],
    ['target below what comes in', () => foldForCycles(network, 35)],
    ['name without a letter', () => verilogName('--')],
  ];
  const text = faults.map(([what, action]) => {
    let message = 'no error';
    try {
      action();
    } catch (error) {
      message = oneLine(error);
    }
    return `${what}:\n  ${message}\n`;
  });
  expectGolden('errors', new Map([['rtl.txt', text.join('')]]));
  expect(text.join('')).not.toContain('no error');
  expect(text.join('')).not.toContain('internal:');
});
