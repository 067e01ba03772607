/** The one reader of JSON. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { parseJson, readJson } from '../../src/base/json.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-json-'));
afterAll(() => rmSync(folder, { recursive: true }));

const parse = (text: string): unknown => parseJson(text, (rule) => new FlexorError('data', rule));

describe('JSON from anywhere', () => {
  it('is read with a byte-order mark in front', () => {
    const path = join(folder, 'bom.json');
    writeFileSync(path, '\uFEFF{"a": [1, "x:y"]}');
    expect(readJson(path, 'data')).toEqual({ a: [1, 'x:y'] });
    expect(parse('\uFEFF[]')).toEqual([]);
  });

  it.each([
    ['{"a":1,"a":2}', 'must not repeat a key of an object, got one twice'],
    ['{"a":{"b":1,"c":{},"b":2}}', 'must not repeat a key of an object, got one twice'],
    ['{"__proto__":1,"__proto__":2}', 'must not repeat a key of an object, got one twice'],
    ['[{"a":{"__proto__":{"pe":1}}}]', 'must not have the key __proto__'],
    [`${'['.repeat(33)}${']'.repeat(33)}`, 'must nest at most 32 levels deep, got 33'],
    ['{"a":', 'must be JSON, got: '],
    ['', 'must be JSON, got: '],
  ])('%s is refused', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('names the file in one line', () => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, '{"a"\n:\u0000');
    expect(() => readJson(path, 'fold')).toThrow(
      expect.objectContaining({
        code: 'fold',
        message: expect.stringMatching(/^.*broken.json: must be JSON/),
      }),
    );
  });
});
