/**
 * TensorFlow's C library through @tensorflow/tfjs-node. Not a dependency: its installation downloads a binary, so it is
 * picked up only where the user has installed it.
 */
import { FlexorError, invariant } from '../../base/errors.js';
import type { Engine, Tfjs } from './engine.js';
import { tfjsOps } from './tfjs-ops.js';

export async function createNodeEngine(): Promise<Engine> {
  // A variable keeps the compiler from looking for a package that is usually absent.
  const name = '@tensorflow/tfjs-node';
  let module: { readonly setBackend?: unknown; readonly default?: unknown };
  try {
    module = (await import(name)) as typeof module;
  } catch (error) {
    throw new FlexorError(
      'tool',
      `engine 'node' needs the package ${name}, which is not installed: npm install ${name}`,
      {
        cause: error,
      },
    );
  }
  // A CommonJS package may arrive whole under `default`.
  const tf = (typeof module.setBackend === 'function' ? module : module.default) as Tfjs;
  tf.enableProdMode();
  invariant(await tf.setBackend('tensorflow'), 'the tensorflow backend of tfjs-node does not start');
  return tfjsOps('node', tf);
}
