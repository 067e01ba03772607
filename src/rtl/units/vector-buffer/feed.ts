/** A dense layer with several lanes: one bank a lane, two frames deep. */
import { beatsOf } from '../../beats.js';
import { windowSteps, type Lanes, type WeightedNode } from '../../lanes.js';
import type { Feeder } from '../../schedule/feeder.js';
import type { Fifo } from '../../schedule/fifo.js';
import type { LayerFold } from '../../types.js';
import type { Feed, FeedUnit, FeedView } from '../feed.js';
import { place, type PlacedUnit } from '../types.js';
import { VECTOR_BUFFER } from './cost.js';
import { VectorFeeder } from './schedule.js';
import { vectorBufferView } from './view.js';

class VectorFeed implements Feed {
  readonly kind = VECTOR_BUFFER.kind;
  readonly variant = 'vector';
  readonly buffered = true;

  /** Words of the banks are as wide as beats, or a beat holds the elements of several lanes. */
  widthRule(node: WeightedNode, fold: LayerFold, width: number): string | null {
    const steps = windowSteps(node, fold);
    if (steps % width === 0 || width % steps === 0) return null;
    return `beats into layer ${node.name} must divide its lanes' ${steps} elements or be a multiple of them`;
  }

  placed({ node, fold: { simd }, steps, widths }: Lanes): PlacedUnit[] {
    const bits = node.inputTensor.format.bits;
    return [place(VECTOR_BUFFER, { bits, inWidth: widths.input, size: node.windowSize, simd, steps })];
  }

  seams(): Record<string, never> {
    return {};
  }

  feeder({ node, widths, steps }: Lanes, input: Fifo): Feeder {
    return new VectorFeeder(input, beatsOf(node.windowSize, widths.input), steps);
  }

  view(lanes: Lanes): FeedView {
    return vectorBufferView(lanes);
  }
}

export const VECTOR_FEED: FeedUnit = {
  simds({ kind, windowSize }) {
    if (kind !== 'dense') return [];
    return Array.from({ length: windowSize }, (_, i) => Math.ceil(windowSize / (i + 1)));
  },
  choose: ({ kind }, { simd }) => (kind === 'dense' && simd > 1 ? new VectorFeed() : null),
  rule: () => null,
};
