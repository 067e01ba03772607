/**
 * Builds the addons of native/ where they can be built. Where not, the reason is printed and kept for the program to give;
 * training then runs on another engine and the simulator on WebAssembly. Comes after `npm run build`.
 */
import { cacheFolder } from '../dist/toolchain/paths.js';
import { buildNative } from '../dist/toolchain/native.js';

const WITHOUT = { train: 'no native training engine', simulate: 'no native simulator' };

try {
  for (const { name, reason } of await buildNative(cacheFolder())) {
    if (reason !== null) process.stderr.write(`setup: ${WITHOUT[name]}: ${reason}\n`);
  }
} catch (error) {
  process.stderr.write(`setup: ${error.message}\n`);
  process.exitCode = 1;
}
