/** View-model of `pool.v`: a max or average pool. */
import type { PoolPlan } from '../plan.js';
import { layerCycles } from '../schedule/predict.js';
import { bitsOfInteger, constant } from '../text.js';
import { describe, parameters, portRanges, windowParameters, type Heading } from './common.js';

export function poolView(layer: PoolPlan, heading: Heading, module: string) {
  const { node, window, taps } = layer;
  const { shape, format } = node.inputTensor;
  const { bits, signed } = format;
  const maximum = node.kind === 'maxPool';
  const padding = maximum && signed ? -(2 ** (bits - 1)) : 0;
  return {
    ...heading,
    ...portRanges(node),
    module,
    shapeText: describe(layer),
    cyclesPerFrame: layerCycles(layer),
    inMsb: bits - 1,
    windowParameters:
      window &&
      parameters([
        ...windowParameters(bits, window),
        ['Simd', 1],
        ['Steps', taps * shape.channels],
        ['PadValue', constant(bitsOfInteger(padding, bits))],
      ]),
    poolModule: maximum ? 'flexor_max_pool' : 'flexor_sum_pool',
    name: maximum ? 'max' : 'sum',
    poolParameters: parameters([
      ['Bits', bits],
      ['Signed', signed ? 1 : 0],
      ['Channels', shape.channels],
      ['Taps', taps],
      ...(maximum ? [] : [['SumBits', node.outputTensor.format.bits] as const]),
    ]),
  };
}
