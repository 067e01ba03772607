/** What instances of hw/flexor_stream_pool.v bind. */
import type { NamedValues } from '../../views/instances.js';
import type { StreamPoolParameters } from './cost.js';

export function streamPoolParameters(unit: StreamPoolParameters, signed: boolean): NamedValues {
  const { maximum, bits, outBits, size, channels, inWidth, kernel, padding, output } = unit;
  return [
    ['Maximum', maximum ? 1 : 0],
    ['Bits', bits],
    ['Signed', signed ? 1 : 0],
    ['Height', size[0]],
    ['Width', size[1]],
    ['Channels', channels],
    ...(inWidth > 1 ? [['InWidth', inWidth] as const] : []),
    ['KernelH', kernel[0]],
    ['KernelW', kernel[1]],
    ['PadTop', padding[0]],
    ['PadLeft', padding[1]],
    ['OutHeight', output[0]],
    ['OutWidth', output[1]],
    ['OutBits', outBits],
  ];
}
