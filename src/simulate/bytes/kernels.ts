/** What computes a layer on bytes: the native addon (native.ts) or WebAssembly (wasm.ts). */
import type { IntMaxPoolNode } from '../../fixed/types.js';
import type { ByteTensor } from './tensor.js';
import type { WeightedLayer } from './weighted.js';

/** Runs a layer on the first images of its tensors. */
export type LayerFunction = (images: number) => void;

export interface Kernels {
  readonly name: 'native' | 'wasm';
  /** Joined planes that one weight may hold (weighted.ts). */
  readonly planesPerDigit: number;
  /** Memory for tensors that the kernels can reach. */
  allocate(bytes: number): Uint8Array;
  weighted(layer: WeightedLayer): LayerFunction;
  maxPool(node: IntMaxPoolNode, input: ByteTensor, output: ByteTensor): LayerFunction;
}
