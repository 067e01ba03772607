/** What stands in front of an engine: a window unit, a vector buffer, or nothing. */
import type { WeightedPlan } from '../plan.js';
import { constant } from '../text.js';
import { windowParameters } from './common.js';
import {
  LAYER_IN,
  namedStream,
  streamInstance,
  streamWires,
  type InstanceView,
  type NamedValues,
  type Stream,
} from './instances.js';

/** What makes vectors of the stream that comes in, and the stream that the engine reads. */
export function feedInstances(layer: WeightedPlan): { instances: InstanceView[]; stream: Stream } {
  const { feed, fold, steps, node, widths } = layer;
  const { bits } = node.inputTensor.format;
  const wide: NamedValues = widths.input > 1 ? [['InWidth', widths.input]] : [];
  const lanes: NamedValues = [
    ['Simd', fold.simd],
    ['Steps', steps],
  ];
  const vector = namedStream('vector');
  const made = (module: string, instance: string, comment: string, list: NamedValues) => ({
    instances: [
      streamInstance(module, instance, LAYER_IN, vector, {
        wires: streamWires('vector', fold.simd * bits),
        comments: [comment],
        parameters: list,
      }),
    ],
    stream: vector,
  });
  const window = () => [...windowParameters(bits, layer.window!), ...wide];
  switch (feed.kind) {
    case 'direct':
      if (widths.input === 1) return { instances: [], stream: LAYER_IN };
      return made('flexor_narrow', 'u_narrow', `The ${widths.input} elements of a beat, one after the other.`, [
        ['Bits', bits],
        ['Ratio', widths.input],
      ]);
    case 'vector':
      return made('flexor_vector_buffer', 'u_vector', `${fold.simd} stretches of ${steps} elements; two frames deep.`, [
        ['Bits', bits],
        ...wide,
        ['Size', node.windowSize],
        ...lanes,
      ]);
    case 'serial':
      return made(
        'flexor_window_serial',
        'u_window',
        `${layer.window!.rows} image rows in one memory, ${node.windowSize} elements a window.`,
        [...window(), ...lanes, ['PadValue', constant(new Uint8Array(bits))]],
      );
    case 'banked': {
      const lane = `kernel ${feed.tapLanes ? 'tap' : 'row'}`;
      return made(
        'flexor_window_banked',
        'u_window',
        `${layer.window!.rows} image rows in banks; a lane is a ${lane}` +
          `${feed.blocks > 1 ? `'s block of channels, ${feed.blocks} a tap` : ''}.`,
        [...window(), ['TapLanes', feed.tapLanes ? 1 : 0], ['Blocks', feed.blocks], ...lanes],
      );
    }
  }
}
