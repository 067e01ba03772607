/** Which training engines this machine has: wasm and cpu always, native where setup could build it, node where installed. */
import { FlexorError } from '../../src/base/errors.js';
import { ENGINE_NAMES, type EngineName } from '../../src/train/engine.js';
import { createEngine } from '../../src/train/engines.js';

/** Engines that start; what is missing for another one is printed. */
export async function availableEngines(): Promise<EngineName[]> {
  const available: EngineName[] = [];
  for (const name of ENGINE_NAMES) {
    try {
      await createEngine(name);
      available.push(name);
    } catch (error) {
      if (!(error instanceof FlexorError) || error.code !== 'tool') throw error;
      console.warn(`not tested: ${error.message}`);
    }
  }
  return available;
}
