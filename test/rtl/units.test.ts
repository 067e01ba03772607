/** The home of hardware units: every folder is a unit or what units share, and hardly any file outside it names a unit. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hardwareUnit, UNITS } from '../../src/rtl/units/index.js';

const FOLDER = 'src/rtl/units';
/** What several units share. */
const SHARED = ['fork', 'pool', 'weight-source', 'window'];
/** The list of units, and that of the modules that are proven (npm run prove). */
const LISTS = [`${FOLDER}/index.ts`, 'src/report/prove/prove.ts'];
/** Files that may name a unit besides its own folder and the list. */
const MOST_NAMES = 3;

const kebab = (kind: string): string => kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\/|^\s*\/\/.*$/gms, '');
}

const sources = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path, text: withoutComments(readFileSync(path, 'utf8')) }));

/** Files outside its folder that name a unit in their code: import from its folder, or hold the name of one of its modules. */
function named(kind: string, modules: readonly string[]): string[] {
  const folder = `${FOLDER}/${kebab(kind)}/`;
  const words = [`units/${kebab(kind)}/`, ...modules.map((module) => `\\b${module}\\b`)];
  const among = [...words, `'\\.\\./${kebab(kind)}/`];
  return sources
    .filter(({ path }) => !path.startsWith(folder) && !LISTS.includes(path))
    .filter(({ path, text }) => new RegExp((path.startsWith(FOLDER) ? among : words).join('|')).test(text))
    .map(({ path }) => path);
}

describe('hardware units', () => {
  test('have a folder each, and no folder is anything else', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const expected = [...UNITS.map(({ kind }) => kebab(kind)), ...SHARED].sort();
    expect(folders.map(({ name }) => name).sort()).toEqual(expected);
    for (const unit of UNITS) expect(hardwareUnit(unit.kind)).toBe(unit);
  });

  test('have modules of hw/ that exist, each a part of one unit alone', () => {
    const modules = UNITS.flatMap(({ module, parts }) => [...new Set([module, ...Object.keys(parts)])]);
    expect(new Set(modules).size).toBe(modules.length);
    for (const module of modules) expect(readdirSync('hw')).toContain(`${module}.v`);
  });

  test.each(UNITS.map(({ kind, module, parts }) => [kind, [module, ...Object.keys(parts)]] as const))(
    '%s is named in few files outside its folder',
    (kind, modules) => {
      const files = named(kind, modules);
      expect(files.length, files.join(', ')).toBeLessThanOrEqual(MOST_NAMES);
    },
  );
});
