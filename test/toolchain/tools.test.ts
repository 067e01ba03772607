import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findTool } from '../../src/toolchain/tools.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flexor-tools-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A tool that prints this for any arguments. */
function fake(name: string, output: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${output}'\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('tools', () => {
  test.each(['verilator', 'cxx', 'iverilog', 'vvp'] as const)('%s of this machine is found', async (name) => {
    const tool = await findTool(name);
    expect(tool.path).toMatch(/^\//);
    expect(tool.version).toMatch(/\d+\.\d+/);
  });

  test('a missing tool names the variable, PATH and the Debian package', async () => {
    vi.stubEnv('PATH', folder);
    await expect((async () => findTool('verilator'))()).rejects.toThrow(
      'Verilator not found: neither FLEXOR_VERILATOR is set nor is verilator on PATH; ' +
        'install the Debian package verilator (scripts/setup.sh does) or set FLEXOR_VERILATOR',
    );
  });

  test('the variable goes before PATH', async () => {
    const path = fake('mine', 'Verilator 5.020 2024-01-01 rev v5.020');
    vi.stubEnv('FLEXOR_VERILATOR', path);
    expect(await findTool('verilator')).toEqual({
      name: 'verilator',
      path,
      version: 'Verilator 5.020 2024-01-01 rev v5.020',
    });
  });

  test('a variable that names no executable file', async () => {
    vi.stubEnv('FLEXOR_CXX', join(folder, 'nothing'));
    await expect((async () => findTool('cxx'))()).rejects.toThrow(
      /^FLEXOR_CXX names .*nothing, which is not an executable file$/,
    );
  });

  test('a version that is too old', async () => {
    vi.stubEnv('FLEXOR_VERILATOR', fake('old', 'Verilator 4.038 2020-07-11 rev v4.036'));
    await expect(findTool('verilator')).rejects.toThrow(/^Verilator must be at least 5\.0, .*old is 4\.38; /);
  });

  test('a program that is something else', async () => {
    vi.stubEnv('FLEXOR_IVERILOG', fake('other', 'hello'));
    await expect(findTool('iverilog')).rejects.toThrow(
      /other does not answer like Icarus Verilog: -V ended with exit code 0/,
    );
  });
});
