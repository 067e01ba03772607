/** Random layers for random-network.ts: kinds, windows, shapes and number formats, within a budget of work. */
import type { Random } from '../../src/base/random.js';
import { elementCount, windowSize } from '../../src/graph/shapes.js';
import type { ConvWindow } from '../../src/graph/types.js';
import { POINT_WINDOW, slidingOutput } from '../../src/graph/window.js';
import type { IntFormat, IntNode, IntShape } from '../../src/fixed/types.js';

export type Pair = readonly [number, number];
export type Four = readonly [number, number, number, number];

/** A layer with a window; a dense layer's is its whole input. */
export interface Candidate extends ConvWindow {
  readonly kind: Exclude<IntNode['kind'], 'subsample' | 'concat'>;
  readonly shape: IntShape;
}

export function randomFormat(random: Random, maxBits: number): IntFormat {
  const bits = random.pick([8, random.between(1, maxBits), random.between(1, Math.min(4, maxBits))]);
  const limited = Math.min(bits, maxBits);
  return { bits: limited, signed: limited > 1 && random.below(3) === 0 };
}

/**
 * A layer that fits the shape and the budget; a 1×1 convolution (or dense layer, at the end) where no draw fits. `spread`:
 * convolutions may have groups and dilation.
 */
export function chooseLayer(
  random: Random,
  shape: IntShape,
  last: boolean,
  budget: number,
  spread: boolean,
): Candidate {
  for (let attempt = 0; attempt < 40; attempt++) {
    const candidate = drawLayer(random, shape, last, spread);
    if (candidate !== null && work(candidate, shape) <= budget) return candidate;
  }
  const channels = random.between(1, 3);
  return last ? dense(channels) : sliding('conv', {}, shape, channels);
}

function drawLayer(random: Random, shape: IntShape, last: boolean, spread: boolean): Candidate | null {
  const channels = random.pick([random.between(1, 8), random.between(1, 24)]);
  const kinds = last
    ? (['dense', 'conv'] as const)
    : (['conv', 'conv', 'conv', 'conv', 'maxPool', 'maxPool', 'avgPool', 'dense'] as const);
  const kind = random.pick<Candidate['kind']>(kinds);
  if (kind === 'dense') return last || random.below(3) === 0 ? dense(channels) : null;
  if (kind !== 'conv') return drawPool(random, kind, shape);
  const side = (): number => random.pick([1, 3, 3, 5]);
  const k = side();
  const kernel: Pair = random.below(5) === 0 ? [side(), side()] : [k, k];
  const window = { kernel, stride: drawStride(random), padding: drawPadding(random, kernel) };
  const candidate = spread ? drawSpread(random, window, shape, channels) : sliding('conv', window, shape, channels);
  return fits(candidate) && !(last && elementCount(candidate.shape) > candidate.shape.channels) ? candidate : null;
}

function drawPool(random: Random, kind: 'maxPool' | 'avgPool', shape: IntShape): Candidate | null {
  if (shape.height * shape.width === 1) return null;
  if (random.below(kind === 'avgPool' ? 2 : 5) === 0) {
    // Over the whole image.
    const whole: Pair = [shape.height, shape.width];
    return sliding(kind, { kernel: whole }, shape, shape.channels);
  }
  const side = (): number => random.pick([2, 2, 3]);
  const k = side();
  const kernel: Pair = random.below(5) === 0 ? [side(), side()] : [k, k];
  const stride = random.below(2) === 0 ? kernel : drawStride(random);
  const candidate = sliding(kind, { kernel, stride, padding: drawPadding(random, kernel) }, shape, shape.channels);
  return fits(candidate) ? candidate : null;
}

function drawStride(random: Random): Pair {
  const s = random.pick([1, 1, 2]);
  return random.below(6) === 0 ? [s, 3 - s] : [s, s];
}

function drawPadding(random: Random, [height, width]: Pair): Four {
  switch (random.below(3)) {
    case 0:
      return [0, 0, 0, 0];
    case 1:
      return [(height - 1) >> 1, (width - 1) >> 1, height >> 1, width >> 1];
    default:
      return [random.below(height), random.below(width), random.below(height), random.below(width)];
  }
}

function fits({ shape }: Candidate): boolean {
  return shape.height >= 1 && shape.width >= 1;
}

function dense(channels: number): Candidate {
  return { kind: 'dense', ...POINT_WINDOW, shape: { height: 1, width: 1, channels } };
}

function sliding(
  kind: 'conv' | 'maxPool' | 'avgPool',
  given: Partial<ConvWindow>,
  input: IntShape,
  channels: number,
): Candidate {
  const window = { ...POINT_WINDOW, ...given };
  return { kind, ...window, shape: { ...slidingOutput(input, window), channels } };
}

/** The window with dilation and groups, now and then: depthwise ones with one or two filters a channel, and others. */
function drawSpread(random: Random, window: Partial<ConvWindow>, input: IntShape, channels: number): Candidate {
  const d = random.pick([1, 2, 3]);
  const dilation: Pair = random.below(4) === 0 ? [d, 4 - d] : [d, d];
  const divisors = Array.from({ length: input.channels }, (_, i) => i + 1).filter((g) => input.channels % g === 0);
  const groups = random.pick([1, input.channels, random.pick(divisors)]);
  const perGroup = groups === input.channels ? random.pick([1, 1, 2]) : Math.ceil(channels / groups);
  const given = { ...window, dilation: random.below(2) === 0 ? dilation : ([1, 1] as const), groups };
  return sliding('conv', given, input, groups * perGroup);
}

/** A convolution of odd kernel whose output has ⌈size/stride⌉ pixels a side. */
export function sameConv(k: number, stride: Pair, input: IntShape, channels: number): Candidate {
  const pad = (k - 1) / 2;
  return sliding('conv', { kernel: [k, k], stride, padding: [pad, pad, pad, pad] }, input, channels);
}

/** V; a pool's as if it were a convolution without groups. */
export function candidateWindow({ kind, kernel, groups }: Candidate, input: IntShape): number {
  return windowSize(kind === 'dense' ? { kind } : { kind: 'conv', kernel, groups }, input);
}

/** Additions. */
export function work(candidate: Candidate, input: IntShape): number {
  return elementCount(candidate.shape) * candidateWindow(candidate, input);
}
