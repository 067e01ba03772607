/**
 * Loads the native addons of native/. `flexor build-native` builds them (src/toolchain/native.ts) and leaves a manifest for
 * each in `addonsFolder()`: where the addon lies and, where its machine code is for one processor, for which; or why there
 * is none.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FlexorError, oneLine } from './errors.js';
import { exists } from './files.js';
import { readJson } from './json.js';
import { addonsFolder } from './places.js';
import { processorName } from './processor.js';

/** native/train: kernels of training; native/simulate: those of the bit-exact simulator. */
export type AddonName = 'train' | 'simulate';

/** A manifest, as src/toolchain/native.ts writes it. */
type Manifest =
  { readonly addon: string; readonly processor: string | null } | { readonly addon: null; readonly reason: string };

/** Where the manifest of an addon lies. */
export function addonManifest(name: AddonName): string {
  return join(addonsFolder(), `${name}.json`);
}

/** The addon with its functions, or a FlexorError of code 'tool' that says why there is none. */
export function loadAddon<Addon extends { readonly interfaceVersion: number }>(
  name: AddonName,
  interfaceVersion: number,
  manifestPath: string = addonManifest(name),
): Addon {
  const manifest = readManifest(manifestPath);
  if (manifest.addon === null) throw unavailable(manifest.reason);
  // Machine code for one processor may end the process on another.
  if (manifest.processor !== null && manifest.processor !== processorName()) {
    throw unavailable(`was built for another processor (${manifest.processor}); run flexor build-native`);
  }
  let addon: Addon;
  try {
    addon = createRequire(import.meta.url)(manifest.addon) as Addon;
  } catch (error) {
    throw unavailable(`${oneLine(error)}; run flexor build-native`, error);
  }
  if (addon.interfaceVersion !== interfaceVersion) {
    throw unavailable(`was built from other sources (${manifest.addon}); run flexor build-native`);
  }
  return addon;
}

function unavailable(reason: string, cause?: unknown): FlexorError {
  return new FlexorError('tool', reason, { cause });
}

function readManifest(path: string): Manifest {
  if (!exists(path)) throw unavailable('is not built; run flexor build-native');
  try {
    return readJson(path, 'tool') as Manifest;
  } catch (error) {
    throw unavailable(`${path} is damaged (${oneLine(error)}); run flexor build-native`, error);
  }
}
