/** What instances of hw/flexor_narrow.v bind. */
import type { Lanes } from '../../lanes.js';
import { LAYER_IN, streamInstance, type InstanceView, type Stream } from '../../views/instances.js';
import { vectorView } from '../../views/vector.js';
import type { FeedView } from '../feed.js';

const MODULE = 'flexor_narrow';

/** Elements of a beat one after the other, where beats hold several. */
export function directView(lanes: Lanes): FeedView {
  const { node, widths } = lanes;
  if (widths.input === 1) return { instances: [], stream: LAYER_IN };
  return vectorView(lanes, MODULE, 'u_narrow', {
    comment: `The ${widths.input} elements of a beat, one after the other.`,
    parameters: [
      ['Bits', node.inputTensor.format.bits],
      ['Ratio', widths.input],
      ...(node.windowSize % widths.input === 0 ? [] : [['Parts', node.windowSize] as const]),
    ],
  });
}

/** A stream in parts of `bits` bits, `ratio` of them a beat. */
export function narrowInstance(
  instance: string,
  from: Stream,
  to: Stream,
  { bits, ratio }: { readonly bits: number; readonly ratio: number },
  parts: { readonly wires: readonly string[]; readonly comments: readonly string[] },
): InstanceView {
  const parameters = [['Bits', bits] as const, ['Ratio', ratio] as const];
  return streamInstance(MODULE, instance, from, to, { ...parts, parameters });
}
