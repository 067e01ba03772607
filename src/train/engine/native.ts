/** Native engine: oneDNN and kernels of our own (native/) behind tfjs' cpu backend, on as many threads as asked for. */
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import { invariant } from '../../base/errors.js';
import type { Engine } from './engine.js';
import { loadAddon } from './native-addon.js';
import { NativeBackend } from './native-backend.js';
import { nativeConv } from './native-conv.js';
import { registerNativeKernels } from './native-kernels.js';
import { nativeArrayKernels, nativeOps } from './native-ops.js';
import { tfjsOps } from './tfjs-ops.js';

/** `threads` null: one for each core. How sums are split over threads decides their last bits. */
export async function createNativeEngine(threads: number | null): Promise<Engine> {
  const addon = loadAddon();
  tf.enableProdMode();
  if (tf.findBackend('native') === null) {
    registerNativeKernels('native');
    // Low priority: nobody gets it who has not asked for it.
    tf.registerBackend('native', () => new NativeBackend(addon), 0);
  }
  invariant(await tf.setBackend('native'), 'the native backend does not start');
  const count = threads ?? availableParallelism();
  addon.setThreads(count);
  const ops = tfjsOps('native', tf);
  const backend = tf.backend() as NativeBackend;
  return {
    ...ops,
    ...nativeOps(backend),
    conv2d: nativeConv(backend, ops.conv2d),
    identity: `native with ${count} thread${count === 1 ? '' : 's'}`,
    arrays: nativeArrayKernels(addon),
  };
}
