/** What an instance of hw/flexor_vector_buffer.v binds. */
import type { Lanes } from '../../lanes.js';
import { inWidthParameters, laneParameters, vectorView } from '../../views/vector.js';
import type { FeedView } from '../feed.js';

export function vectorBufferView(lanes: Lanes): FeedView {
  const { node, fold, steps } = lanes;
  return vectorView(lanes, 'flexor_vector_buffer', 'u_vector', {
    comment: `${fold.simd} stretches of ${steps} elements; two frames deep.`,
    parameters: [
      ['Bits', node.inputTensor.format.bits],
      ...inWidthParameters(lanes),
      ['Size', node.windowSize],
      ...laneParameters(lanes),
    ],
  });
}
