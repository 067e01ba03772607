/** Kernels in WebAssembly, for machines without the native addon. */
import type { IntMaxPoolNode } from '../../fixed/types.js';
import { MOST_PAGES, moduleOf } from './assembler.js';
import type { Kernels, LayerFunction } from './kernels.js';
import { pool } from './pools.js';
import { prepareRequantise } from './requantise.js';
import type { ByteTensor } from './tensor.js';
import { FINISH_ROW, type FinishRow, JOIN_MAX, type JoinMax } from './wasm-finish.js';
import { finishInWasm } from './wasm-table.js';
import { SUM_ROWS, type SumRows } from './wasm-sums.js';
import { packMasks, windowBytes } from './wasm-weights.js';
import { Instance, Memory, Module } from './webassembly.js';
import { LANES, type WeightedLayer } from './weighted.js';

const PAGE = 65_536;

type Allocate = (bytes: number) => Uint8Array;

interface Functions {
  readonly sumRows: SumRows;
  readonly finishRow: FinishRow;
  readonly joinMax: JoinMax;
}

/**
 * A memory of its own that grows as tensors are created. It is shared, because then growing leaves the arrays on it in place;
 * no other thread sees it.
 */
class Arena {
  readonly memory = new Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  private used = 0;

  allocate(bytes: number): Uint8Array {
    const begin = this.used;
    this.used = Math.ceil((begin + bytes) / 64) * 64;
    const pages = Math.ceil(this.used / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (pages > 0) this.memory.grow(pages);
    return new Uint8Array(this.memory.buffer, begin, bytes);
  }
}

export function wasmKernels(): Kernels {
  const arena = new Arena();
  const allocate: Allocate = (bytes) => arena.allocate(bytes);
  const module = new Module(moduleOf([SUM_ROWS, FINISH_ROW, JOIN_MAX]));
  const functions = new Instance(module, { env: { memory: arena.memory } }).exports as unknown as Functions;
  return {
    name: 'wasm',
    planesPerDigit: 1,
    allocate,
    weighted: (layer) => weighted(layer, functions, allocate),
    maxPool: (node, input, output) =>
      output.shape.channels % 16 === 0 ? maxPool(node, input, output, functions.joinMax) : pool(node, input, output),
  };
}

/** Sums of `count` pixels whose windows begin at byte `from` of the input and lie `pitch` bytes apart. */
type SumUp = (from: number, pitch: number, count: number) => void;

function weighted(layer: WeightedLayer, functions: Functions, allocate: Allocate): LayerFunction {
  const { input, height, width } = layer;
  // One output pixel an image: the images are its row.
  const single = height * width === 1;
  const most = single ? Math.floor(input.data.length / input.place.imagePitch) : width;
  const rows = Math.ceil((layer.digits * layer.channels) / LANES) * LANES;
  const sumPitch = input.place.bytes * rows * 4;
  // The function takes pixels in pairs, so that there is one more than is wanted.
  const sums = allocate((most + 1) * sumPitch);
  const sumUp = prepareSums(layer, functions.sumRows, allocate, sums, rows, most);
  const finish =
    finishInWasm(layer, functions.finishRow, allocate, sums, sumPitch) ??
    prepareRequantise(layer, new Int32Array(sums.buffer, sums.byteOffset, sums.length / 4), rows);
  const { imagePitch } = input.place;
  return (images) => {
    if (single) {
      sumUp(layer.origin, imagePitch, images);
      for (let image = 0; image < images; image++) finish(image, 1, image, 0);
      return;
    }
    for (let image = 0; image < images; image++) {
      for (let y = 0; y < height; y++) {
        sumUp(layer.origin + image * imagePitch + y * layer.stepY, layer.stepX, width);
        finish(0, width, image, y);
      }
    }
  };
}

/** Where the runs of a window are no multiple of four bytes, windows are copied first, each into one run. */
function prepareSums(
  layer: WeightedLayer,
  sumRows: SumRows,
  allocate: Allocate,
  sums: Uint8Array,
  rows: number,
  most: number,
): SumUp {
  const { input, segmentPitch } = layer;
  const { bytes, planePitch } = input.place;
  const { gathers, segments, quads } = windowBytes(layer);
  const gathered = gathers ? allocate(most * quads * 4) : null;
  const masks = packMasks(layer, allocate);
  const maskBytes = segments * quads * LANES * 4;
  return (from, pitch, count) => {
    for (let byte = 0; byte < bytes; byte++) {
      const begin = from + byte * planePitch;
      if (gathered !== null) gather(layer, gathered, quads * 4, begin, pitch, count);
      const at = gathered === null ? input.data.byteOffset + begin : gathered.byteOffset;
      const step = gathered === null ? pitch : quads * 4;
      for (let v = 0; v < rows / LANES; v++) {
        const to = sums.byteOffset + (byte * rows + v * LANES) * 4;
        sumRows(at, step, count, segments, quads, segmentPitch, masks + v * maskBytes, to, bytes * rows * 4);
      }
    }
  };
}

/** Windows of `count` pixels, `pitch` apart in the input, side by side. What fills up the last quad stays 0. */
function gather(
  { input, segments, segmentBytes, segmentPitch }: WeightedLayer,
  target: Uint8Array,
  targetPitch: number,
  from: number,
  pitch: number,
  count: number,
): void {
  for (let pixel = 0; pixel < count; pixel++) {
    for (let segment = 0, to = pixel * targetPitch; segment < segments; segment++) {
      let at = from + pixel * pitch + segment * segmentPitch;
      for (const end = to + segmentBytes; to < end; to++, at++) target[to] = input.data[at]!;
    }
  }
}

/** Like pools.ts, sixteen channels at a time. */
function maxPool(node: IntMaxPoolNode, input: ByteTensor, output: ByteTensor, joinMax: JoinMax): LayerFunction {
  const { height, width, channels } = output.shape;
  const [from, to] = [input, output].map(({ data, place }) => data.byteOffset + place.origin) as [number, number];
  const [kernelY, kernelX] = node.kernel;
  return (images) => {
    for (let image = 0; image < images; image++) {
      const source = from + image * input.place.imagePitch;
      const target = to + image * output.place.imagePitch;
      for (let y = 0; y < height; y++) {
        const top = y * node.stride[0] - node.padding[0];
        const row = target + y * output.place.rowPitch;
        output.data.fill(0, row - output.data.byteOffset, row - output.data.byteOffset + width * channels);
        for (let x = 0; x < width; x++) {
          const left = x * node.stride[1] - node.padding[1];
          for (let r = Math.max(0, top); r < Math.min(input.shape.height, top + kernelY); r++) {
            for (let c = Math.max(0, left); c < Math.min(input.shape.width, left + kernelX); c++) {
              joinMax(source + r * input.place.rowPitch + c * channels, row + x * channels, channels);
            }
          }
        }
      }
    }
  };
}
