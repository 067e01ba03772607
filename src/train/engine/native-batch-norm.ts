/** Batch normalisation with residual and ReLU in one pass of native/train/batch_norm.cpp, forward and backward. */
import type { Engine, Tensor, Tensor1D } from './engine.js';
import type { NativeBackend } from './native-backend.js';
import { differentiable, outputTensor } from './native-operation.js';

export function nativeBatchNorm(backend: NativeBackend): Engine['batchNorm'] {
  const { addon } = backend;
  const floats = (x: Tensor): Float32Array => backend.floats(x);
  return (x, gamma, beta, residual, { epsilon, relu }) => {
    // Made outside the operation, which disposes of all that it makes but its value.
    const [mean, meanValues] = outputTensor<Tensor1D>(backend, gamma.shape);
    const [variance, varianceValues] = outputTensor<Tensor1D>(backend, gamma.shape);
    const withRelu = Number(relu);
    const inputs = [x, gamma, beta, ...(residual === null ? [] : [residual])];
    const gradient = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [dx, dxValues] = outputTensor(backend, x.shape);
      const [dGamma, dGammaValues] = outputTensor(backend, gamma.shape);
      const [dBeta, dBetaValues] = outputTensor(backend, gamma.shape);
      const [dResidual, dResidualValues] = residual === null ? [null, null] : outputTensor(backend, x.shape);
      const [input, scale, offset, m, v, output] = saved.map(floats) as [
        Float32Array,
        Float32Array,
        Float32Array,
        Float32Array,
        Float32Array,
        Float32Array?,
      ];
      addon.batchNormGradient(
        ...([floats(dy), input, output ?? null, scale, offset, m, v, epsilon, withRelu] as const),
        ...([dxValues, dGammaValues, dBetaValues, dResidualValues] as const),
      );
      return [dx, dGamma, dBeta, ...(dResidual === null ? [] : [dResidual])];
    };
    const y = differentiable(inputs, (save) => {
      const [value, values] = outputTensor(backend, x.shape);
      const added = residual === null ? null : floats(residual);
      addon.batchNorm(
        ...([floats(x), floats(gamma), floats(beta), added] as const),
        ...([epsilon, withRelu, values, meanValues, varianceValues] as const),
      );
      save([x, gamma, beta, mean, variance, ...(residual === null ? [] : [value])]);
      return { value, gradFunc: gradient };
    });
    return { y, mean, variance };
  };
}
