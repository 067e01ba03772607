/**
 * The parameter grid that the cost model is fitted to: units of src/rtl/units/index.ts. None of them is taken from a network
 * that the model is checked on; sizes are small, so that the whole grid takes minutes.
 */

/** Square images and kernels; rows of the ring as src/rtl/units/window/plan.ts sizes them. */
function window([size, channels, kernel, stride, padding], dilation = [1, 1]) {
  const span = (kernel - 1) * dilation[0] + 1;
  const out = Math.floor((size + 2 * padding - span) / stride) + 1;
  const overhang = (out - 1) * stride - padding + span - size;
  return {
    input: { height: size, width: size, channels },
    output: { height: out, width: out, channels: 1 },
    kernel: [kernel, kernel],
    stride: [stride, stride],
    padding: [padding, padding, padding, padding],
    ...(dilation.some((d) => d > 1) ? { dilation } : {}),
    rows: Math.min(2 * size, Math.max(span + stride, 2 * span - padding - overhang)),
  };
}

const serialWindows = [
  // bits, SIMD, [size, channels, kernel, stride, padding], elements of a beat that comes in
  [8, 1, [6, 1, 3, 1, 1]],
  [8, 1, [12, 4, 3, 1, 1]],
  [8, 1, [20, 3, 5, 1, 0]],
  [8, 1, [24, 16, 3, 1, 1]],
  [8, 1, [30, 24, 3, 2, 1]],
  [8, 1, [10, 48, 3, 1, 1]],
  [8, 1, [9, 64, 1, 2, 0]],
  [8, 1, [18, 12, 2, 2, 0]],
  [8, 1, [64, 8, 7, 2, 3]],
  [4, 1, [16, 8, 3, 1, 1]],
  [4, 1, [30, 40, 2, 2, 0]],
  [2, 1, [14, 6, 5, 1, 2]],
  [8, 2, [12, 4, 3, 1, 1]],
  [8, 3, [24, 16, 3, 1, 1]],
  [8, 4, [10, 48, 3, 1, 1]],
  [8, 6, [20, 3, 5, 1, 0]],
  [8, 8, [12, 20, 3, 1, 1]],
  [4, 5, [16, 8, 3, 1, 1]],
  [8, 16, [15, 32, 3, 2, 1]],
  [6, 12, [28, 5, 5, 1, 2]],
  [8, 1, [12, 8, 3, 1, 1], 2],
  [8, 4, [24, 16, 3, 1, 1], 4],
  [8, 2, [10, 48, 3, 1, 1], 8],
  [4, 6, [16, 8, 3, 1, 1], 2],
  [8, 1, [15, 32, 3, 2, 1], 16],
].map(([bits, simd, shape, inWidth = 1]) => {
  const [, channels, kernel] = shape;
  const steps = Math.ceil((kernel * kernel * channels) / simd);
  return { kind: 'serialWindow', bits, inWidth, window: window(shape), simd, steps };
});

/** Windows of dilated taps, and of groups of several channels. */
const spreadWindows = [
  // bits, SIMD, [size, channels, kernel, stride, padding], dilation, groups that are stored interleaved
  [8, 1, [12, 4, 3, 1, 2], [2, 2], 1],
  [8, 1, [24, 16, 3, 1, 3], [3, 3], 1],
  [4, 1, [16, 6, 5, 1, 4], [2, 2], 1],
  [8, 3, [24, 16, 3, 1, 2], [2, 2], 1],
  [8, 4, [20, 12, 3, 2, 2], [1, 2], 1],
  [8, 2, [14, 32, 3, 1, 2], [2, 1], 1],
  [8, 1, [12, 8, 3, 1, 1], [1, 1], 2],
  [8, 1, [24, 16, 3, 1, 1], [1, 1], 4],
  [4, 1, [16, 24, 5, 1, 2], [1, 1], 8],
  [8, 2, [10, 48, 3, 1, 1], [1, 1], 3],
  [8, 3, [20, 12, 3, 2, 2], [2, 2], 4],
].map(([bits, simd, shape, dilation, interleave]) => {
  const [, channels, kernel] = shape;
  // The vectors of all groups.
  const steps = interleave * Math.ceil((kernel * kernel * channels) / interleave / simd);
  return { kind: 'serialWindow', bits, inWidth: 1, window: window(shape, dilation), simd, steps, interleave };
});

const bankedWindows = [
  // bits, tap lanes, blocks, [size, channels, kernel, stride, padding], elements of a beat that comes in
  [8, false, 1, [12, 4, 3, 1, 1]],
  [8, false, 1, [24, 16, 3, 1, 1]],
  [8, false, 1, [20, 3, 5, 1, 0]],
  [4, false, 1, [16, 8, 2, 2, 0]],
  [8, true, 1, [6, 1, 3, 1, 1]],
  [8, true, 1, [12, 8, 3, 1, 1]],
  [8, true, 1, [30, 24, 3, 2, 1]],
  [8, true, 1, [20, 3, 5, 1, 0]],
  [4, true, 1, [16, 8, 3, 1, 1]],
  [8, true, 2, [12, 8, 3, 1, 1]],
  [8, true, 4, [10, 48, 3, 1, 1]],
  [4, true, 4, [14, 8, 2, 1, 0]],
  [8, true, 8, [9, 64, 1, 2, 0]],
  [8, true, 2, [28, 6, 2, 2, 0]],
  [8, false, 1, [24, 16, 3, 1, 1], 2],
  [8, true, 1, [12, 8, 3, 1, 1], 4],
  [8, true, 2, [12, 16, 3, 1, 1], 2],
  [4, true, 4, [14, 8, 2, 1, 0], 4],
  [8, true, 1, [10, 24, 3, 2, 1], 8],
].map(([bits, tapLanes, blocks, shape, inWidth = 1]) => {
  const [, channels, kernel] = shape;
  const simd = tapLanes ? kernel * kernel * blocks : kernel;
  const steps = (kernel * kernel * channels) / simd;
  return { kind: 'bankedWindow', bits, inWidth, window: window(shape), simd, steps, tapLanes, blocks };
});

/** Dilated rows, and depthwise ones: a lane for each tap goes over the channels of all groups. */
const spreadBankedWindows = [
  // bits, tap lanes, [size, channels, kernel, stride, padding], dilation of the rows
  [8, false, [12, 4, 3, 1, 2], 2],
  [8, false, [24, 16, 3, 1, 3], 3],
  [4, false, [16, 8, 5, 1, 4], 2],
  [4, false, [20, 12, 3, 2, 2], 2],
  [6, false, [14, 32, 3, 1, 4], 4],
].map(([bits, tapLanes, shape, rows]) => {
  const [, channels, kernel] = shape;
  const simd = tapLanes ? kernel * kernel : kernel;
  const steps = (kernel * kernel * channels) / simd;
  return { kind: 'bankedWindow', bits, inWidth: 1, window: window(shape, [rows, 1]), simd, steps, tapLanes, blocks: 1 };
});

const vectorBuffers = [
  [8, 64, 2],
  [8, 300, 4],
  [8, 1000, 3],
  [4, 512, 8],
  [8, 2000, 2],
  [6, 130, 7],
  [8, 96, 16],
  [8, 320, 4, 2],
  [8, 1024, 8, 4],
  [4, 96, 3, 8],
].map(([bits, size, simd, inWidth = 1]) => ({
  kind: 'vectorBuffer',
  bits,
  inWidth,
  size,
  simd,
  steps: Math.ceil(size / simd),
}));

const weightMemories = [
  [12, 3],
  [12, 17],
  [24, 40],
  [48, 64],
  [36, 90],
  [20, 128],
  [60, 150],
  [96, 200],
  [18, 256],
  [24, 300],
  [40, 420],
  [12, 600],
  [16, 1024],
  [72, 700],
  [12, 3000],
  [150, 230],
  [9, 2048],
  [6, 1400],
  [36, 5000],
  [200, 24],
].map(([width, depth]) => ({ kind: 'weightRom', width, depth, gathered: 0 }));

const taps = (count, ...pattern) => Array.from({ length: count }, (_, i) => pattern[i % pattern.length]);

const decryptors = [
  // taps of the rows, slices, PE, phase
  [taps(20, 2), 1, 4, 0],
  [taps(20, 2), 1, 20, 0],
  [taps(20, 2), 4, 16, 0],
  [taps(16, 2), 1, 16, 0],
  [taps(16, 2), 1, 2, 8],
  [taps(20, 2), 2, 8, 10],
  [taps(10, 1, 2), 1, 5, 0],
  [taps(20, 3, 4), 1, 4, 0],
  [taps(20, 3, 4), 1, 20, 0],
  [taps(20, 5, 6), 1, 4, 4],
  [taps(20, 5, 6), 1, 20, 0],
  [taps(24, 6, 8, 10), 1, 8, 0],
  [taps(24, 6, 8, 10), 1, 24, 0],
  [taps(31, 2), 8, 8, 0],
  [taps(12, 2), 4, 16, 6],
  [taps(1, 1), 8, 8, 0],
].map(([rows, slices, pe, phase]) => ({ kind: 'decryptor', taps: rows, slices, pe, phase }));

const engines = [
  // bits, SIMD, PE, groups, steps, planes, accumulator, sum, cycles a word, rows
  [8, 1, 1, 1, 9, 1, 14, 14, 1, 9],
  [8, 1, 4, 8, 27, 1, 16, 16, 5, 44],
  [8, 1, 16, 4, 72, 1, 17, 17, 5, 58],
  [8, 1, 5, 2, 100, 3, 15, 16, 4, 50],
  [4, 1, 8, 16, 18, 1, 12, 12, 5, 58],
  [8, 1, 1, 120, 700, 1, 20, 20, 20, 4200],
  [8, 2, 4, 8, 36, 1, 16, 17, 5, 58],
  [8, 3, 4, 16, 48, 1, 18, 18, 5, 154],
  [8, 4, 2, 70, 40, 1, 17, 17, 10, 280],
  [8, 9, 4, 4, 16, 1, 16, 17, 5, 13],
  [8, 16, 2, 8, 20, 1, 18, 18, 10, 16],
  [8, 5, 6, 1, 50, 2, 15, 15, 10, 5],
  [4, 8, 8, 4, 9, 1, 12, 13, 5, 8],
  [6, 25, 3, 6, 12, 1, 16, 16, 20, 4],
  [1, 9, 8, 8, 32, 1, 9, 9, 5, 52],
  [8, 32, 2, 2, 30, 1, 19, 19, 10, 6],
].map(([actBits, simd, pe, groups, steps, planes, accBits, sumBits, wordCycles, rows]) => ({
  kind: 'engine',
  actBits,
  simd,
  pe,
  groups,
  steps,
  planes,
  accBits,
  sumBits,
  wordCycles,
  rowsPerWord: 1,
  rows,
}));

/** Engines of convolutions with groups, which keep a sum of activations for each. */
const partedEngines = [
  // bits, SIMD, PE, groups of channels, groups of the convolution, steps, planes, accumulator, sum, cycles a word, rows
  [8, 1, 1, 8, 8, 9, 1, 14, 14, 20, 4],
  [8, 1, 1, 40, 40, 9, 1, 14, 14, 20, 18],
  [8, 3, 1, 24, 24, 3, 1, 14, 14, 20, 4],
  [8, 9, 1, 64, 64, 1, 1, 14, 14, 20, 4],
  [8, 2, 2, 12, 3, 18, 1, 15, 15, 10, 22],
  [4, 1, 4, 16, 8, 27, 2, 12, 12, 5, 87],
  [8, 3, 2, 100, 50, 6, 1, 15, 15, 10, 60],
  [6, 5, 2, 8, 4, 10, 3, 14, 14, 10, 8],
].map(([actBits, simd, pe, groups, sums, steps, planes, accBits, sumBits, wordCycles, rows]) => ({
  ...{ kind: 'engine', actBits, simd, pe, groups, sums, steps, planes, accBits, sumBits, wordCycles },
  ...{ rowsPerWord: 1, rows },
}));

/** Tables of lanes: what an engine has in place of adders over its lanes. */
const laneTables = [
  // bits, SIMD, lanes a table, channels that read
  [8, 2, 2, 4],
  [8, 3, 3, 8],
  [8, 4, 4, 1],
  [8, 6, 3, 2],
  [8, 12, 4, 4],
  [8, 16, 4, 4],
  [8, 9, 4, 1],
  [4, 20, 4, 8],
  [5, 7, 3, 5],
  [12, 8, 2, 2],
  [8, 32, 4, 2],
  [2, 64, 4, 3],
].map(([actBits, simd, tableLanes, channels]) => ({ kind: 'laneTables', actBits, simd, tableLanes, channels }));

/** Dot products of shared sums: what an engine has in place of a MAC array. */
const dotArrays = [
  // bits, signed, SIMD, channels, groups, accumulator
  [8, false, 1, 4, 1, 18],
  [8, false, 2, 16, 1, 16],
  [8, false, 3, 16, 1, 16],
  [8, false, 3, 16, 2, 17],
  [8, true, 3, 4, 4, 16],
  [8, false, 4, 8, 1, 17],
  [4, false, 5, 32, 1, 12],
  [8, false, 6, 8, 2, 17],
  [6, true, 9, 16, 1, 15],
  [2, false, 16, 12, 3, 11],
  [8, false, 25, 4, 1, 18],
  [12, false, 3, 2, 40, 22],
].map(([actBits, signed, simd, channels, groups, accBits]) => ({
  ...{ kind: 'dotArray', actBits, signed, simd, channels, groups, accBits },
}));

const requantisers = [
  // PE, groups, planes, joined, accumulator, sum, multiplier bits, z, shift, out bits, residual [bits, multiplier bits], channels a cycle
  [1, 10, 1, false, 17, 17, 16, 34, null, 34, null],
  [1, 16, 1, false, 14, 14, 16, 31, 16, 8, null],
  [4, 8, 1, false, 16, 16, 16, 33, 17, 8, null],
  [4, 16, 1, false, 18, 18, 16, 35, 20, 8, null],
  [16, 4, 1, false, 16, 16, 16, 33, 17, 8, null],
  [8, 1, 1, false, 13, 13, 10, 24, 10, 4, null],
  [2, 100, 1, false, 20, 20, 16, 37, 18, 8, null],
  [32, 2, 1, false, 16, 17, 16, 33, 15, 8, null],
  [4, 4, 2, false, 16, 16, 16, 34, 17, 8, null],
  [3, 5, 3, false, 15, 15, 12, 30, 14, 6, null],
  [4, 4, 4, true, 15, 15, 16, 36, 18, 8, null],
  [2, 32, 8, true, 16, 16, 16, 41, 20, 8, null],
  [4, 8, 1, false, 16, 16, 16, 34, 17, 8, [8, 14]],
  [8, 2, 1, false, 15, 15, 16, 33, 17, 8, [8, 16]],
  [2, 16, 2, false, 15, 15, 16, 34, 16, 4, [4, 12]],
  [1, 250, 1, false, 21, 21, 16, 38, null, 38, null],
  [4, 8, 1, false, 16, 16, 16, 33, 17, 8, null, 2],
  [16, 4, 1, false, 16, 16, 16, 33, 17, 8, [8, 16], 4],
  [8, 2, 2, false, 15, 15, 12, 30, 14, 6, null, 8],
].map((set) => {
  const [
    pe,
    groups,
    planes,
    joined,
    accBits,
    sumBits,
    multiplierBits,
    scaledBits,
    shift,
    outBits,
    residual,
    width = 1,
  ] = set;
  const dotBits = accBits + 1;
  return {
    kind: 'requantiser',
    pe,
    groups,
    width,
    planes,
    accBits,
    sumBits,
    joined,
    dotBits,
    factorBits: joined ? dotBits + planes : dotBits,
    multiplierBits,
    scaledBits,
    shift,
    outBits,
    table: null,
    residual: residual && { bits: residual[0], multiplierBits: residual[1] },
  };
});

const thresholds = [
  // PE, groups, channels a cycle, accumulator, sum, out bits, planes
  [1, 16, 1, 10, 10, 1],
  [4, 8, 1, 12, 12, 1],
  [16, 8, 4, 9, 9, 1],
  [4, 16, 1, 10, 11, 2],
  [8, 4, 1, 8, 8, 2],
  [16, 4, 2, 11, 11, 2],
  [2, 100, 1, 13, 13, 2],
  [32, 2, 1, 12, 12, 2],
  [4, 8, 1, 10, 10, 3],
  [8, 16, 2, 12, 12, 3],
  [4, 4, 1, 9, 9, 4],
  [4, 8, 1, 10, 10, 2, 3],
].map(([pe, groups, width, accBits, sumBits, outBits, planes = 1]) => {
  const factorBits = accBits + 1 + (planes > 1 ? planes : 0);
  return {
    ...{ kind: 'thresholds', pe, width, groups, planes, accBits, sumBits, joined: planes > 1, dotBits: accBits + 1 },
    ...{ factorBits, thresholdBits: factorBits, outBits, falls: groups === 4, columns: null },
  };
});

const fifos = [
  [8, 1],
  [1, 2],
  [8, 2],
  [16, 2],
  [34, 2],
  [60, 4],
  [100, 7],
  [80, 16],
  [24, 33],
  [8, 60],
  [40, 64],
  [30, 100],
  [18, 250],
].map(([width, depth]) => ({ kind: 'fifo', width, depth }));

const deepFifos = [
  [8, 65],
  [8, 200],
  [8, 700],
  [4, 1500],
  [12, 3000],
].map(([width, depth]) => ({ kind: 'deepFifo', width, depth }));

const pools = [
  ['maxPool', 8, 8, 4],
  ['maxPool', 8, 32, 4],
  ['maxPool', 4, 100, 9],
  ['maxPool', 6, 1, 4],
  ['sumPool', 8, 8, 4],
  ['sumPool', 8, 64, 64],
  ['sumPool', 4, 20, 49],
  ['sumPool', 6, 130, 9],
  ['maxPool', 8, 32, 4, 4],
  ['maxPool', 4, 16, 9, 2],
  ['sumPool', 8, 64, 16, 8],
].map(([kind, bits, channels, taps, width = 1]) => {
  const sumBits = kind === 'maxPool' ? bits : bits + Math.ceil(Math.log2(taps));
  return { kind, bits, width, channels, taps, sumBits };
});

const streamPools = [
  // maximum, bits, [height, width], channels, kernel, elements of a beat, padding
  [true, 8, [8, 8], 8, [2, 2]],
  [true, 8, [20, 20], 24, [2, 2]],
  [true, 4, [15, 15], 50, [3, 3]],
  [true, 6, [12, 40], 1, [2, 2]],
  [true, 8, [14, 14], 32, [2, 2], 4],
  [true, 2, [16, 16], 64, [2, 2], 16],
  [true, 8, [13, 11], 12, [3, 2]],
  [true, 8, [10, 12], 16, [2, 2], 16],
  [false, 8, [8, 8], 8, [2, 2]],
  [false, 8, [28, 28], 16, [4, 4]],
  [false, 4, [30, 30], 40, [3, 3], 2],
  [false, 6, [9, 36], 1, [3, 3]],
  [false, 8, [7, 7], 20, [3, 3], 1, 1],
  [true, 8, [1, 64], 10, [1, 4]],
].map(([maximum, bits, size, channels, kernel, inWidth = 1, pad = 0]) => ({
  ...{ kind: 'streamPool', maximum, bits, size, channels, inWidth, kernel, padding: [pad, pad] },
  outBits: maximum ? bits : bits + Math.ceil(Math.log2(kernel[0] * kernel[1])),
  output: size.map((n, axis) => Math.floor((n + 2 * pad - kernel[axis]) / kernel[axis]) + 1),
}));

const narrows = [
  [8, 2],
  [8, 4],
  [16, 8],
  [4, 32],
].map(([bits, ratio]) => ({ kind: 'narrow', bits, ratio }));

const subsamples = [
  [8, 16, 8, [2, 2], [4, 4]],
  [8, 24, 12, [2, 2], [6, 6]],
  [8, 12, 24, [2, 2], [12, 12]],
  [8, 40, 20, [2, 2], [10, 10]],
  [6, 20, 48, [2, 2], [24, 24]],
  [4, 9, 3, [3, 3], [0, 3]],
  [8, 12, 20, [1, 1], [10, 10]],
].map(([bits, size, channels, stride, channelPadding]) => ({
  kind: 'subsample',
  bits,
  height: size,
  width: size,
  channels,
  stride,
  channelPadding,
}));

const concatenations = [
  // bits of a beat, beats of a pixel of each input
  [8, [1, 1]],
  [8, [16, 16]],
  [4, [3, 40]],
  [8, [5, 9, 2]],
  [6, [64, 32, 16, 16]],
  [16, [4, 4, 12, 20, 100]],
  [32, [8, 8, 8]],
  [2, [1, 2, 1, 2, 1, 2, 1, 2]],
].map(([bits, beats]) => ({ kind: 'concat', bits, beats }));

const ports = [
  ...[
    [8, 100],
    [8, 784],
    [4, 3072],
    [1, 16],
  ].map(([bits, elements]) => ({ kind: 'input', bits, elements })),
  ...[
    [34, true, 10],
    [20, true, 3],
    [38, true, 100],
    [8, false, 10],
  ].map(([bits, signed, count]) => ({ kind: 'classifier', bits, signed, count })),
];

/** Synthesised together, the engines apart, because their memories and decryptors are left out there. */
export const BATCHES = [
  ['FIFOs, pools, ports', [...fifos, ...deepFifos, ...pools, ...narrows, ...subsamples, ...ports]],
  ['decryptors', decryptors],
  ['engines, 1 to 8', engines.slice(0, 8)],
  ['engines, 9 to 16', engines.slice(8)],
  ['requantisers', requantisers],
  ['thresholds', thresholds],
  ['serial windows, 1 to 10', serialWindows.slice(0, 10)],
  ['serial windows, 11 to 25', serialWindows.slice(10)],
  ['banked windows', bankedWindows],
  ['vector buffers', vectorBuffers],
  ['weight memories', weightMemories],
  ['concatenations', concatenations],
  ['engines with groups', partedEngines],
  ['serial windows with dilation and groups', spreadWindows],
  ['banked windows with dilation', spreadBankedWindows],
  ['pools that stream', streamPools],
  ['lane tables', laneTables],
  ['dot arrays', dotArrays],
];
