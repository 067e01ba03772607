/** Arithmetic of windows that slide over an image: how far they reach and how many positions they have. */
import type { ConvWindow, Pair, Shape, Sliding } from './types.js';

/** A window with taps that may be apart; a pool's are neighbours. */
export type Window = Sliding & Partial<Pick<ConvWindow, 'dilation'>>;

/** Taps of neighbouring pixels. */
export const UNDILATED: Pair = [1, 1];

/** The window of a dense layer over its flattened input. */
export const POINT_WINDOW: ConvWindow = {
  kernel: [1, 1],
  stride: [1, 1],
  padding: [0, 0, 0, 0],
  dilation: UNDILATED,
  groups: 1,
};

/** Pixels that a window spans, vertically and horizontally: (k − 1)·dilation + 1. */
export function windowSpan({ kernel, dilation = UNDILATED }: Window): Pair {
  return [(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1];
}

/** Number of window positions in a padded input; not positive where the window does not fit. */
export function slidingOutput(input: Pick<Shape, 'height' | 'width'>, window: Window): Pick<Shape, 'height' | 'width'> {
  const { stride, padding } = window;
  const [top, left, bottom, right] = padding;
  const [high, wide] = windowSpan(window);
  return {
    height: Math.floor((input.height + top + bottom - high) / stride[0]) + 1,
    width: Math.floor((input.width + left + right - wide) / stride[1]) + 1,
  };
}

/** The window that is the whole image, as for a global pool. */
export function wholeWindow({ height, width }: Pick<Shape, 'height' | 'width'>): Sliding {
  return { kernel: [height, width], stride: [height, width], padding: [0, 0, 0, 0] };
}
