/** 500 random models through the executable specification (test/fixed/reference.test.ts runs a few). */
import { expect, it } from 'vitest';
import { compareWithReference } from '../support/reference-run.js';

const MODELS = 500;
const AT_ONCE = 100;

it('agrees on 500 random models', async () => {
  for (let seed = 1000; seed < 1000 + MODELS; seed += AT_ONCE) {
    const { code, output } = await compareWithReference(seed, AT_ONCE);
    const wrong = output.split('\n').filter((line) => line !== '' && !/: 0 of \d+ integers differ$/.test(line));
    expect({ code, wrong }).toEqual({ code: 0, wrong: [] });
  }
});
