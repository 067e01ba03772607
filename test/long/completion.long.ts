/** The completion scripts for zsh and fish in those shells. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { flexor } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-shells-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program in a shell behind its completion script. */
async function inShell(shell: 'zsh' | 'fish', options: string[], program: string): Promise<string[]> {
  const script = join(folder, `flexor.${shell}`);
  writeFileSync(script, (await flexor('completion', shell)).stdout);
  const run = spawnSync(shell, [...options, '-c', program.replace('SCRIPT', script)], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ stderr: run.stderr, status: run.status }).toEqual({ stderr: '', status: 0 });
  return run.stdout.split('\n').map((line) => line.split('\t')[0]!);
}

test('fish offers commands, options and choices', async () => {
  const program =
    'source SCRIPT; complete -C"flexor pri"; complete -C"flexor area m --target x"; complete -C"flexor train --tap"';
  expect(await inShell('fish', [], program)).toEqual(['price', 'price-sweep', 'xc7', 'xcup', '--taps', '']);
});

test('zsh takes the script, and knows the commands by it', async () => {
  const program =
    'autoload -Uz compinit; compinit -D; source SCRIPT; print $_comps[flexor] $_comps[gen-rtl]; whence -w _flexor_command';
  expect(await inShell('zsh', ['-f'], program)).toEqual(['_flexor _flexor', '_flexor_command: function', '']);
});
