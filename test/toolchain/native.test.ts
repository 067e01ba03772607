/** Building the addon of native/: into the cache once, with a manifest; what is missing becomes a reason, not an error. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { processorName } from '../../src/base/processor.js';
import { buildNative } from '../../src/toolchain/native.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flexor-build-native-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A compiler that answers to `--version` and runs `script` for everything else. */
function compiler(script: string): void {
  const path = join(folder, 'fake-g++');
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && { echo "g++ 12.2.0"; exit 0; }\n${script}\n`);
  chmodSync(path, 0o755);
  vi.stubEnv('FLEXOR_CXX', path);
}

const ONE_DNN = 'case "$*" in *-E*) echo "version 2 6 3"; exit 0;; esac';

/** Builds with everything in the folder of the test; gives the manifest too. */
async function build(): Promise<{ reason: string | null; manifest: unknown }> {
  const manifest = join(folder, 'build', 'native.json');
  const { reason } = await buildNative(join(folder, 'cache'), manifest);
  return { reason, manifest: JSON.parse(readFileSync(manifest, 'utf8')) };
}

it('compiles every source, links, and compiles nothing the second time', async () => {
  const log = join(folder, 'log');
  compiler(`${ONE_DNN}\necho "$*" >> ${log}\nwhile [ $# -gt 1 ]; do [ "$1" = -o ] && echo made > "$2"; shift; done`);
  const first = await build();
  expect(first).toMatchObject({ reason: null, manifest: { processor: processorName() } });
  const { addon } = first.manifest as { addon: string };
  expect(existsSync(addon)).toBe(true);
  const calls = readFileSync(log, 'utf8');
  expect(calls).toMatch(/-c \S*convolution\.cpp/);
  expect(calls).toMatch(/-o \S*flexor_native.node .*convolution\.o .*-ldnnl/);
  expect(calls).not.toContain('fast-math');
  expect(await build()).toEqual(first);
  expect(readFileSync(log, 'utf8')).toBe(calls);
});

it.each([
  ['no compiler', '', /FLEXOR_CXX names .*missing, which is not an executable file/],
  ['no oneDNN', 'exit 1', /^oneDNN not found; install the Debian package libdnnl-dev$/],
  ['another oneDNN', 'echo "version 3 5 0"', /^oneDNN must be 2.6 or 2.7, found 3.5.0$/],
  [
    'a compiler that fails',
    `${ONE_DNN}\necho "error: no such thing" >&2; exit 1`,
    /failed with exit code 1: error: no such/,
  ],
])('gives %s as the reason', async (_, script, reason) => {
  if (script === '') vi.stubEnv('FLEXOR_CXX', join(folder, 'missing'));
  else compiler(script);
  const result = await build();
  expect(result.reason).toMatch(reason);
  expect(result.manifest).toEqual({ addon: null, reason: result.reason });
});
