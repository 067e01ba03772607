/** Convolutions with groups or dilation, which tfjs has no kernels for, with their gradients by native/train. */
import type { ConvWindow } from '../../graph/types.js';
import { convolvedShape, isPlainConv } from './array-conv.js';
import type { Engine, Tensor4D } from './engine.js';
import type { NativeBackend } from './native-backend.js';
import { differentiable, outputTensor } from './native-operation.js';

/** What native/train/convolution.cpp calls the geometry. */
function geometry(x: Tensor4D['shape'], outChannels: number, spec: ConvWindow): Int32Array {
  const { kernel, stride, padding, dilation, groups } = spec;
  return Int32Array.of(...x, ...kernel, outChannels, ...stride, ...padding, ...dilation, groups);
}

/** `plain` with the others besides. */
export function nativeConv(backend: NativeBackend, plain: Engine['conv2d']): Engine['conv2d'] {
  const { addon } = backend;
  return (x, filter, spec, constantInput) => {
    if (isPlainConv(spec)) return plain(x, filter, spec, constantInput);
    const shape = geometry(x.shape, filter.shape[3], spec);
    return differentiable([x, filter], (save) => {
      const [value, y] = outputTensor<Tensor4D>(backend, convolvedShape(x.shape, filter.shape, spec));
      addon.conv2d(shape, backend.floats(x), backend.floats(filter), y);
      save([x, filter]);
      return {
        value,
        gradFunc: (dy, saved) => {
          const [dx, dxValues] = outputTensor(backend, x.shape);
          const [df, dfValues] = outputTensor(backend, filter.shape);
          addon.conv2dInputGradient(shape, backend.floats(dy), backend.floats(saved[1]!), dxValues);
          addon.conv2dFilterGradient(shape, backend.floats(saved[0]!), backend.floats(dy), dfValues);
          return [dx, df];
        },
      };
    });
  };
}
