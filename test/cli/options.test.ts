/** Parsers of option values: what they take, and that an error names every legal value. */
import { describe, expect, test } from 'vitest';
import { assignments, integer, wordOr } from '../../src/cli/options/values.js';
import { flexor } from '../support/cli.js';

describe('a word or a number', () => {
  const parse = wordOr(['shallow', 'free'] as const, integer(0, 512));

  test('takes both', () => {
    expect(['shallow', 'free', '0', '512'].map(parse)).toEqual(['shallow', 'free', 0, 512]);
  });

  test.each(['deep', '-1', '513', ''])('refuses %j and names what it takes', (text) => {
    expect(() => parse(text)).toThrow('Must be an integer from 0 to 512, or shallow or free.');
  });
});

describe('bits of layers', () => {
  const parse = assignments(integer(1, 16));

  test('are names and numbers with commas between them', () => {
    expect(parse('conv1=6, a=b=16')).toEqual({ conv1: 6, 'a=b': 16 });
  });

  test.each([
    ['conv1', "Must be like name=value, got 'conv1'."],
    ['=6', "Must be like name=value, got '=6'."],
    ['a=1,a=2', "Names 'a' twice."],
    ['a=17', 'Must be an integer from 1 to 16.'],
  ])('refuse %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

test.each([
  [
    ['train', 'lenet5', '-o', 'x.flexor', '--taps', 'foo'],
    /'--taps <n>'.*an integer of at least 1, or random or identity or systematic\./,
  ],
  [
    ['train', 'lenet5', '-o', 'x.flexor', '--alpha', 'foo'],
    /'--alpha <value>'.*a number of at least 1e-9, or fan-in\./,
  ],
  [
    ['design-xor', '--nin', '8', '--nout', '10', '--taps', 'foo'],
    /'--taps <n>'.*an integer from 1 to 512, or random\./,
  ],
  [['gen-rtl', 'x.flexor', '-o', 'x', '--xor-depth', 'foo'], /'--xor-depth <d>'.*from 0 to 512, or shallow or free\./],
])('%j names the legal values in one line', async (args, words) => {
  const { code, stderr } = await flexor(...args);
  expect(code).toBe(2);
  expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(words)]);
});
