/** Building the addons of native/: into the cache once, with manifests; what is missing becomes a reason, not an error. */
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

interface Built {
  readonly reason: string | null;
  readonly manifest: unknown;
}

/** Builds with everything in the folder of the test; gives the manifests too. */
async function build(): Promise<Record<'train' | 'simulate', Built>> {
  const manifests = join(folder, 'build');
  const builds = await buildNative(join(folder, 'cache'), manifests);
  const entries = builds.map(({ name, reason }) => {
    const manifest: unknown = JSON.parse(readFileSync(join(manifests, `${name}.json`), 'utf8'));
    return [name, { reason, manifest }] as const;
  });
  return Object.fromEntries(entries) as Record<'train' | 'simulate', Built>;
}

it('compiles every source, links, and compiles nothing the second time', async () => {
  const log = join(folder, 'log');
  compiler(`${ONE_DNN}\necho "$*" >> ${log}\nwhile [ $# -gt 1 ]; do [ "$1" = -o ] && echo made > "$2"; shift; done`);
  const first = await build();
  expect(first.train).toMatchObject({ reason: null, manifest: { processor: processorName() } });
  expect(first.simulate).toMatchObject({ reason: null, manifest: { processor: null } });
  for (const { manifest } of Object.values(first)) expect(existsSync((manifest as { addon: string }).addon)).toBe(true);
  const calls = readFileSync(log, 'utf8');
  expect(calls).toMatch(/-c \S*convolution\.cpp/);
  expect(calls).toMatch(/-o \S*flexor_train.node .*convolution\.o .*-ldnnl/);
  expect(calls).toMatch(/-march=native .*-c \S*train\/convolution\.cpp/);
  expect(calls).toMatch(/-o \S*flexor_simulate.node .*avx2\.o/);
  expect(calls).not.toMatch(/-march=native .*-c \S*simulate\//);
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
  const { train } = await build();
  expect(train.reason).toMatch(reason);
  expect(train.manifest).toEqual({ addon: null, reason: train.reason });
});

it('builds the simulator where oneDNN is missing', async () => {
  compiler(`case "$*" in *-E*) exit 1;; esac\nwhile [ $# -gt 1 ]; do [ "$1" = -o ] && echo made > "$2"; shift; done`);
  const { train, simulate } = await build();
  expect(train.reason).toMatch(/^oneDNN not found/);
  expect(simulate.reason).toBeNull();
});
