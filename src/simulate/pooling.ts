/** Nodes without weights, one image at a time: max pooling, average pooling (the exact sum), subsampling. */
import { formatRange } from '../fixed/shapes.js';
import type { IntAvgPoolNode, IntMaxPoolNode, IntPoolNode, IntSubsampleNode } from '../fixed/types.js';

export function maxPool(node: IntMaxPoolNode, input: Int32Array): Int32Array {
  const { low } = formatRange(node.inputTensor.format);
  return overWindows(node, input, low, (best, a) => (a > best ? a : best));
}

/** The sum over each window; the scale of the output tensor makes it the mean. */
export function averagePool(node: IntAvgPoolNode, input: Int32Array): Int32Array {
  return overWindows(node, input, 0, (sum, a) => sum + a);
}

/** Joins the elements of each window that lie in the image, from `start` on. */
function overWindows(
  node: IntPoolNode,
  input: Int32Array,
  start: number,
  join: (total: number, a: number) => number,
): Int32Array {
  const { height, width, channels } = node.inputTensor.shape;
  const output = node.outputTensor.shape;
  const result = new Int32Array(output.height * output.width * channels).fill(start);
  for (let y = 0, to = 0; y < output.height; y++) {
    const top = y * node.stride[0] - node.padding[0];
    for (let x = 0; x < output.width; x++, to += channels) {
      const left = x * node.stride[1] - node.padding[1];
      for (let row = Math.max(0, top); row < Math.min(height, top + node.kernel[0]); row++) {
        for (let column = Math.max(0, left); column < Math.min(width, left + node.kernel[1]); column++) {
          const from = (row * width + column) * channels;
          for (let c = 0; c < channels; c++) result[to + c] = join(result[to + c]!, input[from + c]!);
        }
      }
    }
  }
  return result;
}

export function subsample(node: IntSubsampleNode, input: Int32Array): Int32Array {
  const from = node.inputTensor.shape;
  const to = node.outputTensor.shape;
  const result = new Int32Array(to.height * to.width * to.channels);
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      const source = (y * node.stride[0] * from.width + x * node.stride[1]) * from.channels;
      const target = (y * to.width + x) * to.channels + node.channelPadding[0];
      result.set(input.subarray(source, source + from.channels), target);
    }
  }
  return result;
}
