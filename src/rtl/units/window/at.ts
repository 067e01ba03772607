/** The window of an output pixel: V input elements in the order of the weights, v = (y·k_w + x)·C_in/groups + ci. */
import type { IntConvNode, IntDenseNode } from '../../../fixed/types.js';

/** That of the convolution's group `group`; elements in the padding are 0. */
export function windowAt(
  node: IntConvNode | IntDenseNode,
  input: ArrayLike<number>,
  pixel: number,
  group = 0,
): ArrayLike<number> {
  if (node.kind === 'dense') return input;
  const { height, width, channels } = node.inputTensor.shape;
  const perGroup = channels / node.groups;
  const columns = node.outputTensor.shape.width;
  const top = Math.floor(pixel / columns) * node.stride[0] - node.padding[0];
  const left = (pixel % columns) * node.stride[1] - node.padding[1];
  const window = new Int32Array(node.windowSize);
  for (let y = 0, v = 0; y < node.kernel[0]; y++) {
    for (let x = 0; x < node.kernel[1]; x++) {
      const [row, column] = [top + y * node.dilation[0], left + x * node.dilation[1]];
      const inside = row >= 0 && row < height && column >= 0 && column < width;
      const from = (row * width + column) * channels + group * perGroup;
      for (let ci = 0; ci < perGroup; ci++, v++) if (inside) window[v] = input[from + ci]!;
    }
  }
  return window;
}
