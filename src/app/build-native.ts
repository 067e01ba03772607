/** Builds the native addons for this machine: the training engine and the kernels of the simulator. */
import { buildNative, type NativeBuild } from '../toolchain/native.js';
import { cacheFolder } from '../toolchain/paths.js';

export type { NativeBuild };

/**
 * Builds what the cache (default: `cacheFolder`) does not hold. From then on training and simulation find the addons in
 * every folder. What cannot be built is no error: its `reason` says in one line what is missing, and is given again where
 * the addon is asked for by name.
 */
export function buildNativeAddons(cache?: string): Promise<readonly NativeBuild[]> {
  return buildNative(cacheFolder(cache));
}
