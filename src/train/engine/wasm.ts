/**
 * WebAssembly engine (XNNPACK, SIMD, one thread): runs everywhere. The backend has no Conv2DBackpropFilter, a very slow
 * Conv2DBackpropInput and slow matrix products with a transposed operand, so gradients are forward operations on
 * rearranged operands (forward-gradients.ts).
 */
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths, type BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { invariant } from '../../base/errors.js';
import { withArrayConv } from './array-conv.js';
import { optionalFile } from '../../base/optional.js';
import type { Engine, Tensor } from './engine.js';
import { tfjsOps } from './tfjs-ops.js';
import { convWithForwardGradients, denseWithForwardGradients } from './forward-gradients.js';
import { maxPoolWithScatterGradient } from './pool-gradient.js';

export async function createWasmEngine(): Promise<Engine> {
  tf.enableProdMode();
  if (tf.getBackend() !== 'wasm') {
    // The package's main file lies in dist/, beside the .wasm files; Node reads them by path.
    setWasmPaths(dirname(optionalFile('training', '@tensorflow/tfjs-backend-wasm')) + sep);
    invariant(await tf.setBackend('wasm'), 'the wasm backend of tfjs does not start');
  }
  const read = (x: Tensor): Float32Array => (tf.backend() as BackendWasm).typedArrayFromHeap(x) as Float32Array;
  return {
    ...tfjsOps('wasm', tf, read),
    conv2d: withArrayConv(tf, read, convWithForwardGradients(tf)),
    dense: denseWithForwardGradients(tf),
    maxPool: maxPoolWithScatterGradient(tf, read),
  };
}
