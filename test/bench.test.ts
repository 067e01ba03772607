/** The tools of bench/ run on the built toolchain, which types do not check: what they import must be exported. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const FILES = readdirSync('bench', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.js'))
  .map((name) => join('bench', name));

/** The source of what a tool imports: TypeScript of what lies in dist/, else the file itself. */
function sourceOf(importer: string, path: string): string {
  const file = resolve(importer, '..', path);
  return file.startsWith(resolve('dist')) ? file.replace(resolve('dist'), resolve('src')).replace(/js$/, 'ts') : file;
}

test.each(FILES)('%s imports what there is', (file) => {
  const imports = readFileSync(file, 'utf8').matchAll(/import \{([^}]*)\} from '(\.[^']+)'/g);
  const missing = [...imports].flatMap(([, list, path]) => {
    const source = sourceOf(file, path!);
    const text = existsSync(source) ? readFileSync(source, 'utf8') : '';
    const names = list!.split(',').map((name) => name.trim().split(' as ')[0]!);
    const exported = (name: string): boolean =>
      new RegExp(`^export (async )?(const|let|function|class) ${name}\\b|^export \\{[^}]*\\b${name}\\b`, 'm').test(
        text,
      );
    return names.filter((name) => name !== '' && !exported(name)).map((name) => `${name} from ${path!}`);
  });
  expect(missing).toEqual([]);
});
