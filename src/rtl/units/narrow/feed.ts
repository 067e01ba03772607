/** A dense layer with one lane: elements go straight from the stream to the engine, those of a beat one after the other. */
import type { Lanes } from '../../lanes.js';
import type { Feeder } from '../../schedule/feeder.js';
import type { Fifo } from '../../schedule/fifo.js';
import type { Feed, FeedUnit, FeedView } from '../feed.js';
import { place, type PlacedUnit } from '../types.js';
import { NARROW } from './cost.js';
import { DirectFeeder } from './schedule.js';
import { directView } from './view.js';

class DirectFeed implements Feed {
  readonly kind = NARROW.kind;
  readonly variant = 'direct';
  readonly buffered = false;

  widthRule(): null {
    return null;
  }

  placed({ node, widths }: Lanes): PlacedUnit[] {
    if (widths.input === 1) return [];
    return [place(NARROW, { bits: node.inputTensor.format.bits, ratio: widths.input, parts: node.windowSize })];
  }

  seams(): Record<string, never> {
    return {};
  }

  feeder({ node, widths }: Lanes, input: Fifo): Feeder {
    return new DirectFeeder(input, widths.input, node.windowSize);
  }

  view(lanes: Lanes): FeedView {
    return directView(lanes);
  }
}

export const DIRECT_FEED: FeedUnit = {
  simds: ({ kind }) => (kind === 'dense' ? [1] : []),
  choose: ({ kind }, { simd }) => (kind === 'dense' && simd === 1 ? new DirectFeed() : null),
  rule: () => null,
};
