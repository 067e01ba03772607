/** The kernels of the simulator that this machine has: WebAssembly, and native ones for every instruction set of its own. */
import { FlexorError } from '../../src/base/errors.js';
import type { Kernels } from '../../src/simulate/bytes/kernels.js';
import { nativeKernels } from '../../src/simulate/bytes/native.js';
import { wasmKernels } from '../../src/simulate/bytes/wasm.js';

export const KERNELS: readonly (readonly [name: string, create: () => Kernels])[] = [
  ['WebAssembly', wasmKernels],
  ...(hasNative()
    ? ([
        ['AVX2', () => nativeKernels(1)],
        ['the fastest native ones', nativeKernels],
      ] as const)
    : []),
];

function hasNative(): boolean {
  try {
    nativeKernels();
    return true;
  } catch (error) {
    if (error instanceof FlexorError) return false;
    throw error;
  }
}
