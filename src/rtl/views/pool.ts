/** View-model of `pool.v`: a max or average pool. */
import type { PoolPlan } from '../plan.js';
import { layerCycles } from '../schedule/predict.js';
import { bitsOfInteger, concatBits, constant } from '../text.js';
import { describe, parameters, portRanges, widthText, windowParameters, type Heading } from './common.js';

export function poolView(layer: PoolPlan, heading: Heading, module: string) {
  const { node, window, taps, widths } = layer;
  const { shape, format } = node.inputTensor;
  const { bits, signed } = format;
  const maximum = node.kind === 'maxPool';
  const padding = bitsOfInteger(maximum && signed ? -(2 ** (bits - 1)) : 0, bits);
  // The window unit hands on whole beats: they are its elements.
  const beats = shape.channels / widths.input;
  const beatBits = widths.input * bits;
  return {
    ...heading,
    ...portRanges(layer),
    module,
    shapeText: describe(layer),
    streamText: widthText(layer),
    cyclesPerFrame: layerCycles(layer),
    inMsb: beatBits - 1,
    windowParameters:
      window &&
      parameters([
        ...windowParameters(beatBits, window, beats),
        ['Simd', 1],
        ['Steps', taps * beats],
        ['PadValue', constant(concatBits(...Array.from({ length: widths.input }, () => padding)))],
      ]),
    poolModule: maximum ? 'flexor_max_pool' : 'flexor_sum_pool',
    name: maximum ? 'max' : 'sum',
    poolParameters: parameters([
      ['Bits', bits],
      ['Signed', signed ? 1 : 0],
      ['Channels', shape.channels],
      ...(widths.input > 1 ? [['Width', widths.input] as const] : []),
      ['Taps', taps],
      ...(maximum ? [] : [['SumBits', node.outputTensor.format.bits] as const]),
    ]),
  };
}
