/** View-model of `pool.v`: a max pool. */
import type { PoolPlan } from '../plan.js';
import { layerCycles } from '../schedule/predict.js';
import { bitsOfInteger, constant } from '../text.js';
import { describe, parameters, portRanges, windowParameters, type Heading } from './common.js';

export function poolView(layer: PoolPlan, heading: Heading, module: string) {
  const { node, window, taps } = layer;
  const { bits, signed } = node.inputTensor.format;
  const lowest = signed ? -(2 ** (bits - 1)) : 0;
  return {
    ...heading,
    ...portRanges(node, bits),
    module,
    shapeText: describe(layer),
    cyclesPerFrame: layerCycles(layer),
    inMsb: bits - 1,
    windowParameters: parameters([
      ...windowParameters(bits, window),
      ['Simd', 1],
      ['Steps', taps * window.input.channels],
      ['PadValue', constant(bitsOfInteger(lowest, bits))],
    ]),
    poolParameters: parameters([
      ['Bits', bits],
      ['Signed', signed ? 1 : 0],
      ['Channels', window.input.channels],
      ['Taps', taps],
    ]),
  };
}
