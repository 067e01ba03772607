/** The commands of a page, run as a reader would type them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The shell blocks of a page, in order. */
export function shellBlocks(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block!);
}

/** Runs a block in a folder where `flexor` and the files of the checkout are found; returns what it printed. */
export function runBlock(block: string, folder: string): { readonly code: number | null; readonly output: string } {
  const bin = join(folder, '.bin');
  mkdirSync(bin, { recursive: true });
  const program = join(bin, 'flexor');
  writeFileSync(program, `#!/bin/sh\nexec node ${resolve('lib/flexor.js')} "$@"\n`);
  chmodSync(program, 0o755);
  const python = process.env['FLEXOR_PYTHON'];
  const links = [
    [resolve('examples'), join(folder, 'examples')],
    [resolve('python'), join(folder, 'python')],
    // Debian's python3-torch belongs to Debian's Python, whichever other one comes first.
    [python ?? '/usr/bin/python3', join(bin, 'python3')],
  ] as const;
  for (const [target, link] of links) if (!existsSync(link)) symlinkSync(target, link);
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', block], { cwd: folder, env, encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}
