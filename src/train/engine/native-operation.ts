/** What operations of the native engine are made of: tensors to write into, and gradients that tfjs calls. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from './engine.js';
import type { NativeBackend } from './native-backend.js';

type Gradients = (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[];

/** A differentiable operation: `run` gives the value and the gradients of its inputs; it may save tensors for them. */
export function differentiable<T extends Tensor>(
  inputs: readonly Tensor[],
  run: (save: (tensors: Tensor[]) => void) => { value: T; gradFunc: Gradients },
): T {
  const op = tf.customGrad((...args) => run(args.at(-1) as unknown as (tensors: Tensor[]) => void));
  return op(...inputs) as T;
}

/** A new tensor and what is to be written into it, all of it. */
export function outputTensor<T extends Tensor>(backend: NativeBackend, shape: readonly number[]): [T, Float32Array] {
  const { info, values } = backend.output(shape);
  return [tf.engine().makeTensorFromTensorInfo(info) as T, values];
}
