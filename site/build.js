/**
 * Builds the documentation site into build/site: gathers the Markdown files of the repository and their pictures in
 * site/pages/, where VitePress finds its packages, installs those where they are missing, writes the reference of the
 * library from src/index.ts (TypeDoc; a type that the library names and does not export fails), and runs VitePress.
 * `npm run docs`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const site = dirname(fileURLToPath(import.meta.url));
const root = dirname(site);
const pages = join(site, 'pages');
/** Folders with pages; READMEs of other rooms are linked from docs/architecture.md as files of the repository. */
const FOLDERS = ['docs', 'hw', 'sim', 'models', 'recipes', 'networks', 'native', 'python', 'src', 'test', 'examples'];

rmSync(pages, { recursive: true, force: true });
const isPage = (path) =>
  !/\/(golden|node_modules|build)$/.test(path) && (!/\.\w+$/.test(path) || /\.(md|png|svg|csv)$/.test(path));
for (const name of ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...FOLDERS]) {
  const from = join(root, name);
  if (existsSync(from)) cpSync(from, join(pages, name), { recursive: true, filter: isPage });
}

const run = (command, ...args) => execFileSync(command, args, { cwd: site, stdio: 'inherit' });
if (!['vitepress', 'typedoc'].every((name) => existsSync(join(site, 'node_modules', name)))) run('npm', 'ci');
run('npx', 'typedoc', '--options', 'typedoc.json');
run('npx', 'vitepress', 'build', '.');
