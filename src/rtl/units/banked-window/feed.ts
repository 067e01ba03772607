/** A convolution whose lanes are read in one cycle: a lane is a kernel row, or one of `blocks` channel blocks of a kernel tap. */
import { divisors } from '../../../base/bits.js';
import type { IntConvNode } from '../../../fixed/types.js';
import { convGroups, isInterleaved, vectorsOf, type Lanes, type WeightedNode } from '../../lanes.js';
import { muxLuts } from '../../cost/memory.js';
import { registerOf } from '../../pipeline.js';
import type { Feeder } from '../../schedule/feeder.js';
import type { Fifo } from '../../schedule/fifo.js';
import type { LayerFold } from '../../types.js';
import type { Feed, FeedUnit, FeedView } from '../feed.js';
import { place, type Amounts, type PlacedUnit } from '../types.js';
import { WindowFeeder } from '../window/schedule.js';
import { BANKED_WINDOW } from './cost.js';
import { bankedWindowView } from './view.js';

export class BankedFeed implements Feed {
  readonly kind = BANKED_WINDOW.kind;
  readonly variant: string;
  readonly buffered = true;

  constructor(
    /** Lanes are kernel taps, else kernel rows. */
    readonly tapLanes: boolean,
    readonly blocks: number,
  ) {
    if (!tapLanes) this.variant = 'banked rows';
    else this.variant = blocks === 1 ? 'banked taps' : 'banked blocks';
  }

  /** Words of the banks are as wide as beats. */
  widthRule({ name, inputTensor }: WeightedNode, _: LayerFold, width: number): string | null {
    const block = inputTensor.shape.channels / this.blocks;
    return block % width === 0 || width % block === 0
      ? null
      : `beats into layer ${name} must divide the ${block} channels of its lanes or hold several lanes' whole`;
  }

  placed(lanes: Lanes): PlacedUnit[] {
    const { node, window, fold, widths } = lanes;
    const { simd } = fold;
    const steps = vectorsOf(lanes);
    const { tapLanes, blocks } = this;
    const bits = node.inputTensor.format.bits;
    return [
      place(BANKED_WINDOW, {
        bits,
        inWidth: widths.input,
        window: window!,
        simd,
        steps,
        tapLanes,
        blocks,
        address: registerOf(fold, 'address'),
      }),
    ];
  }

  seams({ node, window, fold }: Lanes): Amounts {
    const taps = this.tapLanes ? fold.simd / this.blocks : 0;
    return { 'tap lanes': taps * node.inputTensor.format.bits * muxLuts(window!.rows) };
  }

  feeder(lanes: Lanes, input: Fifo): Feeder {
    return new WindowFeeder(
      input,
      lanes.window!,
      lanes.widths.input,
      1,
      vectorsOf(lanes),
      registerOf(lanes.fold, 'address'),
    );
  }

  view(lanes: Lanes): FeedView {
    return bankedWindowView(lanes, this);
  }
}

/** Neighbouring columns of an ordinary or a depthwise convolution. */
function suits(node: WeightedNode): node is IntConvNode {
  if (node.kind !== 'conv' || isInterleaved(node)) return false;
  return node.dilation[1] === 1 || node.kernel[1] === 1;
}

export const BANKED_FEED: FeedUnit = {
  simds(node) {
    if (!suits(node)) return [];
    const [kernelH, kernelW] = node.kernel;
    return [kernelH, ...divisors(node.inputTensor.shape.channels / convGroups(node)).map((d) => kernelH * kernelW * d)];
  },
  choose(node, { simd }) {
    if (!suits(node)) return null;
    const [kernelH, kernelW] = node.kernel;
    const blocks = simd / (kernelH * kernelW);
    if (Number.isInteger(blocks) && (node.inputTensor.shape.channels / convGroups(node)) % blocks === 0) {
      return new BankedFeed(true, blocks);
    }
    return simd === kernelH ? new BankedFeed(false, 1) : null;
  },
  rule(node) {
    if (!suits(node)) return null;
    return `k_h = ${node.kernel[0]}, or k_h·k_w·d with d dividing C_in = ${node.inputTensor.shape.channels / convGroups(node)}`;
  },
};
