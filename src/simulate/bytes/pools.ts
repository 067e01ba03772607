/** Layers without weights on byte tensors, in plain loops: pools, subsampling and concatenation. They take little of a network's time. */
import type { IntPoolNode, IntSubsampleNode } from '../../fixed/types.js';
import type { LayerFunction } from './kernels.js';
import type { ByteTensor, Place } from './tensor.js';

/** Max pooling, or the exact sum over each window; only the part of a window that lies in the image counts. */
export function pool(node: IntPoolNode, input: ByteTensor, output: ByteTensor): LayerFunction {
  const isMax = node.kind === 'maxPool';
  const { height, width, channels } = output.shape;
  const totals = new Int32Array(channels);
  return (images) => {
    for (let image = 0; image < images; image++) {
      for (let y = 0; y < height; y++) {
        const [top, bottom] = span(y * node.stride[0] - node.padding[0], node.kernel[0], input.shape.height);
        for (let x = 0; x < width; x++) {
          const [left, right] = span(x * node.stride[1] - node.padding[1], node.kernel[1], input.shape.width);
          // Bytes carry the zero point: it does not change which is largest, and a sum gets it once for each element.
          const zeros = (bottom - top) * (right - left) * input.place.zero;
          totals.fill(isMax ? 0 : output.place.zero - zeros);
          for (let row = top; row < bottom; row++) {
            for (let column = left; column < right; column++) {
              join(input, at(input.place, image, row, column), totals, isMax);
            }
          }
          write(output, at(output.place, image, y, x), totals);
        }
      }
    }
  };
}

/** Keeps pixels (v·i, h·j); added channels hold the zero point from the start. */
export function subsample(node: IntSubsampleNode, input: ByteTensor, output: ByteTensor): LayerFunction {
  const { height, width } = output.shape;
  const { channels } = input.shape;
  return (images) => {
    for (let image = 0; image < images; image++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const from = at(input.place, image, y * node.stride[0], x * node.stride[1]);
          const to = at(output.place, image, y, x) + node.channelPadding[0];
          for (let plane = 0; plane < input.place.bytes; plane++) {
            const source = from + plane * input.place.planePitch;
            copy(input.data, source, output.data, to + plane * output.place.planePitch, channels);
          }
        }
      }
    }
  };
}

/** The channels of each input behind those of the one before, pixel by pixel. */
export function concatenate(inputs: readonly ByteTensor[], output: ByteTensor): LayerFunction {
  const { height, width } = output.shape;
  return (images) => {
    for (let image = 0; image < images; image++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          let to = at(output.place, image, y, x);
          for (const { shape, place, data } of inputs) {
            const from = at(place, image, y, x);
            for (let plane = 0; plane < place.bytes; plane++) {
              const source = from + plane * place.planePitch;
              copy(data, source, output.data, to + plane * output.place.planePitch, shape.channels);
            }
            to += shape.channels;
          }
        }
      }
    }
  };
}

/** For the few bytes of a pixel: making a view of an array takes longer than copying them. */
function copy(from: Uint8Array, source: number, to: Uint8Array, target: number, count: number): void {
  for (let i = 0; i < count; i++) to[target + i] = from[source + i]!;
}

function at(place: Place, image: number, y: number, x: number): number {
  return place.origin + image * place.imagePitch + y * place.rowPitch + x * place.pixelPitch;
}

/** Rows or columns of a window that lie in the image, the end not included. */
function span(begin: number, length: number, size: number): readonly [number, number] {
  return [Math.max(0, begin), Math.min(size, begin + length)];
}

function join({ data, place }: ByteTensor, from: number, totals: Int32Array, isMax: boolean): void {
  if (place.bytes === 1 && !isMax) {
    for (let c = 0; c < totals.length; c++) totals[c]! += data[from + c]!;
    return;
  }
  for (let c = 0; c < totals.length; c++) {
    let a = data[from + c]!;
    for (let byte = 1; byte < place.bytes; byte++) a += data[from + c + byte * place.planePitch]! << (8 * byte);
    totals[c] = isMax ? Math.max(totals[c]!, a) : totals[c]! + a;
  }
}

function write({ data, place }: ByteTensor, to: number, totals: Int32Array): void {
  for (let c = 0; c < totals.length; c++) {
    for (let byte = 0; byte < place.bytes; byte++) data[to + c + byte * place.planePitch] = totals[c]! >> (8 * byte);
  }
}
