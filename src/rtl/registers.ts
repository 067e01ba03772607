/** The AXI4-Lite registers of a design (hw/flexor_axil_regs.v), as README and software see them. */
import { FlexorError } from '../base/errors.js';
import type { LayerInfo } from './types.js';

/** The register space is one page of 4 KiB, whatever the design. */
export const ADDRESS_BITS = 12;

/** Byte address of the first layer's registers, and bytes a layer. */
const LAYER_BASE = 0x40;
const LAYER_BYTES = 8;

export interface RegisterInfo {
  /** Byte address. */
  readonly address: number;
  readonly name: string;
  /** `ro`: read only, `rw`: read and write, `w1c`: a 1 that is written clears the bit. */
  readonly access: 'ro' | 'rw' | 'w1c';
  readonly text: string;
}

const COMMON: readonly RegisterInfo[] = [
  { address: 0x00, name: 'ID', access: 'ro', text: "'FLXR', 0x464c5852" },
  { address: 0x04, name: 'VERSION', access: 'ro', text: 'version of this map, 1' },
  { address: 0x08, name: 'LAYERS', access: 'ro', text: 'number of layers' },
  {
    ...{ address: 0x0c, name: 'CONTROL', access: 'rw' },
    text: 'bit 0: datapath in reset while 1; bit 1: write 1 to clear all counters, reads 0',
  },
  {
    ...{ address: 0x10, name: 'STATUS', access: 'w1c' },
    text:
      'bit 0: tlast came early; bit 1: tlast was missing; bit 2: tkeep did not mark the bytes that a beat has; bit 3: a packet of weights was dropped; ' +
      'bit 4: a layer lost its place in the stream of its weights; read only: bit 8: a frame is inside, bit 9: layers still ' +
      'wait for the frame from which they use the weights loaded last, or, with one bank, frames for a whole packet of weights',
  },
  { address: 0x14, name: 'FRAMES_IN', access: 'ro', text: 'frames taken whole' },
  { address: 0x18, name: 'FRAMES_OUT', access: 'ro', text: 'frames whose last logit was taken' },
  { address: 0x1c, name: 'CYCLES', access: 'ro', text: 'cycles in which a frame was inside' },
  ...Array.from({ length: 8 }, (_, i): RegisterInfo => ({
    ...{ address: 0x20 + 4 * i, name: `MODEL_${i}`, access: 'ro' },
    text: `bits ${255 - 32 * i} to ${224 - 32 * i} of the model's SHA-256`,
  })),
];

/** All registers, by address. */
export function registerMap(layers: readonly Pick<LayerInfo, 'name'>[]): readonly RegisterInfo[] {
  const counters = layers.flatMap(({ name }, i): RegisterInfo[] => {
    const address = LAYER_BASE + LAYER_BYTES * i;
    const cycles = 'of those CYCLES, the ones in which';
    return [
      { address, name: `STARVED_${i}`, access: 'ro', text: `${cycles} ${name} could take input and none came` },
      { address: address + 4, name: `BLOCKED_${i}`, access: 'ro', text: `${cycles} output of ${name} was not taken` },
    ];
  });
  return [...COMMON, ...counters];
}

/** Refuses a design whose registers would not fit the address space. */
export function checkRegisters(layers: number): void {
  const most = (2 ** ADDRESS_BITS - LAYER_BASE) / LAYER_BYTES;
  if (layers <= most) return;
  throw new FlexorError(
    'unsupported',
    `--axi-lite has registers for at most ${most} layers, this network has ${layers}; leave the option out`,
  );
}
