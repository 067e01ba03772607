/** A convolution whose lanes are filled one after the other from one line buffer, while the engine goes through its groups. */
import type { Lanes } from '../../lanes.js';
import type { Feeder } from '../../schedule/feeder.js';
import type { Fifo } from '../../schedule/fifo.js';
import type { Feed, FeedUnit, FeedView } from '../feed.js';
import { place, type PlacedUnit } from '../types.js';
import { WindowFeeder } from '../window/schedule.js';
import { SERIAL_WINDOW } from './cost.js';
import { serialWindowView } from './view.js';

class SerialFeed implements Feed {
  readonly kind = SERIAL_WINDOW.kind;
  readonly variant: string;
  readonly buffered = true;

  constructor(simd: number) {
    this.variant = simd === 1 ? 'serial' : 'serial lanes';
  }

  widthRule(): null {
    return null;
  }

  placed({ node, window, fold: { simd }, steps, widths }: Lanes): PlacedUnit[] {
    const bits = node.inputTensor.format.bits;
    return [place(SERIAL_WINDOW, { bits, inWidth: widths.input, window: window!, simd, steps })];
  }

  seams(): Record<string, never> {
    return {};
  }

  feeder({ window, widths, fold, steps }: Lanes, input: Fifo): Feeder {
    return new WindowFeeder(input, window!, widths.input, fold.simd, steps);
  }

  view(lanes: Lanes): FeedView {
    return serialWindowView(lanes);
  }
}

export const SERIAL_FEED: FeedUnit = {
  simds({ kind, windowSize }, groups) {
    if (kind !== 'conv') return [];
    return Array.from({ length: Math.min(groups, windowSize) }, (_, i) => i + 1);
  },
  choose({ kind, outChannels }, { pe, simd }) {
    return kind === 'conv' && (simd === 1 || simd <= outChannels / pe) ? new SerialFeed(simd) : null;
  },
  rule: ({ kind }, groups) => (kind === 'conv' ? `at most C_out/PE = ${groups}` : null),
};
