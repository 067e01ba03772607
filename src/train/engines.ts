/** Starts an engine by name; each one is loaded only where it is used. */
import type { Engine, EngineName } from './engine.js';

/** `wasm` is the default, `cpu` is plain JavaScript, `node` needs @tensorflow/tfjs-node installed. */
export async function createEngine(name: EngineName): Promise<Engine> {
  switch (name) {
    case 'wasm':
      return (await import('./engine-wasm.js')).createWasmEngine();
    case 'cpu':
      return (await import('./engine-cpu.js')).createCpuEngine();
    case 'node':
      return (await import('./engine-node.js')).createNodeEngine();
  }
}
