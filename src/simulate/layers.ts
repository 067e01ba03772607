/** Turns each node of the integer network into a function from its input streams to its output stream. */
import { formatRange } from '../fixed/shapes.js';
import type { IntConvNode, IntDenseNode, IntNode, IntShape } from '../fixed/types.js';
import { bestChunk, planDot, runDot, TABLE_ENTRIES } from './dot.js';
import type { Grid } from './dot.js';
import { PAIR_LIMIT, packPair, splitPair } from './pair.js';
import { averagePool, maxPool, subsample } from './pooling.js';
import { prepareRequantise } from './requantise.js';
import type { Stream } from './requantise.js';

/**
 * Evaluates one node for some images; results are fresh arrays. `residuals` holds the residual input of each image where the
 * node has one. Images are taken two at a time where sums allow.
 */
export type NodeFunction = (inputs: readonly Int32Array[], residuals: readonly Int32Array[] | null) => Stream[];

export function prepareNode(node: IntNode): NodeFunction {
  switch (node.kind) {
    case 'conv':
      return prepareConv(node);
    case 'dense': {
      const grid = slidingGrid({ height: 1, width: 1, channels: node.windowSize }, POINT, { height: 1, width: 1 });
      return prepareWeighted(node, grid, (input) => input);
    }
    case 'maxPool':
      return (inputs) => inputs.map((input) => maxPool(node, input));
    case 'avgPool':
      return (inputs) => inputs.map((input) => averagePool(node, input));
    case 'subsample':
      return (inputs) => inputs.map((input) => subsample(node, input));
  }
}

type Window = Pick<IntConvNode, 'kernel' | 'stride' | 'padding'>;

const POINT: Window = { kernel: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0] };

/** True where the sums of two images fit into one double. */
export function fitsPair(node: IntConvNode | IntDenseNode): boolean {
  const { low, high } = formatRange(node.inputTensor.format);
  return node.windowSize * Math.max(-low, high) < PAIR_LIMIT;
}

function prepareConv(node: IntConvNode): NodeFunction {
  const input = node.inputTensor.shape;
  const output = node.outputTensor.shape;
  const channels = node.outChannels * node.planes.length;
  const [height, width] = node.kernel;
  const pixels = bestChunk(input.channels, height * width * channels).cost * input.height * input.width;
  const rows = bestChunk(width * input.channels, height * channels).cost * input.height * output.width;
  if (pixels <= rows) return prepareWeighted(node, slidingGrid(input, node, output), (x) => x);
  const unfolded = { height: input.height, width: output.width, channels: width * input.channels };
  const vertical: Window = {
    kernel: [height, 1],
    stride: [node.stride[0], 1],
    padding: [node.padding[0], 0, node.padding[2], 0],
  };
  return prepareWeighted(node, slidingGrid(unfolded, vertical, output), (x) => unfoldRows(node, x));
}

/** Which outputs see each input position, through which tap. */
function slidingGrid(input: IntShape, window: Window, output: Pick<IntShape, 'height' | 'width'>): Grid {
  const { kernel, stride, padding } = window;
  const starts = [0];
  const targets: number[] = [];
  for (let iy = 0; iy < input.height; iy++) {
    for (let ix = 0; ix < input.width; ix++) {
      for (let ky = 0; ky < kernel[0]; ky++) {
        const y = (iy + padding[0] - ky) / stride[0];
        if (!Number.isInteger(y) || y < 0 || y >= output.height) continue;
        for (let kx = 0; kx < kernel[1]; kx++) {
          const x = (ix + padding[1] - kx) / stride[1];
          if (!Number.isInteger(x) || x < 0 || x >= output.width) continue;
          targets.push(ky * kernel[1] + kx, y * output.width + x);
        }
      }
      starts.push(targets.length / 2);
    }
  }
  return {
    positions: input.height * input.width,
    length: input.channels,
    taps: kernel[0] * kernel[1],
    starts: Int32Array.from(starts),
    targets: Int32Array.from(targets),
  };
}

/** Input row by row, for every output column the k_w·C_in elements of its kernel row; 0 in the padding. */
function unfoldRows(node: IntConvNode, input: Float64Array): Float64Array {
  const { height, width, channels } = node.inputTensor.shape;
  const columns = node.outputTensor.shape.width;
  const length = node.kernel[1] * channels;
  const unfolded = new Float64Array(height * columns * length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < columns; x++, to += length) {
      const first = x * node.stride[1] - node.padding[1];
      const begin = Math.max(0, first);
      const end = Math.min(width, first + node.kernel[1]);
      if (begin >= end) continue;
      const row = y * width * channels;
      unfolded.set(input.subarray(row + begin * channels, row + end * channels), to + (begin - first) * channels);
    }
  }
  return unfolded;
}

function prepareWeighted(
  node: IntConvNode | IntDenseNode,
  grid: Grid,
  arrange: (input: Float64Array) => Float64Array,
): NodeFunction {
  const { shape } = node.outputTensor;
  const outputs = shape.height * shape.width;
  const codes = node.planes.map((plane) => plane.codes);
  const plan = planDot(grid, codes, node.outChannels, outputs);
  const sums = new Float64Array(outputs * plan.channels);
  const upper = new Float64Array(sums.length);
  const tables = new Float64Array(TABLE_ENTRIES);
  const finish = prepareRequantise(node, outputs);
  const step = fitsPair(node) ? 2 : 1;
  return (inputs, residuals) => {
    const results: Stream[] = [];
    for (let i = 0; i < inputs.length; i += step) {
      const second = step === 2 ? inputs[i + 1] : undefined;
      runDot(plan, arrange(packPair(inputs[i]!, second)), sums.fill(0), tables);
      if (second !== undefined) splitPair(sums, upper);
      results.push(finish(sums, residuals?.[i]));
      if (second !== undefined) results.push(finish(upper, residuals?.[i + 1]));
    }
    return results;
  };
}
