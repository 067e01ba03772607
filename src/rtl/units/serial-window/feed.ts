/** A convolution whose lanes are filled one after the other from one line buffer, while the engine goes through its groups. */
import { convGroups, isInterleaved, vectorsOf, type Lanes, type WeightedNode } from '../../lanes.js';
import { registerOf } from '../../pipeline.js';
import type { Feeder } from '../../schedule/feeder.js';
import type { Fifo } from '../../schedule/fifo.js';
import type { LayerFold } from '../../types.js';
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

  /** Groups of several channels are stored apart, an element a cycle. */
  widthRule(node: WeightedNode, _: LayerFold, width: number): string | null {
    return width === 1 || !isInterleaved(node) ? null : `beats into layer ${node.name} must hold one element`;
  }

  placed(lanes: Lanes): PlacedUnit[] {
    const { node, window, fold, widths } = lanes;
    const bits = node.inputTensor.format.bits;
    const steps = vectorsOf(lanes);
    const interleave = isInterleaved(node) ? convGroups(node) : 1;
    return [
      place(SERIAL_WINDOW, {
        bits,
        inWidth: widths.input,
        window: window!,
        simd: fold.simd,
        steps,
        interleave,
        address: registerOf(fold, 'address'),
      }),
    ];
  }

  seams(): Record<string, never> {
    return {};
  }

  feeder(lanes: Lanes, input: Fifo): Feeder {
    const { window, widths, fold } = lanes;
    return new WindowFeeder(
      input,
      window!,
      widths.input,
      fold.simd,
      vectorsOf(lanes),
      registerOf(lanes.fold, 'address'),
    );
  }

  view(lanes: Lanes): FeedView {
    return serialWindowView(lanes);
  }
}

export const SERIAL_FEED: FeedUnit = {
  simds({ kind, windowSize }, groups) {
    if (kind !== 'conv') return [];
    return Array.from({ length: Math.max(1, Math.min(groups, windowSize)) }, (_, i) => i + 1);
  },
  choose(node, { pe, simd }) {
    if (node.kind !== 'conv') return null;
    return simd === 1 || simd <= node.outChannels / convGroups(node) / pe ? new SerialFeed(simd) : null;
  },
  rule: ({ kind }, groups) => (kind === 'conv' ? `at most C_out/PE = ${groups}` : null),
};
