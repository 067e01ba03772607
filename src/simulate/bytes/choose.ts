/** The fastest kernels that this machine has. */
import { FlexorError } from '../../base/errors.js';
import type { Kernels } from './kernels.js';
import { nativeKernels } from './native.js';
import { wasmKernels } from './wasm.js';

/** Native ones where the addon is built and the processor has what they need, else WebAssembly. */
export function chooseKernels(): Kernels {
  try {
    return nativeKernels();
  } catch (error) {
    if (error instanceof FlexorError && error.code === 'tool') return wasmKernels();
    throw error;
  }
}
