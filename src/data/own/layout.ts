/**
 * Which dimensions of an array are height, width and channels. Channels come last unless the user says otherwise; where a
 * model is known, an array that has its sizes in one layout alone is taken so.
 */
import { dataProblem, MOST_SIDE } from './limits.js';
import { shapeText } from './npy.js';
import type { Values } from '../dataset.js';
import type { Layout, ReadOptions, Shape } from './types.js';

/** What the examples of an array are. */
export interface ArrayLayout {
  readonly count: number;
  readonly shape: Shape;
  /** Their elements are to be turned (`channelsLast`). */
  readonly isChannelsFirst: boolean;
}

/** One way to read the sizes; grey images of two sizes have no order of channels. */
interface Reading {
  readonly layout: Layout | null;
  readonly shape: Shape;
}

/**
 * [N, F] is a table, [N, H, W] grey images, [N, H, W, C] or [N, C, H, W] any images; for a model of height 1 also [N, L, C]
 * or [N, C, L].
 */
export function arrayLayout(sizes: readonly number[], where: string, options: ReadOptions): ArrayLayout {
  const count = checkedCount(sizes, where);
  const readings = readingsOf(sizes.slice(1), options).filter(
    ({ layout }) => layout === null || options.layout === undefined || layout === options.layout,
  );
  const { shape } = options;
  const fitting = shape === undefined ? [] : readings.filter((each) => isSame(each.shape, shape));
  if (fitting.length > 1 && fitting.every(({ layout }) => layout !== null) && !hasOneOrder(fitting[0]!.shape)) {
    throw dataProblem(
      where,
      `${shapeText(sizes)} has the model's sizes with channels last and with channels first; say --layout nhwc or nchw`,
    );
  }
  const reading = fitting[0] ?? readings[0]!;
  if (fitting.length === 0 && options.layout === undefined) checkPlausible(reading, sizes, where);
  return { count, shape: reading.shape, isChannelsFirst: reading.layout === 'nchw' };
}

function checkedCount(sizes: readonly number[], where: string): number {
  const [count = 0, ...rest] = sizes;
  if (sizes.length < 2 || sizes.length > 4) {
    throw dataProblem(
      where,
      `must be [N, features], [N, height, width] or [N, height, width, channels], got ${shapeText(sizes)}`,
    );
  }
  if (count === 0) throw dataProblem(where, 'must hold examples, got none');
  const side = rest.find((size) => size < 1 || size > MOST_SIDE);
  if (side !== undefined) throw dataProblem(where, `sizes must be 1 to ${MOST_SIDE}, got ${shapeText(sizes)}`);
  return count;
}

/** All ways to read the sizes of an example, the usual one first. */
function readingsOf(sizes: readonly number[], { shape }: ReadOptions): readonly Reading[] {
  const [first, second, third] = sizes as [number, number, number];
  if (sizes.length === 1) return [{ layout: null, shape: { height: 1, width: 1, channels: first } }];
  if (sizes.length === 2) {
    const grey: Reading = { layout: null, shape: { height: first, width: second, channels: 1 } };
    if (shape?.height !== 1 || isSame(grey.shape, shape)) return [grey];
    return [
      grey,
      { layout: 'nhwc', shape: { height: 1, width: first, channels: second } },
      { layout: 'nchw', shape: { height: 1, width: second, channels: first } },
    ];
  }
  return [
    { layout: 'nhwc', shape: { height: first, width: second, channels: third } },
    { layout: 'nchw', shape: { height: second, width: third, channels: first } },
  ];
}

/** Sizes of which at most one is above 1: whichever comes first, the elements are the same. */
function hasOneOrder({ height, width, channels }: Shape): boolean {
  return [height, width, channels].filter((size) => size > 1).length <= 1;
}

function isSame(a: Shape, b: Shape): boolean {
  return a.height === b.height && a.width === b.width && a.channels === b.channels;
}

/** Images of one or three rows, whose channels are a square's sides, are channels first. */
function checkPlausible({ layout, shape }: Reading, sizes: readonly number[], where: string): void {
  const { height, width, channels } = shape;
  if (layout !== 'nhwc' || (height !== 1 && height !== 3) || width !== channels || width <= 4) return;
  throw dataProblem(
    where,
    `channels come last, [N, height, width, channels], got ${shapeText(sizes)}; say --layout nchw if they come first`,
  );
}

/** Elements in the order [N, C, H, W] in the order [N, H, W, C]. */
export function channelsLast(values: Values, { height, width, channels }: Shape): Values {
  const plane = height * width;
  const size = plane * channels;
  // Bytes of files come as Node's Buffer, whose slice() would share them.
  const turned = values instanceof Uint8Array ? new Uint8Array(values.length) : new Float32Array(values.length);
  for (let at = 0; at < values.length; at += size) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < plane; i++) turned[at + i * channels + c] = values[at + c * plane + i]!;
    }
  }
  return turned;
}
