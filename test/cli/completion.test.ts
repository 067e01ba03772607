/** Completion of the command line, as a shell does it with the script that `flexor completion` prints. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/list.js';
import { flexor, flexorEach } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-completion-'));
const script = join(folder, 'flexor.bash');

beforeAll(async () => {
  const { code, stdout, stderr } = await flexor('completion', 'bash');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  writeFileSync(script, stdout);
  writeFileSync(join(folder, 'a model.flexor'), '');
  mkdirSync(join(folder, 'data'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const program = `
    source ${script}
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _flexor
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', program, 'bash', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').filter((line) => line !== '');
}

test('commands, and the same for help', () => {
  const names = commands.map(({ name }) => name);
  expect(offered('flexor', '')).toEqual([...names, 'help', '--help', '--version']);
  expect(offered('flexor', 'help', '')).toEqual(names);
  expect(offered('flexor', 'pri')).toEqual(['price', 'price-sweep']);
});

test('options of a command, in every place behind it', () => {
  expect(offered('flexor', 'fold', '--max')).toEqual([
    '--max-luts',
    '--max-multipliers',
    '--max-memory-bits',
    '--max-bram18',
  ]);
  expect(offered('flexor', 'train', 'lenet5', '--seed', '1', '--check')).toEqual([
    '--checkpoint',
    '--checkpoint-minutes',
  ]);
  expect(offered('gen-rtl', '--vec')).toEqual(['--vectors']);
});

test('choices, files and folders as values', () => {
  expect(offered('flexor', 'area', 'm.flexor', '--target', 'x')).toEqual(['xcup', 'xc7']);
  expect(offered('flexor', 'price', 'm.flexor', '--target', 'a')).toEqual(['asic']);
  expect(offered('flexor', 'train', '--taps', 's')).toEqual(['systematic']);
  expect(offered('flexor', 'train', 'r')).toEqual(['resnet20', 'resnet32', 'resnet18']);
  expect(offered('flexor', 'inspect', 'a')).toEqual(['a model.flexor']);
  expect(offered('flexor', 'gen-rtl', 'm.flexor', '-o', '')).toEqual(['data']);
  expect(offered('flexor', 'fold', 'm.flexor', '--fold', 'd')).toEqual(['data']);
  expect(offered('flexor', 'simulate', 'm.flexor', '--images', '')).toEqual([]);
  expect(offered('flexor', 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
});

test('each shell gets every command and every option', async () => {
  const [zsh, fish] = (await flexorEach(['zsh', 'fish'].map((shell) => ['completion', shell]))).map(
    ({ stdout }) => stdout,
  ) as [string, string];
  expect(zsh).toMatch(/^#compdef flexor gen-rtl\n/);
  const helps = await flexorEach(commands.map(({ name }) => [name, '--help']));
  for (const [i, { name }] of commands.entries()) {
    const help = helps[i]!.stdout;
    const options = [...new Set([...help.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, option]) => option!))];
    const part = zsh.slice(zsh.indexOf(`\n    ${name})\n`)).split(';;')[0]!;
    for (const option of options) {
      expect(part, `zsh: ${name}`).toContain(`--${option}`);
      expect(fish, `fish: ${name}`).toMatch(new RegExp(`seen_subcommand_from ${name}' .*-l ${option}\\b`));
    }
  }
});

test('an unknown shell is a wrong command line', async () => {
  expect(await flexor('completion', 'tcsh')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Must be one of bash, zsh, fish.'),
  });
});
