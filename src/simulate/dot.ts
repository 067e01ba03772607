/**
 * acc[p, c] = Σ_v b[v, c]·a[p, v] for all output pixels p, without multiplications: window elements are taken in chunks of
 * up to 8, the sums of all sign patterns of a chunk are tabulated by one addition each, and every channel looks its pattern
 * up. A table depends on the input position alone, so all kernel taps that touch the position share it: the loop runs over
 * input positions and adds into the accumulators of the outputs that see them.
 *
 * Planes are treated as further channels. Sums are doubles, which hold integers below 2^53 exactly. Everything here is linear,
 * so an input element may carry the elements of two images (pair.ts).
 */

/** A grid of positions of `length` elements, seen by outputs through `taps`. */
interface Grid {
  readonly positions: number;
  readonly length: number;
  readonly taps: number;
  /** Pairs (tap, output pixel) of position p: `targets[2·t]`, `targets[2·t+1]` for t in starts[p]..starts[p+1]. */
  readonly starts: Int32Array;
  readonly targets: Int32Array;
}

/** Consecutive elements of a position whose tables are built and used together. */
interface Block {
  /** First element and length of each chunk (1 or 4 chunks). */
  readonly chunks: readonly { readonly start: number; readonly length: number }[];
  /** `patterns[(tap·C + c)·n + k]`: entry of channel c in the tables of the block, chunk k of n. */
  readonly patterns: Uint16Array;
}

export interface DotPlan {
  readonly grid: Grid;
  readonly channels: number;
  readonly outputs: number;
  readonly blocks: readonly Block[];
}

const MAX_CHUNK = 8;
const TABLE = 1 << MAX_CHUNK;
const WIDE_BLOCK = 4;

/** Chunk length that costs least: building 2^s entries and `lookups` look-ups for each chunk. */
export function bestChunk(length: number, lookups: number): { readonly length: number; readonly cost: number } {
  let best = { length: 1, cost: Infinity };
  for (let s = 1; s <= Math.min(MAX_CHUNK, length); s++) {
    const cost = Math.ceil(length / s) * (2 ** s + lookups);
    if (cost < best.cost) best = { length: s, cost };
  }
  return best;
}

/** Prepares the codes (`codes[plane][v·C_out + c]`, v = tap·length + element) for a grid. */
export function planDot(grid: Grid, codes: readonly Uint8Array[], outChannels: number, outputs: number): DotPlan {
  const channels = codes.length * outChannels;
  const size = bestChunk(grid.length, grid.taps * channels).length;
  const chunks: { start: number; length: number }[] = [];
  for (let start = 0; start < grid.length; start += size) {
    chunks.push({ start, length: Math.min(size, grid.length - start) });
  }
  const blocks: Block[] = [];
  for (let i = 0; i < chunks.length;) {
    const n = chunks.length - i >= WIDE_BLOCK ? WIDE_BLOCK : 1;
    const members = chunks.slice(i, i + n);
    blocks.push({ chunks: members, patterns: blockPatterns(members, grid, codes, outChannels) });
    i += n;
  }
  return { grid, channels, outputs, blocks };
}

function blockPatterns(
  chunks: Block['chunks'],
  grid: Grid,
  codes: readonly Uint8Array[],
  outChannels: number,
): Uint16Array {
  const n = chunks.length;
  const channels = codes.length * outChannels;
  const patterns = new Uint16Array(grid.taps * channels * n);
  for (let tap = 0; tap < grid.taps; tap++) {
    for (const [plane, bits] of codes.entries()) {
      for (const [k, { start, length }] of chunks.entries()) {
        for (let e = 0; e < length; e++) {
          const from = (tap * grid.length + start + e) * outChannels;
          let to = (tap * channels + plane * outChannels) * n + k;
          for (let c = 0; c < outChannels; c++, to += n) patterns[to]! |= bits[from + c]! << e;
        }
        const first = (tap * channels + plane * outChannels) * n + k;
        for (let c = 0; c < outChannels; c++) patterns[first + c * n]! += k * TABLE;
      }
    }
  }
  return patterns;
}

/** Adds every product sum of one image into `acc` (outputs × channels, zeroed by the caller). */
export function runDot(plan: DotPlan, input: Float64Array, acc: Float64Array, tables: Float64Array): void {
  const { grid, channels, blocks } = plan;
  const { starts, targets } = grid;
  for (let p = 0; p < grid.positions; p++) {
    const from = starts[p]!;
    const to = starts[p + 1]!;
    if (from === to) continue;
    for (let b = 0; b < blocks.length; b++) {
      const block = blocks[b]!;
      if (!buildTables(block.chunks, input, p * grid.length, tables)) continue;
      const n = block.chunks.length;
      for (let t = from; t < to; t++) {
        const at = targets[2 * t]! * channels * n;
        const out = targets[2 * t + 1]! * channels;
        if (n === WIDE_BLOCK) addFour(acc, out, channels, tables, block.patterns, at);
        else addOne(acc, out, channels, tables, block.patterns, at);
      }
    }
  }
}

/** Entries a `tables` buffer must have. */
export const TABLE_ENTRIES = WIDE_BLOCK * TABLE;

/** Sums of all sign patterns of each chunk; false where all elements are 0 and nothing needs to be added. */
function buildTables(chunks: Block['chunks'], input: Float64Array, base: number, tables: Float64Array): boolean {
  let any = false;
  for (let k = 0; k < chunks.length; k++) {
    const { start, length } = chunks[k]!;
    const first = base + start;
    let negative = 0;
    for (let e = 0; e < length; e++) {
      const a = input[first + e]!;
      negative -= a;
      if (a !== 0) any = true;
    }
    const table = k * TABLE;
    tables[table] = negative;
    for (let e = 0; e < length; e++) {
      const twice = 2 * input[first + e]!;
      const half = 1 << e;
      for (let i = table; i < table + half; i++) tables[i + half] = tables[i]! + twice;
    }
  }
  return any;
}

function addFour(
  acc: Float64Array,
  out: number,
  channels: number,
  tables: Float64Array,
  patterns: Uint16Array,
  at: number,
): void {
  for (let c = out, i = at; c < out + channels; c++, i += 4) {
    acc[c] =
      acc[c]! +
      tables[patterns[i]!]! +
      tables[patterns[i + 1]!]! +
      tables[patterns[i + 2]!]! +
      tables[patterns[i + 3]!]!;
  }
}

function addOne(
  acc: Float64Array,
  out: number,
  channels: number,
  tables: Float64Array,
  patterns: Uint16Array,
  at: number,
): void {
  for (let c = out, i = at; c < out + channels; c++, i++) acc[c] = acc[c]! + tables[patterns[i]!]!;
}

export type { Grid };
