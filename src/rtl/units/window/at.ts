/** The window of an output pixel: V input elements in the order of the weights, v = (y·k_w + x)·C_in + ci. */
import type { IntConvNode, IntDenseNode } from '../../../fixed/types.js';

/** Elements in the padding are 0. */
export function windowAt(node: IntConvNode | IntDenseNode, input: ArrayLike<number>, pixel: number): ArrayLike<number> {
  if (node.kind === 'dense') return input;
  const { height, width, channels } = node.inputTensor.shape;
  const columns = node.outputTensor.shape.width;
  const top = Math.floor(pixel / columns) * node.stride[0] - node.padding[0];
  const left = (pixel % columns) * node.stride[1] - node.padding[1];
  const window = new Int32Array(node.windowSize);
  for (let y = 0, v = 0; y < node.kernel[0]; y++) {
    for (let x = 0; x < node.kernel[1]; x++) {
      const inside = top + y >= 0 && top + y < height && left + x >= 0 && left + x < width;
      const from = ((top + y) * width + left + x) * channels;
      for (let ci = 0; ci < channels; ci++, v++) if (inside) window[v] = input[from + ci]!;
    }
  }
  return window;
}
