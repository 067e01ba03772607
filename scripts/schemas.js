/** Writes docs/schemas/COMMAND.json, the JSON schema of each command's `--json`: `npm run build && node scripts/schemas.js`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, 'docs', 'schemas');
const flexor = (...args) =>
  execFileSync(process.execPath, [join(ROOT, 'lib/flexor.js'), ...args], { encoding: 'utf8' });

const names = /^ {2}command +(.*(?:\n {4,}.*)*)/m.exec(flexor('schema', '--help'))[1].split(/,\s+/);
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
for (const name of names) writeFileSync(join(FOLDER, `${name}.json`), flexor('schema', name));
