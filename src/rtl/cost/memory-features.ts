/** What a memory inside a unit costs: what it is made of, and the logic around it. */
import { counterBits } from './counter.js';
import { memoryShape, muxLuts, type MemoryKind } from './memory.js';

/** Of a unit that has no memory and does not multiply. */
export const NO_STORAGE = { lutRams: 0, bram18: 0, multipliers: 0, memoryBits: 0 } as const;

/** A memory inside a unit: what it is made of, and the logic around it. `enables`: parts of a word written one by one. */
export function memoryFeatures(kind: MemoryKind, width: number, depth: number, enables = 1) {
  const shape = memoryShape(kind, width, depth, { enables });
  const logic = shape.made === 'logic';
  const places = kind !== 'rom' && logic ? depth : shape.banks;
  const { lutRams, bram18 } = shape;
  return {
    shape,
    /** Bits of multiplexers between banks, or between the words of registers. */
    readMux: width * muxLuts(places),
    /** Write enables of banks or words. */
    writeDecode: places > 1 ? places * enables : 0,
    storage: { lutRams, bram18, memoryBits: width * depth },
  };
}

/** A memory that shows what is being written: where it is no register, its address is registered again. */
export function arrayFeatures(width: number, depth: number) {
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
