/** Operations that tfjs would spell as several kernels, each with its gradient in one pass of native/. */
import { BETA1, BETA2, scaledConstants } from '../weights/adam.js';
import type { ArrayKernels } from '../weights/array-kernels.js';
import { pooledShape, subsampledShape } from './array-ops.js';
import { stepGradientScale } from './elementwise.js';
import type { Engine, Tensor, Tensor1D, Tensor4D } from './engine.js';
import type { NativeAddon } from './native-addon.js';
import type { NativeBackend } from './native-backend.js';
import { differentiable, outputTensor } from './native-operation.js';
import { nativeBatchNorm } from './native-batch-norm.js';
import type { FlexorOp, GradientRule } from '../weights/flexor-op.js';

type FusedOps = Pick<Engine, 'avgPool' | 'subsample' | 'scale' | 'addBias' | 'batchNorm' | 'quantiseLearned' | 'relu'>;

export function nativeOps(backend: NativeBackend): FusedOps {
  const { addon } = backend;
  const floats = (x: Tensor): Float32Array => backend.floats(x);
  const output = <T extends Tensor>(shape: readonly number[]): [T, Float32Array] => outputTensor<T>(backend, shape);
  /** An operation that is linear in its only input. */
  const linear = (
    x: Tensor4D,
    shape: Tensor4D['shape'],
    forward: (x: Float32Array, y: Float32Array) => void,
    backward: (dy: Float32Array, dx: Float32Array) => void,
  ): Tensor4D =>
    differentiable([x], () => {
      const [value, y] = output<Tensor4D>(shape);
      forward(floats(x), y);
      return {
        value,
        gradFunc: (dy) => {
          const [dx, dxValues] = output(x.shape);
          backward(floats(dy), dxValues);
          return dx;
        },
      };
    });
  return {
    avgPool: (x, spec) => {
      const shape = pooledShape(x.shape, spec);
      const window = [...spec.kernel, ...spec.stride, ...spec.padding.slice(0, 2)];
      const geometry = Int32Array.of(...x.shape, ...window, shape[1], shape[2]);
      const forward = (from: Float32Array, y: Float32Array): void => addon.averagePool(geometry, from, y);
      return linear(x, shape, forward, (dy, dx) => addon.averagePoolGradient(geometry, dy, dx));
    },
    subsample: (x, stride, channelPadding) => {
      const geometry = Int32Array.of(...x.shape, ...stride, ...channelPadding);
      const forward = (from: Float32Array, y: Float32Array): void => addon.subsample(geometry, from, y);
      const shape = subsampledShape(x.shape, stride, channelPadding);
      return linear(x, shape, forward, (dy, dx) => addon.subsampleGradient(geometry, dy, dx));
    },
    scale: (x, factor) =>
      differentiable([x, factor], (save) => {
        const [value, y] = output(x.shape);
        addon.scale(floats(x), floats(factor), y);
        save([x, factor]);
        return {
          value,
          gradFunc: (dy, saved) => {
            const [dx, dxValues] = output(x.shape);
            const [dFactor, dFactorValues] = output<Tensor1D>(factor.shape);
            addon.scaleGradient(floats(dy), floats(saved[0]!), floats(saved[1]!), dxValues, dFactorValues);
            return [dx, dFactor];
          },
        };
      }),
    addBias: (x, bias) =>
      differentiable([x, bias], () => {
        const [value, y] = output(x.shape);
        addon.addBias(floats(x), floats(bias), y);
        return {
          value,
          gradFunc: (dy) => {
            const [dBias, sums] = output<Tensor1D>(bias.shape);
            addon.sumRows(floats(dy), sums);
            return [dy.clone(), dBias];
          },
        };
      }),
    batchNorm: nativeBatchNorm(backend),
    quantiseLearned: (x, step, limits) =>
      differentiable([x, step], (save) => {
        const [value, y] = output(x.shape);
        const { low, high } = limits;
        addon.quantiseLearned(floats(x), floats(step), low, high, y);
        save([x, step]);
        return {
          value,
          gradFunc: (dy, [values, steps]) => {
            const [dx, dxValues] = output(x.shape);
            const [dStep, dStepValues] = output<Tensor1D>([1]);
            const factor = stepGradientScale(x.size / x.shape[0]!, limits);
            const [given, width] = [floats(values!), floats(steps!)];
            addon.quantiseLearnedGradient(floats(dy), given, width, low, high, factor, dxValues, dStepValues);
            return [dx, dStep];
          },
        };
      }),
    relu: (x) =>
      differentiable([x], (save) => {
        const [value, y] = output(x.shape);
        addon.relu(floats(x), y);
        save([value]);
        return {
          value,
          gradFunc: (dy, saved) => {
            const [dx, dxValues] = output(x.shape);
            addon.reluGradient(floats(dy), floats(saved[0]!), dxValues);
            return dx;
          },
        };
      }),
  };
}

/** Numbers of native/train/flexor_gradient.cpp. */
const RULES: Readonly<Record<GradientRule, number>> = { eq6: 0, eq5: 1, ste: 2 };

export function nativeArrayKernels(addon: NativeAddon): ArrayKernels {
  const shape = ({ nIn, nOut, weights }: FlexorOp): number[] => [nIn, nOut, weights];
  return {
    decrypt: (op, x, codes) => addon.flexorForward(Int32Array.from(shape(op)), op.firstRow, op.rows, x, codes),
    decryptGradient: (op, rule, sTanh, x, codes, gradient, out) => {
      const { firstRow, rows, first, taps } = op;
      const problem = Int32Array.of(...shape(op), RULES[rule]);
      addon.flexorBackward(problem, firstRow, rows, first, taps, sTanh, x, codes, gradient, out);
    },
    decode: ({ first, zero, one }, scores, codes) => addon.decodeSlices(first, zero, one, scores, codes),
    adam: (parameters, gradient, { m, v }, rate, step) => {
      const { scaledRate, scaledEpsilon } = scaledConstants(rate, step);
      addon.adam(parameters, gradient, m, v, BETA1, BETA2, scaledRate, scaledEpsilon);
    },
  };
}
