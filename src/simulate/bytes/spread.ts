/**
 * Convolutions with groups or dilation on byte tensors, in plain loops: the kernels take windows of neighbouring pixels that
 * all channels see. The inner loop runs over all output channels, whatever their group. Sums are doubles, which hold them.
 */
import type { IntConvNode } from '../../fixed/types.js';
import type { LayerFunction } from './kernels.js';
import { addResidual, writePixel } from './requantise.js';
import type { ByteTensor } from './tensor.js';
import type { WeightedStreams } from './weighted.js';

/** Whether the kernels have to leave a convolution to these loops. */
export function isSpread({ groups, dilation }: IntConvNode): boolean {
  return groups > 1 || dilation[0] > 1 || dilation[1] > 1;
}

export function spreadConv(node: IntConvNode, { input, residual, output }: WeightedStreams): LayerFunction {
  const { outChannels: channels, stride, padding, requantiser } = node;
  const { height, width } = node.outputTensor.shape;
  const { beta, output: stage } = requantiser;
  const { place } = input;
  const addWindow = windowSums(node, input);
  const factors = planeFactors(node);
  const sums = new Float64Array(factors.length * channels);
  const z = new Float64Array(channels);
  const top = place.origin - padding[0] * place.rowPitch - padding[1] * place.pixelPitch;
  return (images) => {
    for (let image = 0; image < images; image++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const row = top + image * place.imagePitch + y * stride[0] * place.rowPitch;
          addWindow(row + x * stride[1] * place.pixelPitch, sums.fill(0));
          z.set(beta);
          if (residual !== null) addResidual(residual, node.residual!.multiplier, z, image, y, x);
          for (const [plane, factor] of factors.entries()) {
            for (let c = 0; c < channels; c++) z[c]! += factor[c]! * sums[plane * channels + c]!;
          }
          if (output instanceof Float64Array) output.set(z, image * channels);
          else writePixel(stage!, output, z, image, y, x);
        }
      }
    }
  };
}

/** What acc of each plane counts in z of every channel; those of joined planes are 2^i times the one row, of integers' last −2^i. */
function planeFactors({ planes, requantiser, twosComplement }: IntConvNode): readonly Float64Array[] {
  const { joined, multipliers } = requantiser;
  const weight = (i: number): number => (twosComplement && i === planes.length - 1 ? -(2 ** i) : 2 ** i);
  return planes.map((_, i) => Float64Array.from(multipliers[joined ? 0 : i]!, (m) => m * (joined ? weight(i) : 1)));
}

/** Adds acc of every plane and channel, [plane][C_out], for the window that begins at a byte of the input. */
function windowSums(node: IntConvNode, { place, data }: ByteTensor): (from: number, sums: Float64Array) => void {
  const { kernel, dilation, groups, outChannels, planes, twosComplement } = node;
  const perGroup = node.inputTensor.shape.channels / groups;
  /** First input channel of each output channel's group. */
  const first = Int32Array.from({ length: outChannels }, (_, c) => Math.floor((c * groups) / outChannels) * perGroup);
  const signs = planes.map(({ codes }) => Float64Array.from(codes, (bit) => (twosComplement ? bit : 2 * bit - 1)));
  const values = new Float64Array(outChannels);
  const load = (at: number): void => {
    for (let c = 0; c < outChannels; c++) {
      const byte = at + first[c]!;
      const high = place.bytes === 1 ? 0 : data[byte + place.planePitch]! << 8;
      values[c] = high + data[byte]! - place.zero;
    }
  };
  return (from, sums) => {
    for (let ky = 0, v = 0; ky < kernel[0]; ky++) {
      for (let kx = 0; kx < kernel[1]; kx++) {
        const pixel = from + ky * dilation[0] * place.rowPitch + kx * dilation[1] * place.pixelPitch;
        for (let i = 0; i < perGroup; i++, v++) {
          load(pixel + i);
          for (let plane = 0, to = 0; plane < signs.length; plane++) {
            const row = signs[plane]!;
            for (let c = 0; c < outChannels; c++, to++) sums[to]! += row[v * outChannels + c]! * values[c]!;
          }
        }
      }
    }
  };
}
