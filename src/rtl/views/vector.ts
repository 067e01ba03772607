/** The unit in front of an engine, which makes vectors of the layer's stream. */
import { vectorsOf, type Lanes } from '../lanes.js';
import { registerOf } from '../pipeline.js';
import type { FeedView } from '../units/feed.js';
import { LAYER_IN, namedStream, streamInstance, streamWires, type NamedValues } from './instances.js';

/** An instance between the layer's input and a stream of vectors of SIMD elements. */
export function vectorView(
  { node, fold }: Lanes,
  module: string,
  instance: string,
  { comment, parameters }: { readonly comment: string; readonly parameters: NamedValues },
): FeedView {
  const stream = namedStream('vector');
  const wires = streamWires('vector', fold.simd * node.inputTensor.format.bits);
  return {
    instances: [streamInstance(module, instance, LAYER_IN, stream, { wires, comments: [comment], parameters })],
    stream,
  };
}

/** Parameters of lanes that any such unit has. */
export function laneParameters(lanes: Lanes): NamedValues {
  return [
    ['Simd', lanes.fold.simd],
    ['Steps', vectorsOf(lanes)],
  ];
}

/** Said where beats hold several elements. */
export function inWidthParameters({ widths }: Lanes): NamedValues {
  return widths.input > 1 ? [['InWidth', widths.input]] : [];
}

/** Said where addresses of window elements go through a register. */
export function addressParameters({ fold }: Lanes): NamedValues {
  return registerOf(fold, 'address') > 0 ? [['AddressRegister', 1]] : [];
}
