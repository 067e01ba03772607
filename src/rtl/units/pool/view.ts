/** What instances of hw/flexor_max_pool.v and hw/flexor_sum_pool.v bind. */
import type { NamedValues } from '../../views/instances.js';
import type { PoolParameters } from './cost.js';

export function poolParameters({ bits, width, channels, taps }: PoolParameters, signed: boolean): NamedValues {
  return [
    ['Bits', bits],
    ['Signed', signed ? 1 : 0],
    ['Channels', channels],
    ...(width > 1 ? [['Width', width] as const] : []),
    ['Taps', taps],
  ];
}
