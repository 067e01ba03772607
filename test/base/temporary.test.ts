/** What a killed run left is removed by the next one, and nothing else is. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeWorkFolder, markKept, temporaryName } from '../../src/base/temporary.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-temporary-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('is removed, but not what runs, is kept, or belongs to others', () => {
  const place = join(folder, 'place');
  mkdirSync(place);
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const alive = process.pid;
  const ours = basename(temporaryName(folder));
  const work = basename(makeWorkFolder(folder, 'flexor-yosys'));
  const of = (name: string, pid: number): string => name.replace(`-${alive}-`, `-${pid}-`);
  const otherMachine = of(ours, dead).replace(/flexor-[0-9a-f]{6}/, 'flexor-zzzzzz');
  for (const name of [ours, of(ours, dead), otherMachine, 'notes.tmp']) writeFileSync(join(place, name), '');
  const kept = of(work, dead).replace(/\w{6}$/, 'kept00');
  for (const name of [work, of(work, dead), kept]) mkdirSync(join(place, name));
  writeFileSync(join(place, of(work, dead), 'half.v'), '');
  markKept(join(place, kept));
  temporaryName(place, 'key');
  expect(readdirSync(place).sort()).toEqual([ours, otherMachine, 'notes.tmp', work, kept].sort());
});
