/** Links of the documentation: every one that stays in the repository leads to a file, and to a heading where it names one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders that hold what others made, or what is made from the repository. */
const LEFT_OUT = /(^|\/)(node_modules|dist|build|runs|golden|pages|\.[^/]+)$/;

/** The Markdown files below a folder, by path from the root. */
function markdown(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.test(relative(root, path)) ? [] : markdown(path);
    return entry.name.endsWith('.md') ? [relative(root, path)] : [];
  });
}

const pages = markdown(root).sort();

/** Without code, in which brackets are no links. */
function prose(path: string): string {
  return readFileSync(join(root, path), 'utf8')
    .replace(/^(```|~~~)[^\n]*\n.*?^\1/gms, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ' '));
}

/** The anchors that GitHub gives the headings of a page. */
function anchors(path: string): Set<string> {
  const found = new Map<string, number>();
  const all = new Set<string>();
  for (const [, heading] of readFileSync(join(root, path), 'utf8')
    .replace(/^(```|~~~)[^\n]*\n.*?^\1/gms, '')
    .matchAll(/^#+ +(.*)$/gm)) {
    const slug = heading!
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    const before = found.get(slug) ?? 0;
    found.set(slug, before + 1);
    all.add(before === 0 ? slug : `${slug}-${before}`);
  }
  return all;
}

describe('links of the documentation', () => {
  test('there are pages', () => expect(pages.length).toBeGreaterThan(20));

  test.each(pages)('%s', (path) => {
    const links = [...prose(path).matchAll(/\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)/g)].map(([, link]) => link!);
    const broken = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : join(dirname(path), decodeURIComponent(file));
        if (!existsSync(join(root, target))) return true;
        return anchor !== undefined && target.endsWith('.md') && !anchors(target).has(decodeURIComponent(anchor));
      });
    expect(broken).toEqual([]);
  });
});

test('the sidebar of the documentation site has every page of docs', () => {
  const config = readFileSync(join(root, 'site/.vitepress/config.ts'), 'utf8');
  const listed = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  expect(listed.filter((name) => !config.includes(`'docs/${name.replace(/\.md$/, '')}'`))).toEqual([]);
});
