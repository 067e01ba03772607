/** FIFOs, pools, shortcuts and ports. */
import { counterBits, type Features } from './features.js';
import { memoryShape, muxLuts, type MemoryKind } from './memory.js';
import type {
  ClassifierUnit,
  DeepFifoUnit,
  FifoUnit,
  InputUnit,
  NarrowUnit,
  PoolUnit,
  SubsampleUnit,
} from './units.js';

/** A memory inside a unit: what it is made of, and the logic around it. */
export function memoryFeatures(kind: MemoryKind, width: number, depth: number) {
  const shape = memoryShape(kind, width, depth);
  const logic = shape.made === 'logic';
  const places = kind !== 'rom' && logic ? depth : shape.banks;
  const { lutRams, bram18 } = shape;
  return {
    shape,
    /** Bits of multiplexers between banks, or between the words of registers. */
    readMux: width * muxLuts(places),
    /** Write enables of banks or words. */
    writeDecode: places > 1 ? places : 0,
    storage: { lutRams, bram18, memoryBits: width * depth },
  };
}

/** A memory that shows what is being written: where it is no register, its address is registered again. */
function arrayFeatures(width: number, depth: number) {
  const { shape, readMux, writeDecode, storage } = memoryFeatures('array', width, depth);
  const address = depth > 1 ? counterBits(depth) : 0;
  return {
    storage,
    luts: { 'read multiplexer': readMux, 'write decoder': writeDecode, bypass: shape.made === 'block' ? width : 0 },
    flipFlops: {
      'logic memory': shape.made === 'logic' ? width * depth : 0,
      address: shape.made === 'logic' ? 0 : address,
      bypass: shape.made === 'block' ? width + 1 : 0,
    },
  };
}

export function fifoFeatures({ width, depth }: FifoUnit): Features {
  const memory = arrayFeatures(width, depth);
  const counters = (depth > 1 ? 2 * counterBits(depth) : 0) + counterBits(depth + 1);
  return {
    luts: { unit: 1, counters, ...memory.luts },
    flipFlops: { counters, ...memory.flipFlops },
    multipliers: 0,
    ...memory.storage,
  };
}

export function deepFifoFeatures({ width, depth }: DeepFifoUnit): Features {
  const { shape, readMux, writeDecode, storage } = memoryFeatures('ram', width, depth - 1);
  const counters = 2 * counterBits(depth - 1) + counterBits(depth);
  return {
    luts: { unit: 1, counters, 'read multiplexer': readMux, 'write decoder': writeDecode },
    flipFlops: { unit: 1, counters, output: shape.made === 'block' ? 0 : width },
    multipliers: 0,
    ...storage,
  };
}

export function poolFeatures({ width, channels, taps, sumBits }: PoolUnit): Features {
  const beats = channels / width;
  const memory = arrayFeatures(width * sumBits, beats);
  const counters = (beats > 1 ? counterBits(beats) : 0) + counterBits(taps);
  return {
    luts: { unit: 1, counters, value: width * sumBits, ...memory.luts },
    flipFlops: { counters, ...memory.flipFlops },
    multipliers: 0,
    ...memory.storage,
  };
}

const NO_STORAGE = { lutRams: 0, bram18: 0, multipliers: 0, memoryBits: 0 } as const;

export function subsampleFeatures(unit: SubsampleUnit): Features {
  const { bits, height, width, channels, stride, channelPadding } = unit;
  const places = counterBits(channelPadding[0] + channels + channelPadding[1] + 1);
  const image = counterBits(height + 1) + counterBits(width + 1);
  const phases = counterBits(stride[0] + 1) + counterBits(stride[1] + 1);
  return {
    luts: { unit: 1, value: bits, places, image, phases },
    flipFlops: { counters: places + image + phases },
    ...NO_STORAGE,
  };
}

export function narrowFeatures({ bits, ratio }: NarrowUnit): Features {
  const counters = counterBits(ratio);
  return { luts: { counters, parts: bits * muxLuts(ratio) }, flipFlops: { counters }, ...NO_STORAGE };
}

export function inputFeatures({ bits, elements }: InputUnit): Features {
  const counters = counterBits(elements);
  return { luts: { unit: 1, counters, value: bits }, flipFlops: { unit: 4, counters }, ...NO_STORAGE };
}

export function classifierFeatures({ bits, count }: ClassifierUnit): Features {
  const index = counterBits(count);
  return { luts: { unit: 1, value: bits, index }, flipFlops: { value: bits, index: 2 * index }, ...NO_STORAGE };
}
