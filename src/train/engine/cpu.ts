/** Plain JavaScript engine: slow, needs nothing, the yardstick for the others. */
import * as tf from '@tensorflow/tfjs';
import { invariant } from '../../base/errors.js';
import type { Engine } from './engine.js';
import { tfjsOps } from './tfjs-ops.js';

export async function createCpuEngine(): Promise<Engine> {
  tf.enableProdMode();
  invariant(await tf.setBackend('cpu'), 'the cpu backend of tfjs does not start');
  return tfjsOps('cpu', tf);
}
