/** Beats of a stream: so many elements of a frame, `width` a beat, the first one lowest; the last beat holds the rest. */

/** Most elements of a beat. */
export const MAX_WIDTH = 32;

/** Beats of a frame. */
export function beatsOf(elements: number, width: number): number {
  return Math.ceil(elements / width);
}

/** Elements in the last beat of a frame. */
export function restOf(elements: number, width: number): number {
  return elements - (beatsOf(elements, width) - 1) * width;
}
