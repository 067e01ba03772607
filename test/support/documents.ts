/** The commands of a page, run as a reader would type them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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
  try {
    symlinkSync(resolve('examples'), join(folder, 'examples'));
  } catch {
    // An earlier block has made it.
  }
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', block], { cwd: folder, env, encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}
