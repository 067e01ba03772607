/** What the file helpers say where the file system refuses. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exists } from '../../src/base/files.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-files-'));
const file = join(folder, 'file');
writeFileSync(file, '');
afterAll(() => rmSync(folder, { recursive: true }));

describe('exists', () => {
  it('tells what is there from what is not', () => {
    expect([folder, file, join(folder, 'none'), join(file, 'below a file')].map(exists)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is one clear line where it cannot tell', () => {
    expect(() => exists(join(folder, 'x'.repeat(5000)))).toThrow(
      expect.objectContaining({
        code: 'file-system',
        message: expect.stringMatching(/^cannot look for .*x: the name is too long$/),
      }),
    );
  });
});
