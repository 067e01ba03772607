/**
 * Folds: how many output channels (PE) and window elements (SIMD) a layer works on in one cycle, and which of them the
 * hardware can do (which to take: solve/). Cycles per pixel = ⌈V/SIMD⌉·(C_out/PE), V = k_h·k_w·C_in.
 */
import { divisors, lcm } from '../base/bits.js';
import { MAX_WIDTH } from './beats.js';
import { convGroups, cyclesPerPixel, type WeightedNode } from './lanes.js';
import { SINGLE, type LayerFold, type LayerWidths } from './types.js';
import type { Feed } from './units/feed.js';
import { FEED_UNITS } from './units/index.js';

/** A fold that the hardware cannot do, and the rule that it breaks. */
export interface IllegalFold {
  readonly kind: 'illegal';
  readonly rule: string;
}

/** Widest decryptor register and memory word that the generator makes; wider ones are refused as folds. */
const MAX_REGISTER_BITS = 16_384;
const MAX_WORD_BITS = 65_536;
/** Most entries of M⊕ over all planes (Icarus takes half a minute to read a random 256×256), and most bits of phases. */
const MAX_CONSTANT_BITS = 65_536;

/** What feeds the lanes of a fold, or the rule that it breaks. */
export function feedOf(node: WeightedNode, fold: LayerFold): Feed | IllegalFold {
  const rule = lanesRule(node, fold) ?? constantsRule(node, fold);
  if (rule !== null) return { kind: 'illegal', rule };
  for (const unit of FEED_UNITS) {
    const feed = unit.choose(node, fold);
    if (feed !== null) return feed;
  }
  const groups = node.outChannels / convGroups(node) / fold.pe;
  const rules = FEED_UNITS.flatMap((unit) => unit.rule(node, groups) ?? []);
  return { kind: 'illegal', rule: `SIMD of a convolution must be ${rules.join(', or ')}, got ${fold.simd}` };
}

export function isIllegal(feed: Feed | IllegalFold): feed is IllegalFold {
  return feed.kind === 'illegal';
}

/** What PE and SIMD must be, whatever feeds the lanes. */
function lanesRule(node: WeightedNode, { pe, simd }: LayerFold): string | null {
  const groups = convGroups(node);
  if (!Number.isInteger(pe) || pe < 1 || (node.outChannels / groups) % pe !== 0) {
    return `PE must divide C_out${groups > 1 ? '/groups' : ''} = ${node.outChannels / groups}, got ${pe}`;
  }
  if (!Number.isInteger(simd) || simd < 1 || simd > node.windowSize) {
    return `SIMD must be an integer from 1 to V = ${node.windowSize}, got ${simd}`;
  }
  const steps = Math.ceil(node.windowSize / simd);
  const needed = Math.ceil(node.windowSize / steps);
  if (needed === simd) return null;
  return `SIMD ${simd} leaves a lane without work: V = ${node.windowSize} needs ${needed}`;
}

/** What would be too wide for the tools that read the Verilog. */
function constantsRule({ planes }: WeightedNode, { pe, simd }: LayerFold): string | null {
  for (const plane of planes) {
    const registerBits = lcm(plane.nOut, pe);
    const wordBits = planes.length * simd * (registerBits / plane.nOut) * plane.nIn;
    if (registerBits > MAX_REGISTER_BITS || wordBits > MAX_WORD_BITS) {
      return (
        `PE ${pe} with N_out ${plane.nOut} needs a decryptor register of ${registerBits} bits and memory words of ` +
        `${wordBits} bits; the most are ${MAX_REGISTER_BITS} and ${MAX_WORD_BITS}`
      );
    }
  }
  const matrixBits = planes.reduce((sum, { nIn, nOut }) => sum + nIn * nOut, 0);
  if (matrixBits <= MAX_CONSTANT_BITS && 16 * simd <= MAX_CONSTANT_BITS) return null;
  return (
    `M⊕ of all planes (${matrixBits} bits) and the phases of all lanes (${16 * simd} bits) may take at most ` +
    `${MAX_CONSTANT_BITS} bits each`
  );
}

/** The rule that beats of `width` elements break at the input of a layer with a legal fold; null where it can take them. */
export function widthRule(node: WeightedNode, fold: LayerFold, width: number): string | null {
  const feed = feedOf(node, fold);
  return width === 1 || isIllegal(feed) ? null : feed.widthRule(node, fold, width);
}

/**
 * The least width of at least `least` elements that the output of a layer can have with this PE; null where there is none. A
 * group of channels fills whole beats, but for `logits`: nothing reads them but the port, so that they may have any width, and
 * where one group holds them all its last beat holds the rest.
 */
export function outputWidth(node: WeightedNode, pe: number, least: number, logits: boolean): number | null {
  if (!logits) return pe % least === 0 ? least : null;
  if (pe === node.outChannels && least <= pe) return least;
  for (let width = least; width <= Math.min(pe, MAX_WIDTH); width++) if (pe % width === 0) return width;
  return null;
}

/**
 * Every fold that the hardware can do with streams of these widths (that of `logits` at least), by rising cycles per pixel, then
 * by rising PE·SIMD.
 */
export function legalFolds(node: WeightedNode, widths: LayerWidths = SINGLE, logits = false): LayerFold[] {
  const folds: LayerFold[] = [];
  const channels = node.outChannels / convGroups(node);
  for (const pe of divisors(channels).filter((each) => outputWidth(node, each, widths.output, logits) !== null)) {
    const simds = new Set(FEED_UNITS.flatMap((unit) => unit.simds(node, channels / pe)));
    for (const simd of simds) {
      const fold = { pe, simd };
      if (!isIllegal(feedOf(node, fold)) && widthRule(node, fold, widths.input) === null) folds.push(fold);
    }
  }
  return folds.sort(
    (a, b) => cyclesPerPixel(node, a) - cyclesPerPixel(node, b) || a.pe * a.simd - b.pe * b.simd || a.pe - b.pe,
  );
}
