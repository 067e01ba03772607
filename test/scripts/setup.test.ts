/** scripts/setup.sh on machines that lack something, played by a PATH of our own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let bin = '';
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'flexor-setup-'));
  for (const name of ['sh', 'dirname', 'env']) {
    symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(bin, name));
  }
  symlinkSync(process.execPath, join(bin, 'node'));
});
afterEach(() => rmSync(bin, { recursive: true }));

/** A command that runs this shell script. */
function command(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Runs the script where only these commands exist. */
function setup(...args: string[]): { status: number | null; stderr: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FLEXOR_')));
  return spawnSync('sh', ['scripts/setup.sh', ...args], { env: { ...env, PATH: bin }, encoding: 'utf8' });
}

describe('setup', () => {
  test('without the right to install it says what to install', () => {
    command('apt-get', 'exit 1');
    command('id', 'echo 1000');
    for (const tool of ['g++', 'python3']) command(tool, 'true');
    expect(setup()).toMatchObject({
      status: 1,
      stderr: 'setup: missing Debian packages and no right to install them; run: apt-get install verilator iverilog\n',
    });
  });

  test('as root it installs what is missing, reading new package lists once where that fails', () => {
    const log = join(bin, 'log');
    command('apt-get', `echo "$*" >> ${log}; exit 1`);
    command('id', 'echo 0');
    for (const tool of ['verilator', 'iverilog', 'python3']) command(tool, 'true');
    const { status, stderr } = setup();
    expect(status).toBe(1);
    expect(stderr).toMatch(/could not install g\+\+; run: apt-get install g\+\+\n$/);
    const install = 'install -y -q --no-install-recommends g++';
    expect(readFileSync(log, 'utf8')).toBe(`${install}\nupdate -q\n${install}\n`);
  });

  test('through sudo where that needs no password', () => {
    const log = join(bin, 'log');
    command('sudo', `echo "$*" >> ${log}; [ "$2" = true ]`);
    command('apt-get', 'exit 1');
    command('id', 'echo 1000');
    for (const tool of ['verilator', 'g++', 'iverilog']) command(tool, 'true');
    expect(setup().status).toBe(1);
    const calls = readFileSync(log, 'utf8').split('\n');
    expect(calls[0]).toBe('-n true');
    expect(calls[1]).toBe(
      '-n env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3',
    );
  });

  test('on another distribution it names the packages', () => {
    command('id', 'echo 0');
    expect(setup().stderr).toMatch(
      /^setup: missing: verilator g\+\+ iverilog python3; install these \(names of Debian packages\) by hand\n$/,
    );
  });

  test('for the tests it also wants a browser, place and route, make and Tcl', () => {
    command('id', 'echo 0');
    for (const tool of ['verilator', 'g++', 'iverilog', 'python3']) command(tool, 'true');
    expect(setup('test').stderr).toMatch(/^setup: missing: chromium nextpnr-ice40 make tcl; install these/);
  });

  test('for the long tests it also wants a cluster and PyTorch', () => {
    command('id', 'echo 0');
    for (const tool of ['verilator', 'g++', 'iverilog', 'python3']) command(tool, 'true');
    expect(setup('long').stderr).toMatch(/^setup: missing: chromium nextpnr-ice40 make tcl zsh fish slurm-wlm/);
  });

  test('Node must be 20 or newer', () => {
    rmSync(join(bin, 'node'));
    command('node', '[ "$1" = --version ] && echo v18.1.0; exit 1');
    expect(setup()).toMatchObject({ status: 1, stderr: 'setup: Node.js must be at least 20.19, found v18.1.0\n' });
  });
});

test('node_modules is what package-lock.json asks for', () => {
  expect(spawnSync(process.execPath, ['scripts/dependencies-current.js']).status).toBe(0);
});
