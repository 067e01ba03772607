/** What instances of hw/flexor_window_serial.v bind. */
import { convGroups, isInterleaved, type Lanes } from '../../lanes.js';
import { constant } from '../../text.js';
import { LAYER_IN, streamInstance, streamWires, type InstanceView, type Stream } from '../../views/instances.js';
import { addressParameters, inWidthParameters, laneParameters, vectorView } from '../../views/vector.js';
import type { FeedView } from '../feed.js';
import { windowParameters } from '../window/view.js';
import type { BeatWindow } from './beats.js';

const MODULE = 'flexor_window_serial';

export function serialWindowView(lanes: Lanes): FeedView {
  const { node, window } = lanes;
  const { bits } = node.inputTensor.format;
  return vectorView(lanes, MODULE, 'u_window', {
    comment: `${window!.rows} image rows in one memory, ${node.windowSize} elements a window.`,
    parameters: [
      ...windowParameters(bits, window!),
      ...(isInterleaved(node) ? [['Interleave', convGroups(node)] as const] : []),
      ...inWidthParameters(lanes),
      ...addressParameters(lanes),
      ...laneParameters(lanes),
      ['PadValue', constant(new Uint8Array(bits))],
    ],
  });
}

/** The window of a pool, from a layer's input to a stream of beats; `padding`: bits of a beat of padding. */
export function beatWindowInstance(
  { tensor, window, width, taps }: BeatWindow,
  to: Stream,
  padding: Uint8Array,
): InstanceView {
  // Beats are its elements.
  const beats = tensor.shape.channels / width;
  const bits = width * tensor.format.bits;
  return streamInstance(MODULE, 'u_window', LAYER_IN, to, {
    wires: streamWires(to.data, bits),
    parameters: [
      ...windowParameters(bits, window, beats),
      ['Simd', 1],
      ['Steps', taps * beats],
      ['PadValue', constant(padding)],
    ],
  });
}
