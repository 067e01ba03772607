/** Native engine: oneDNN and kernels of our own (native/) behind tfjs' cpu backend, on as many threads as asked for. */
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import { FlexorError, invariant } from '../../base/errors.js';
import type { Engine, EngineOptions, Precision } from './engine.js';
import { loadAddon, type NativeAddon } from './native-addon.js';
import { NativeBackend } from './native-backend.js';
import { nativeConv } from './native-conv.js';
import { registerNativeKernels } from './native-kernels.js';
import { nativeArrayKernels, nativeOps } from './native-ops.js';
import { tfjsOps } from './tfjs-ops.js';

/**
 * `threads` null: one for each core. How sums are split over threads decides their last bits. A processor that has no
 * bfloat16 is an error of code `usage`.
 */
export async function createNativeEngine({ threads, precision = 'float32' }: EngineOptions): Promise<Engine> {
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
  setPrecision(addon, precision);
  const ops = tfjsOps('native', tf);
  const backend = tf.backend() as NativeBackend;
  return {
    ...ops,
    ...nativeOps(backend),
    conv2d: nativeConv(backend, ops.conv2d),
    identity: `native with ${count} thread${count === 1 ? '' : 's'}${precision === 'float32' ? '' : `, ${precision}`}`,
    arrays: nativeArrayKernels(addon),
  };
}

function setPrecision(addon: NativeAddon, precision: Precision): void {
  try {
    addon.setOperandBits(precision === 'bfloat16' ? 16 : 32);
  } catch (error) {
    throw new FlexorError('usage', `--precision ${precision}: ${(error as Error).message}`, { cause: error });
  }
}
