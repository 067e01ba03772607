/**
 * Σ_v b_{v,c}·a_v for every window position and every binary channel c, quickly in plain JavaScript.
 *
 * The b are ±1, so a group of g ≤ 8 neighbouring elements has only 2^g signed sums. They are tabled once per group of the
 * input (2^g additions) and every channel of every window that covers the group looks its own sum up: one lookup for g
 * multiply-adds. Four groups make a pack, whose four sign patterns of a channel share a 32-bit word.
 *
 * Groups run along the input's channels. Where there are too few of them, the rows of the windows are laid out first, so
 * that groups run along k_w·C_in; that leaves a convolution with k_w = 1 and the same weight order. Sums are in double
 * precision.
 *
 * A grouped convolution has windows of few elements each, which leaves nothing to share: the plain loops take it.
 */
import type { ConvWindow, Shape } from '../graph/types.js';

export interface WindowGeometry extends ConvWindow {
  readonly input: Shape;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** Adds the sums of one image to `sums`, [out height][out width][channels]. */
export type WindowSums = (image: Float32Array, sums: Float64Array) => void;

/** The same for weights of any value, [kernel height][kernel width][C_in/G][channels], by the plain loops. */
export function compileFloatSums(weights: Float32Array, channels: number, geometry: WindowGeometry): WindowSums {
  const { input, kernel, stride, padding, dilation, groups, outHeight, outWidth } = geometry;
  const [inputs, outputs] = [input.channels / groups, channels / groups];
  const pixel = (image: Float32Array, from: number, tap: number, sums: Float64Array, to: number): void => {
    for (let ci = 0; ci < input.channels; ci++) {
      const a = image[from + ci]!;
      const first = Math.floor(ci / inputs) * outputs;
      const row = (tap * inputs + (ci % inputs)) * channels;
      for (let c = first; c < first + outputs; c++) sums[to + c]! += a * weights[row + c]!;
    }
  };
  return (image, sums) => {
    for (let oy = 0, to = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++, to += channels) {
        for (let tap = 0; tap < kernel[0] * kernel[1]; tap++) {
          const y = oy * stride[0] - padding[0] + Math.floor(tap / kernel[1]) * dilation[0];
          const x = ox * stride[1] - padding[1] + (tap % kernel[1]) * dilation[1];
          if (y < 0 || y >= input.height || x < 0 || x >= input.width) continue;
          pixel(image, (y * input.width + x) * input.channels, tap, sums, to);
        }
      }
    }
  };
}

const GROUPS_PER_PACK = 4;
const MAX_GROUP = 8;
const TABLE = 1 << MAX_GROUP;

/** Compiles codes (bits, [kernel height][kernel width][C_in][channels]) for one layer without groups. */
export function compileWindowSums(codes: Uint8Array, channels: number, geometry: WindowGeometry): WindowSums {
  const rows = layOutRows(geometry);
  const byRows = scatterCost(rows, channels) < scatterCost(geometry, channels);
  if (!byRows) return compileScatter(codes, channels, geometry);
  const scatter = compileScatter(codes, channels, rows);
  const laidOut = new Float32Array(rows.input.height * rows.input.width * rows.input.channels);
  return (image, sums) => {
    copyRows(image, laidOut, geometry);
    scatter(laidOut, sums);
  };
}

/** The geometry after every window row of k_w·C_in elements has become one pixel. */
function layOutRows(geometry: WindowGeometry): WindowGeometry {
  const { input, kernel, stride, padding, dilation, outHeight, outWidth } = geometry;
  return {
    input: { height: input.height, width: outWidth, channels: kernel[1] * input.channels },
    kernel: [kernel[0], 1],
    stride: [stride[0], 1],
    padding: [padding[0], 0, padding[2], 0],
    dilation: [dilation[0], 1],
    groups: 1,
    outHeight,
    outWidth,
  };
}

function copyRows(
  image: Float32Array,
  rows: Float32Array,
  { input, kernel, stride, padding, dilation, outWidth }: WindowGeometry,
): void {
  const { height, width, channels } = input;
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let ox = 0; ox < outWidth; ox++) {
      for (let kx = 0; kx < kernel[1]; kx++, to += channels) {
        const x = ox * stride[1] - padding[1] + kx * dilation[1];
        const inside = x >= 0 && x < width;
        const from = (y * width + x) * channels;
        for (let c = 0; c < channels; c++) rows[to + c] = inside ? image[from + c]! : 0;
      }
    }
  }
}

interface Grouping {
  readonly size: number;
  readonly count: number;
  /** Additions per pixel: filling the tables and looking sums up. */
  readonly cost: number;
}

/** The group size with the least work, for `elements` per pixel and `lookups` per group. */
function chooseGroups(elements: number, lookups: number): Grouping {
  let best: Grouping | null = null;
  for (let limit = 1; limit <= MAX_GROUP; limit++) {
    const count = Math.ceil(elements / limit);
    const size = Math.ceil(elements / count);
    const cost = count * (2 ** size + lookups);
    if (best === null || cost < best.cost) best = { size, count, cost };
  }
  return best!;
}

/** Lookups per group of an input pixel: windows that cover it times channels. */
function lookupsPerGroup({ kernel, stride }: WindowGeometry, channels: number): number {
  return ((kernel[0] * kernel[1]) / (stride[0] * stride[1])) * channels;
}

function scatterCost(geometry: WindowGeometry, channels: number): number {
  const { height, width, channels: elements } = geometry.input;
  return height * width * chooseGroups(elements, lookupsPerGroup(geometry, channels)).cost;
}

/** Walks over the input's pixels; each adds its share to every window that covers it. */
function compileScatter(codes: Uint8Array, channels: number, geometry: WindowGeometry): WindowSums {
  const { input, kernel, stride, padding, dilation, outHeight, outWidth } = geometry;
  const groups = chooseGroups(input.channels, lookupsPerGroup(geometry, channels));
  const packs = Math.ceil(groups.count / GROUPS_PER_PACK);
  const taps = kernel[0] * kernel[1];
  const patterns = packPatterns(codes, channels, taps, input.channels, groups);
  const tables = new Float64Array(GROUPS_PER_PACK * TABLE);
  const pixel = (image: Float32Array, y: number, x: number, pack: number, add: AddPack, sums: Float64Array): void => {
    const base = (y * input.width + x) * input.channels;
    if (!fillTables(image, base, base + input.channels, pack, groups, tables)) return;
    for (let ky = 0; ky < kernel[0]; ky++) {
      const oy = (y + padding[0] - ky * dilation[0]) / stride[0];
      if (oy < 0 || oy >= outHeight || !Number.isInteger(oy)) continue;
      for (let kx = 0; kx < kernel[1]; kx++) {
        const ox = (x + padding[1] - kx * dilation[1]) / stride[1];
        if (ox < 0 || ox >= outWidth || !Number.isInteger(ox)) continue;
        const tap = ky * kernel[1] + kx;
        add(sums, (oy * outWidth + ox) * channels, patterns, (pack * taps + tap) * channels, channels, tables);
      }
    }
  };
  return (image, sums) => {
    for (let pack = 0; pack < packs; pack++) {
      const add = ADD_PACK[Math.min(GROUPS_PER_PACK, groups.count - pack * GROUPS_PER_PACK) - 1]!;
      for (let y = 0; y < input.height; y++) {
        for (let x = 0; x < input.width; x++) pixel(image, y, x, pack, add, sums);
      }
    }
  };
}

/** Sign patterns [pack][tap][channel]; byte j of a word is group j of the pack, its bit i the code of element i. */
function packPatterns(
  codes: Uint8Array,
  channels: number,
  taps: number,
  elements: number,
  { size, count }: Grouping,
): Uint32Array {
  const patterns = new Uint32Array(Math.ceil(count / GROUPS_PER_PACK) * taps * channels);
  for (let tap = 0; tap < taps; tap++) {
    for (let element = 0; element < elements; element++) {
      const group = Math.floor(element / size);
      const pack = Math.floor(group / GROUPS_PER_PACK);
      const shift = (group % GROUPS_PER_PACK) * MAX_GROUP + (element % size);
      const from = (tap * elements + element) * channels;
      const to = (pack * taps + tap) * channels;
      for (let c = 0; c < channels; c++) patterns[to + c]! |= codes[from + c]! << shift;
    }
  }
  return patterns;
}

/**
 * Fills the tables of one pack of one pixel (elements `base` to `end` of the image): entry p of a group is Σ ±a, + where
 * bit i of p is 1. Returns false, with nothing filled, where all elements are 0 (common behind a ReLU).
 */
function fillTables(
  image: Float32Array,
  base: number,
  end: number,
  pack: number,
  { size, count }: Grouping,
  tables: Float64Array,
): boolean {
  const first = pack * GROUPS_PER_PACK;
  const last = Math.min(count, first + GROUPS_PER_PACK);
  const stop = Math.min(end, base + last * size);
  let at = base + first * size;
  while (at < stop && image[at] === 0) at++;
  if (at === stop) return false;
  for (let group = first; group < last; group++) {
    const from = base + group * size;
    const table = (group - first) * TABLE;
    const length = Math.min(size, end - from);
    let minus = 0;
    for (let i = 0; i < length; i++) minus -= image[from + i]!;
    tables[table] = minus;
    for (let i = 0; i < length; i++) {
      const twice = 2 * image[from + i]!;
      const half = 1 << i;
      for (let p = 0; p < half; p++) tables[table + half + p] = tables[table + p]! + twice;
    }
  }
  return true;
}

type AddPack = (
  sums: Float64Array,
  to: number,
  patterns: Uint32Array,
  from: number,
  channels: number,
  tables: Float64Array,
) => void;

/** The inner loop, for packs of 1, 2, 3 and 4 groups. */
const ADD_PACK: readonly AddPack[] = [
  (sums, to, patterns, from, channels, tables) => {
    for (let c = 0; c < channels; c++) sums[to + c]! += tables[patterns[from + c]!]!;
  },
  (sums, to, patterns, from, channels, tables) => {
    for (let c = 0; c < channels; c++) {
      const p = patterns[from + c]!;
      sums[to + c]! += tables[p & 255]! + tables[TABLE | (p >>> 8)]!;
    }
  },
  (sums, to, patterns, from, channels, tables) => {
    for (let c = 0; c < channels; c++) {
      const p = patterns[from + c]!;
      sums[to + c]! += tables[p & 255]! + tables[TABLE | ((p >>> 8) & 255)]! + tables[(2 * TABLE) | (p >>> 16)]!;
    }
  },
  (sums, to, patterns, from, channels, tables) => {
    for (let c = 0; c < channels; c++) {
      const p = patterns[from + c]!;
      sums[to + c]! +=
        tables[p & 255]! +
        tables[TABLE | ((p >>> 8) & 255)]! +
        (tables[(2 * TABLE) | ((p >>> 16) & 255)]! + tables[(3 * TABLE) | (p >>> 24)]!);
    }
  },
];
