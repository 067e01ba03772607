/** Random layers for random-network.ts: kinds, windows, shapes and number formats, within a budget of work. */
import type { Random } from '../../src/base/random.js';
import { elementCount, slidingOutput } from '../../src/fixed/shapes.js';
import type { IntFormat, IntNode, IntShape } from '../../src/fixed/types.js';

export type Pair = readonly [number, number];
export type Four = readonly [number, number, number, number];

/** A layer with a window; a dense layer's is its whole input. */
export interface Candidate {
  readonly kind: Exclude<IntNode['kind'], 'subsample'>;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Four;
  readonly shape: IntShape;
}

export function randomFormat(random: Random, maxBits: number): IntFormat {
  const bits = random.pick([8, random.between(1, maxBits), random.between(1, Math.min(4, maxBits))]);
  const limited = Math.min(bits, maxBits);
  return { bits: limited, signed: limited > 1 && random.below(3) === 0 };
}

/** A layer that fits the shape and the budget; a 1×1 convolution (or dense layer, at the end) where no draw fits. */
export function chooseLayer(random: Random, shape: IntShape, last: boolean, budget: number): Candidate {
  for (let attempt = 0; attempt < 40; attempt++) {
    const candidate = drawLayer(random, shape, last);
    if (candidate !== null && work(candidate, shape) <= budget) return candidate;
  }
  const channels = random.between(1, 3);
  return last ? dense(channels) : sliding('conv', [1, 1], [1, 1], [0, 0, 0, 0], shape, channels);
}

function drawLayer(random: Random, shape: IntShape, last: boolean): Candidate | null {
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
  const candidate = sliding('conv', kernel, drawStride(random), drawPadding(random, kernel), shape, channels);
  return fits(candidate) && !(last && elementCount(candidate.shape) > candidate.shape.channels) ? candidate : null;
}

function drawPool(random: Random, kind: 'maxPool' | 'avgPool', shape: IntShape): Candidate | null {
  if (shape.height * shape.width === 1) return null;
  if (random.below(kind === 'avgPool' ? 2 : 5) === 0) {
    // Over the whole image.
    const whole: Pair = [shape.height, shape.width];
    return sliding(kind, whole, [1, 1], [0, 0, 0, 0], shape, shape.channels);
  }
  const side = (): number => random.pick([2, 2, 3]);
  const k = side();
  const kernel: Pair = random.below(5) === 0 ? [side(), side()] : [k, k];
  const stride = random.below(2) === 0 ? kernel : drawStride(random);
  const candidate = sliding(kind, kernel, stride, drawPadding(random, kernel), shape, shape.channels);
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
  return {
    kind: 'dense',
    kernel: [1, 1],
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    shape: { height: 1, width: 1, channels },
  };
}

function sliding(
  kind: 'conv' | 'maxPool' | 'avgPool',
  kernel: Pair,
  stride: Pair,
  padding: Four,
  input: IntShape,
  channels: number,
): Candidate {
  return { kind, kernel, stride, padding, shape: { ...slidingOutput(input, kernel, stride, padding), channels } };
}

/** A convolution of odd kernel whose output has ⌈size/stride⌉ pixels a side. */
export function sameConv(k: number, stride: Pair, input: IntShape, channels: number): Candidate {
  const pad = (k - 1) / 2;
  return sliding('conv', [k, k], stride, [pad, pad, pad, pad], input, channels);
}

export function windowSize(candidate: Candidate, input: IntShape): number {
  return candidate.kind === 'dense' ? elementCount(input) : candidate.kernel[0] * candidate.kernel[1] * input.channels;
}

export function work(candidate: Candidate, input: IntShape): number {
  return elementCount(candidate.shape) * windowSize(candidate, input);
}
