/** What tables of areas show: the resources of each target and the names of parts. */
import type { AreaPart } from '../../rtl/units/types.js';
import type { AreaTarget, Resources } from './types.js';

/** A resource that a target has, under the name that its users know. */
export interface AreaColumn {
  readonly heading: string;
  readonly resource: keyof Resources;
}

const XILINX: readonly AreaColumn[] = [
  { heading: 'LUT', resource: 'luts' },
  { heading: 'INV', resource: 'inverters' },
  { heading: 'LUTRAM', resource: 'lutRams' },
  { heading: 'FF', resource: 'flipFlops' },
  { heading: 'RAMB18', resource: 'blockRams' },
  { heading: 'DSP', resource: 'multipliers' },
];

export const AREA_COLUMNS: Readonly<Record<AreaTarget, readonly AreaColumn[]>> = {
  xcup: XILINX,
  xc7: XILINX,
  ice40: [
    { heading: 'LUT4', resource: 'luts' },
    { heading: 'FF', resource: 'flipFlops' },
    { heading: 'RAM4K', resource: 'blockRams' },
  ],
  ecp5: [
    { heading: 'LUT4', resource: 'luts' },
    { heading: 'LUTRAM', resource: 'lutRams' },
    { heading: 'FF', resource: 'flipFlops' },
    { heading: 'RAM18K', resource: 'blockRams' },
    { heading: 'MULT18', resource: 'multipliers' },
  ],
  asic: [
    { heading: 'µm² logic', resource: 'logicUm2' },
    { heading: 'µm² memory', resource: 'memoryUm2' },
    { heading: 'NAND2', resource: 'nand2' },
    { heading: 'FF', resource: 'flipFlops' },
    { heading: 'ROM bits', resource: 'romBits' },
    { heading: 'RAM bits', resource: 'ramBits' },
  ],
  gates: [
    { heading: 'NAND2', resource: 'nand2' },
    { heading: 'FF', resource: 'flipFlops' },
    { heading: 'ROM bits', resource: 'romBits' },
    { heading: 'RAM bits', resource: 'ramBits' },
  ],
};

export const PART_NAMES: Readonly<Record<AreaPart, string>> = {
  window: 'window',
  weightMemory: 'weight memory',
  xorCircuit: 'XOR circuits',
  shiftRegister: 'shift registers',
  macArray: 'MAC array',
  requantiser: 'requantiser',
  pool: 'pool',
  fifo: 'FIFOs',
  control: 'control',
};
