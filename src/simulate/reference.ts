/**
 * The living definition of the integer network: plain loops that say what every node computes, as docs/numbers.md does in
 * words. Slow; the fast simulator and the RTL must agree with it bit for bit. Tensors are NHWC, index 0 of the streams is
 * the network's input, index n the output of node n−1.
 */
import { inputsOf } from '../graph/order.js';
import type {
  IntAvgPoolNode,
  IntConcatNode,
  IntConvNode,
  IntDenseNode,
  IntMaxPoolNode,
  IntNetwork,
  IntNode,
  IntSubsampleNode,
  IntWeightedNode,
} from '../fixed/types.js';

/** All streams for one image; the last one holds the logits. */
export function referenceTrace(network: IntNetwork, image: ArrayLike<number>): Float64Array[] {
  const streams = new Map<string, Float64Array>([['input', Float64Array.from(image)]]);
  for (const node of network.nodes) {
    const inputs = inputsOf(node).map((name) => streams.get(name)!);
    streams.set(node.name, evaluateNode(node, inputs));
  }
  return [...streams.values()];
}

/** Index of the largest logit; the lowest one wins a tie. */
export function argmax(logits: ArrayLike<number>): number {
  let best = 0;
  for (let c = 1; c < logits.length; c++) if (logits[c]! > logits[best]!) best = c;
  return best;
}

/** Output stream of one node from those that it reads, in the order of `inputsOf`. */
export function evaluateNode(node: IntNode, inputs: readonly Float64Array[]): Float64Array {
  const [input, residual] = inputs as [Float64Array, Float64Array | undefined];
  switch (node.kind) {
    case 'conv':
      return convolve(node, input, residual);
    case 'dense':
      return dense(node, input, residual);
    case 'maxPool':
      return pool(node, input, -Infinity, Math.max);
    case 'avgPool':
      return pool(node, input, 0, (sum, a) => sum + a);
    case 'subsample':
      return subsample(node, input);
    case 'concat':
      return concatenate(node, inputs);
  }
}

function convolve(node: IntConvNode, input: Float64Array, residual?: Float64Array): Float64Array {
  const { kernel, outChannels, planes, groups } = node;
  const { height, width } = node.outputTensor.shape;
  const channels = node.inputTensor.shape.channels / groups;
  const output = new Float64Array(height * width * outChannels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < outChannels; c++) {
        const first = Math.floor((c * groups) / outChannels) * channels;
        const accumulators = planes.map(({ codes }) => {
          let sum = 0;
          for (let ky = 0; ky < kernel[0]; ky++) {
            for (let kx = 0; kx < kernel[1]; kx++) {
              for (let ci = 0; ci < channels; ci++) {
                const v = (ky * kernel[1] + kx) * channels + ci;
                const a = element(node, input, y, x, ky, kx, first + ci) ?? 0;
                sum += product(node, codes[v * outChannels + c]!, a);
              }
            }
          }
          return sum;
        });
        const at = (y * width + x) * outChannels + c;
        output[at] = requantise(node, accumulators, c, residual?.[at]);
      }
    }
  }
  return output;
}

function dense(node: IntDenseNode, input: Float64Array, residual?: Float64Array): Float64Array {
  const { windowSize, outChannels, planes } = node;
  return Float64Array.from({ length: outChannels }, (_, c) => {
    const accumulators = planes.map(({ codes }) => {
      let sum = 0;
      for (let v = 0; v < windowSize; v++) sum += product(node, codes[v * outChannels + c]!, input[v]!);
      return sum;
    });
    return requantise(node, accumulators, c, residual?.[c]);
  });
}

function pool(
  node: IntMaxPoolNode | IntAvgPoolNode,
  input: Float64Array,
  start: number,
  join: (total: number, a: number) => number,
): Float64Array {
  const { height, width, channels } = node.outputTensor.shape;
  const output = new Float64Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let total = start;
        for (let ky = 0; ky < node.kernel[0]; ky++) {
          for (let kx = 0; kx < node.kernel[1]; kx++) {
            total = join(total, element(node, input, y, x, ky, kx, c) ?? start);
          }
        }
        output[(y * width + x) * channels + c] = total;
      }
    }
  }
  return output;
}

function subsample(node: IntSubsampleNode, input: Float64Array): Float64Array {
  const from = node.inputTensor.shape;
  const { height, width, channels } = node.outputTensor.shape;
  const output = new Float64Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < from.channels; c++) {
        const source = (y * node.stride[0] * from.width + x * node.stride[1]) * from.channels + c;
        output[(y * width + x) * channels + node.channelPadding[0] + c] = input[source]!;
      }
    }
  }
  return output;
}

/** What a weight bit makes of an activation: ±a, or for bits of integers a or nothing. */
function product({ twosComplement }: IntWeightedNode, bit: number, a: number): number {
  if (bit === 1) return a;
  return twosComplement ? 0 : -a;
}

function concatenate({ inputTensors, outputTensor }: IntConcatNode, inputs: readonly Float64Array[]): Float64Array {
  const { height, width, channels } = outputTensor.shape;
  const output = new Float64Array(height * width * channels);
  for (let pixel = 0, at = 0; pixel < height * width; pixel++) {
    for (const [i, { shape }] of inputTensors.entries()) {
      for (let c = 0; c < shape.channels; c++) output[at++] = inputs[i]![pixel * shape.channels + c]!;
    }
  }
  return output;
}

/** Element [ky, kx, channel] of the window of output pixel [y, x]; undefined in the padding. */
function element(
  node: IntConvNode | IntMaxPoolNode | IntAvgPoolNode,
  input: Float64Array,
  y: number,
  x: number,
  ky: number,
  kx: number,
  channel: number,
): number | undefined {
  const { height, width, channels } = node.inputTensor.shape;
  const dilation = node.kind === 'conv' ? node.dilation : [1, 1];
  const row = y * node.stride[0] + ky * dilation[0]! - node.padding[0];
  const column = x * node.stride[1] + kx * dilation[1]! - node.padding[1];
  if (row < 0 || row >= height || column < 0 || column >= width) return undefined;
  return input[(row * width + column) * channels + channel];
}

/** z = Σ m·acc + m_r·r + β; then rounding shift and clamp, where the layer has them. */
function requantise(node: IntWeightedNode, accumulators: readonly number[], c: number, r: number | undefined): number {
  const { joined, multipliers, beta, output } = node.requantiser;
  let z = beta[c]!;
  if (node.residual !== null) z += node.residual.multiplier * r!;
  for (const [i, acc] of accumulators.entries()) {
    // The highest bit of two's complement counts negative.
    const weight = node.twosComplement && i === accumulators.length - 1 ? -(2 ** i) : 2 ** i;
    z += joined ? multipliers[0]![c]! * weight * acc : multipliers[i]![c]! * acc;
  }
  if (output === null) return z;
  const { shift, low, high } = output;
  const rounding = shift === 0 ? 0 : 2 ** (shift - 1);
  // Division by a power of two is exact in a double, so its floor is the arithmetic shift.
  return Math.min(high, Math.max(low, Math.floor((z + rounding) / 2 ** shift)));
}
