/** What an instance of hw/flexor_window_banked.v binds. */
import type { Lanes } from '../../lanes.js';
import { addressParameters, inWidthParameters, laneParameters, vectorView } from '../../views/vector.js';
import type { FeedView } from '../feed.js';
import { windowParameters } from '../window/view.js';

export function bankedWindowView(
  lanes: Lanes,
  { tapLanes, blocks }: { readonly tapLanes: boolean; readonly blocks: number },
): FeedView {
  const { node, window } = lanes;
  const lane = `kernel ${tapLanes ? 'tap' : 'row'}${blocks > 1 ? `'s block of channels, ${blocks} a tap` : ''}`;
  return vectorView(lanes, 'flexor_window_banked', 'u_window', {
    comment: `${window!.rows} image rows in banks; a lane is a ${lane}.`,
    parameters: [
      ...windowParameters(node.inputTensor.format.bits, window!),
      ...inWidthParameters(lanes),
      ...addressParameters(lanes),
      ['TapLanes', tapLanes ? 1 : 0],
      ['Blocks', blocks],
      ...laneParameters(lanes),
    ],
  });
}
