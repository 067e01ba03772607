/** A short run of `npm run fuzz` (docs/data.md says what a long one found): a seed gives the same inputs, none is a finding. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FlexorError } from '../src/base/errors.js';
import { runNode } from './support/cli.js';

it('changed files of every kind are taken or refused in one line', async () => {
  const { code, stdout, stderr } = await runNode(['scripts/fuzz.js', '--seed', '4', '--inputs', '400']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/400 inputs of seed 4, 0 findings\n$/);
  const lines = stdout.trimEnd().split('\n').slice(0, -1);
  const counts = lines.map((line) => /^(\S+) +(\d+) taken, (\d+) refused$/.exec(line)!.slice(2).map(Number));
  expect(counts).toHaveLength(20);
  for (const [taken, refused] of counts) expect(taken! + refused!).toBe(20);
  // Changes that everything or nothing gets over would test little.
  expect(counts.reduce((sum, [taken]) => sum + taken!, 0)).toBeGreaterThan(25);
  expect(existsSync('build/fuzz/program/main.js')).toBe(true);
});

it('an error is one line without control characters, whatever a file holds', () => {
  expect(new FlexorError('data', 'layer \u0000a\u001b[2J\r\nb\u009b\n').message).toBe('layer ?a?[2J b?');
});
