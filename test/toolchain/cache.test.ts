import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCleanups } from '../../src/base/cleanup.js';
import { cacheKey, cachedFolder } from '../../src/toolchain/cache.js';

let cache = '';
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'flexor-cache-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

const fill =
  (text: string, wait = 0) =>
  async (folder: string): Promise<void> => {
    await sleep(wait);
    writeFileSync(join(folder, 'out'), text);
  };

describe('cached folders', () => {
  test('are built once', async () => {
    const first = await cachedFolder(cache, 'kind', 'key', fill('one'));
    const second = await cachedFolder(cache, 'kind', 'key', fill('two'));
    expect([first.cached, second.cached]).toEqual([false, true]);
    expect(readFileSync(join(second.folder, 'out'), 'utf8')).toBe('one');
    expect((await cachedFolder(cache, 'kind', 'other', fill('two'))).cached).toBe(false);
  });

  test('a failed build leaves nothing', async () => {
    const failing = cachedFolder(cache, 'kind', 'key', async (folder) => {
      await fill('half')(folder);
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    expect(readdirSync(join(cache, 'kind'))).toEqual([]);
  });

  test('two builds of one key at once both get a whole folder', async () => {
    const both = await Promise.all([
      cachedFolder(cache, 'kind', 'key', fill('same', 20)),
      cachedFolder(cache, 'kind', 'key', fill('same', 30)),
    ]);
    for (const { folder } of both) expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('same');
    expect(readdirSync(join(cache, 'kind'))).toEqual(['key']);
  });

  test('an interrupt removes what is half built', async () => {
    const building = cachedFolder(cache, 'kind', 'key', async (folder) => {
      expect(existsSync(folder)).toBe(true);
      runCleanups();
      expect(existsSync(folder)).toBe(false);
      throw new Error('interrupted');
    });
    await expect(building).rejects.toThrow('interrupted');
    expect(readdirSync(join(cache, 'kind'))).toEqual([]);
  });

  test('a cache that cannot be written', async () => {
    const file = join(cache, 'file');
    writeFileSync(file, '');
    await expect(cachedFolder(file, 'kind', 'key', fill(''))).rejects.toThrow(
      /^cannot create .*file is a file, not a folder$/,
    );
  });

  test('keys keep the boundaries of their parts', () => {
    expect(cacheKey(['ab', 'c'])).not.toBe(cacheKey(['a', 'bc']));
    expect(cacheKey(['a', 'b'])).not.toBe(cacheKey(['b', 'a']));
    expect(cacheKey(['a', Buffer.from('b')])).toBe(cacheKey(['a', 'b']));
  });

  test('the least recently used entries go when there are too many', async () => {
    const folder = join(cache, 'kind');
    for (let i = 0; i < 402; i++) mkdirSync(join(folder, `old${i}`), { recursive: true });
    const { execFileSync } = await import('node:child_process');
    execFileSync('sh', ['-c', `touch -d '2 days ago' ${folder}/*`]);
    execFileSync('sh', ['-c', `touch -d '3 days ago' ${folder}/old7 ${folder}/old8 ${folder}/old9`]);
    await cachedFolder(cache, 'kind', 'new', fill(''));
    const left = readdirSync(folder);
    expect(left).toHaveLength(400);
    expect(left).toContain('new');
    for (const gone of ['old7', 'old8', 'old9']) expect(left).not.toContain(gone);
  });
});
