/**
 * Builds the addon of native/ where it can be built, for `flexor train --engine native`. Where not, the reason is printed
 * and kept for the program to give; training then runs on another engine. Comes after `npm run build`.
 */
import { cacheFolder } from '../dist/toolchain/paths.js';
import { buildNative } from '../dist/toolchain/native.js';

try {
  const { reason } = await buildNative(cacheFolder());
  if (reason !== null) process.stderr.write(`setup: no native training engine: ${reason}\n`);
} catch (error) {
  process.stderr.write(`setup: ${error.message}\n`);
  process.exitCode = 1;
}
