/**
 * The living definition of the integer network: plain loops that say what every node computes, as docs/numbers.md does in
 * words. Slow; the fast simulator and the RTL must agree with it bit for bit. Tensors are NHWC, index 0 of the streams is
 * the network's input, index n the output of node n−1.
 */
import type { IntConvNode, IntDenseNode, IntMaxPoolNode, IntNetwork, IntNode, Requantiser } from '../fixed/types.js';

/** All streams for one image; the last one holds the logits. */
export function referenceTrace(network: IntNetwork, image: ArrayLike<number>): Float64Array[] {
  const streams: Float64Array[] = [Float64Array.from(image)];
  for (const node of network.nodes) streams.push(evaluateNode(node, streams[streams.length - 1]!));
  return streams;
}

/** Index of the largest logit; the lowest one wins a tie. */
export function argmax(logits: ArrayLike<number>): number {
  let best = 0;
  for (let c = 1; c < logits.length; c++) if (logits[c]! > logits[best]!) best = c;
  return best;
}

/** Output stream of one node. */
export function evaluateNode(node: IntNode, input: Float64Array): Float64Array {
  switch (node.kind) {
    case 'conv':
      return convolve(node, input);
    case 'dense':
      return dense(node, input);
    case 'maxPool':
      return maxPool(node, input);
  }
}

function convolve(node: IntConvNode, input: Float64Array): Float64Array {
  const { kernel, outChannels, planes, requantiser } = node;
  const { height, width } = node.outputTensor.shape;
  const channels = node.inputTensor.shape.channels;
  const output = new Float64Array(height * width * outChannels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < outChannels; c++) {
        const accumulators = planes.map(({ codes }) => {
          let sum = 0;
          for (let ky = 0; ky < kernel[0]; ky++) {
            for (let kx = 0; kx < kernel[1]; kx++) {
              for (let ci = 0; ci < channels; ci++) {
                const v = (ky * kernel[1] + kx) * channels + ci;
                const a = element(node, input, y, x, ky, kx, ci) ?? 0;
                sum += codes[v * outChannels + c] === 1 ? a : -a;
              }
            }
          }
          return sum;
        });
        output[(y * width + x) * outChannels + c] = requantise(requantiser, accumulators, c);
      }
    }
  }
  return output;
}

function dense(node: IntDenseNode, input: Float64Array): Float64Array {
  const { windowSize, outChannels, planes, requantiser } = node;
  return Float64Array.from({ length: outChannels }, (_, c) => {
    const accumulators = planes.map(({ codes }) => {
      let sum = 0;
      for (let v = 0; v < windowSize; v++) sum += codes[v * outChannels + c] === 1 ? input[v]! : -input[v]!;
      return sum;
    });
    return requantise(requantiser, accumulators, c);
  });
}

function maxPool(node: IntMaxPoolNode, input: Float64Array): Float64Array {
  const { height, width, channels } = node.outputTensor.shape;
  const output = new Float64Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let best = -Infinity;
        for (let ky = 0; ky < node.kernel[0]; ky++) {
          for (let kx = 0; kx < node.kernel[1]; kx++) {
            best = Math.max(best, element(node, input, y, x, ky, kx, c) ?? -Infinity);
          }
        }
        output[(y * width + x) * channels + c] = best;
      }
    }
  }
  return output;
}

/** Element [ky, kx, channel] of the window of output pixel [y, x]; undefined in the padding. */
function element(
  node: IntConvNode | IntMaxPoolNode,
  input: Float64Array,
  y: number,
  x: number,
  ky: number,
  kx: number,
  channel: number,
): number | undefined {
  const { height, width, channels } = node.inputTensor.shape;
  const row = y * node.stride[0] + ky - node.padding[0];
  const column = x * node.stride[1] + kx - node.padding[1];
  if (row < 0 || row >= height || column < 0 || column >= width) return undefined;
  return input[(row * width + column) * channels + channel];
}

/** z = Σ m·acc + β; then rounding shift and clamp, where the layer has them. */
function requantise(requantiser: Requantiser, accumulators: readonly number[], c: number): number {
  let z = requantiser.beta[c]!;
  for (const [i, acc] of accumulators.entries()) z += requantiser.multipliers[i]![c]! * acc;
  if (requantiser.output === null) return z;
  const { shift, low, high } = requantiser.output;
  const rounding = shift === 0 ? 0 : 2 ** (shift - 1);
  // Division by a power of two is exact in a double, so its floor is the arithmetic shift.
  return Math.min(high, Math.max(low, Math.floor((z + rounding) / 2 ** shift)));
}
