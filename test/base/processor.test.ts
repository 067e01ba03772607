/** The name that machine code for one processor is kept under. */
import { expect, it } from 'vitest';
import { processorName } from '../../src/base/processor.js';

const cpuInfo = (flags: string): string => `processor\t: 0\nflags\t\t: ${flags}\nbogomips\t: 5000\n`;

it('differs where the same model has other instruction sets, and not with the clock', () => {
  const name = processorName(cpuInfo('fpu avx2 avx512f'));
  expect(processorName(cpuInfo('fpu avx2'))).not.toBe(name);
  expect(processorName(cpuInfo('fpu avx2 avx512f').replace('5000', '4999'))).toBe(name);
  expect(processorName(cpuInfo('fpu avx2').replace('flags', 'Features'))).not.toBe(processorName(''));
  expect(processorName()).toBe(processorName());
});
