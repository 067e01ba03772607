/** Starts an engine by name, or the fastest one that there is; each is loaded only where it is used. */
import { FlexorError } from '../../base/errors.js';
import { loadOptional } from '../../base/optional.js';
import { ENGINE_NAMES, type Engine, type EngineName, type EngineOptions } from './engine.js';

const DEFAULTS: EngineOptions = { threads: null };

/**
 * `native` needs the addon of native/, `node` the package @tensorflow/tfjs-node; `wasm` and `cpu` (plain JavaScript) run
 * everywhere. A FlexorError of code `tool` says what is missing.
 */
export async function createEngine(name: EngineName, options: EngineOptions = DEFAULTS): Promise<Engine> {
  switch (name) {
    case 'native':
      return (await loadOptional('training', () => import('./native.js'))).createNativeEngine(options);
    case 'node':
      return (await import('./node.js')).createNodeEngine();
    case 'wasm':
      return (await loadOptional('training', () => import('./wasm.js'))).createWasmEngine();
    case 'cpu':
      return (await loadOptional('training', () => import('./cpu.js'))).createCpuEngine();
  }
}

export interface EngineChoice {
  readonly engine: Engine;
  /** Whether it was asked for by name. */
  readonly asked: boolean;
  /** Why each faster engine does not run. */
  readonly refused: readonly string[];
}

/** The first engine of ENGINE_NAMES that starts; tests give another `start`. */
export async function chooseEngine(
  options: EngineOptions = DEFAULTS,
  start: typeof createEngine = createEngine,
): Promise<EngineChoice> {
  const refused: string[] = [];
  for (const name of ENGINE_NAMES) {
    try {
      return { engine: await start(name, options), asked: false, refused };
    } catch (error) {
      if (!(error instanceof FlexorError) || error.code !== 'tool') throw error;
      refused.push(error.message);
    }
  }
  throw new FlexorError('tool', `no engine starts: ${[...new Set(refused)].join('; ')}`);
}
