/** The choice of unit tests: what can start a process is out, what is plain TypeScript is in. */
import { expect, test } from 'vitest';
import { unitFiles } from './unit-files.js';

const files = unitFiles('.');

test('takes tests of plain TypeScript, most of all there are', () => {
  expect(files.length).toBeGreaterThan(40);
  for (const file of ['test/xor/minimise.test.ts', 'test/fixed/lower.test.ts', 'test/rtl/fold.test.ts']) {
    expect(files).toContain(file);
  }
});

test('leaves out what reaches a process, a thread, a browser or an engine', () => {
  for (const file of files)
    expect(file).not.toMatch(/^test\/(cli\/(area|cosim|sweep)|cosim\/(golden|icarus|random)|hw|library|toolchain)\b/);
  expect(files).not.toContain('test/train/trainer.test.ts');
});
