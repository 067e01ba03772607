/**
 * Which training engines this machine has: wasm and cpu always, native where oneDNN and Node's headers are, node where
 * installed. Any other reason why one does not start fails the test.
 */
import { FlexorError } from '../../src/base/errors.js';
import { ENGINE_NAMES, type EngineName } from '../../src/train/engine/engine.js';
import { createEngine } from '../../src/train/engine/engines.js';

/** What setup may not find on a machine; an addon that does not compile or load is a fault. */
const OPTIONAL = /oneDNN not found|oneDNN must be|no headers of Node\.js|npm install @tensorflow\/tfjs-node/;

/** Engines that start; what is missing for another one is printed. */
export async function availableEngines(): Promise<EngineName[]> {
  const available: EngineName[] = [];
  for (const name of ENGINE_NAMES) {
    try {
      await createEngine(name);
      available.push(name);
    } catch (error) {
      if (!(error instanceof FlexorError) || error.code !== 'tool' || !OPTIONAL.test(error.message)) throw error;
      console.warn(`not tested: ${error.message}`);
    }
  }
  return available;
}

/**
 * Cases whose differences an engine does not see (kinds of weights, rules, circuits): all of them for the first engine, the
 * first for the others; in the long suite all for all.
 */
export function casesFor<T>(name: EngineName, engines: readonly EngineName[], cases: readonly T[]): readonly T[] {
  return name === engines[0] || process.env['FLEXOR_ENGINES'] === 'all' ? cases : cases.slice(0, 1);
}
