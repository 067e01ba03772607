/** Parameter sets at which every library module must elaborate without a warning: edges, odd sizes, nothing dividing. */
import { indexBits, lcm } from '../../../src/base/bits.js';
import type { Parameters } from './header.js';
import {
  bankedBlocks,
  bankedParameters,
  sequencerParameters,
  serialLanes,
  serialParameters,
  serialWidths,
  WINDOWS,
} from './windows.js';

/** Parameters of flexor_weight_phase for lanes of these phases. */
export function phaseParameters(nOut: number, laneBits: number, phases: readonly number[]): Parameters {
  const texts = phases.map((phase) => `16'd${phase}`).reverse();
  return { Lanes: phases.length, LaneBits: laneBits, NOut: nOut, Phases: `{${texts.join(', ')}}` };
}

const MEMORIES: readonly Parameters[] = [
  { Width: 1, Depth: 1, AddrBits: 1 },
  { Width: 8, Depth: 2, AddrBits: 1 },
  { Width: 37, Depth: 5, AddrBits: 3 },
  { Width: 3, Depth: 16, AddrBits: 4 },
];

const BOUNDARY_FILES = { MemFile: '"empty.mem"', BoundaryFile: '"empty.mem"' };

/** [N_in, N_out, PE, phase] */
export const DECRYPTORS: readonly (readonly [number, number, number, number])[] = [
  [1, 1, 1, 0],
  [12, 20, 16, 0],
  [12, 20, 16, 7],
  [3, 5, 5, 0],
  [3, 5, 5, 2],
  [8, 10, 5, 3],
  [2, 3, 6, 1],
  [24, 1, 4, 0],
  [1, 32, 1, 31],
  [7, 31, 3, 30],
  [5, 6, 4, 1],
];

/** [ActBits, ActSigned, Simd, Pe, Groups, Planes] */
export const MACS: readonly (readonly [number, number, number, number, number, number])[] = [
  [1, 0, 1, 1, 1, 1],
  [8, 0, 1, 3, 4, 1],
  [8, 1, 1, 1, 3, 2],
  [4, 1, 2, 2, 1, 1],
  [5, 0, 3, 2, 5, 3],
  [12, 1, 7, 3, 2, 1],
  [1, 0, 9, 4, 1, 2],
];

/** Parameters that the MAC array shares with an engine. */
function macCommon([actBits, signed, simd, pe, groups, planes]: (typeof MACS)[number]): Record<string, number> {
  const widths = { AccBits: actBits + 8, SumBits: actBits + 9 };
  return { ActBits: actBits, ActSigned: signed, Simd: simd, Pe: pe, Groups: groups, Planes: planes, ...widths };
}

/** Engines of convolutions with groups: so many sums of activations. */
const PARTED: typeof MACS = [
  [8, 0, 1, 3, 4, 1],
  [5, 1, 3, 2, 6, 2],
];

/** Arrays whose lanes share tables, with the lanes of a table. */
const TABLED: readonly (readonly [mac: (typeof MACS)[number], tableLanes: number])[] = [
  [[8, 0, 2, 1, 4, 1], 2],
  [[1, 1, 7, 2, 9, 2], 3],
  [[12, 0, 5, 3, 17, 1], 4],
  [[4, 1, 21, 1, 16, 3], 4],
];

function tabled<P extends Parameters>(set: P, tableLanes: number): P {
  return { ...set, TableLanes: tableLanes };
}

/** Arrays of dot products: [ActBits, ActSigned, Simd, Pe, Groups, Planes]. */
const DOTTED: typeof MACS = [
  [1, 0, 1, 1, 1, 1],
  [8, 1, 2, 3, 2, 2],
  [5, 0, 3, 2, 5, 1],
  [4, 1, 4, 1, 1, 3],
  [12, 0, 8, 2, 4, 1],
  [3, 1, 25, 3, 1, 1],
];

/** Parameters that an engine gives its array of dot products. */
function dotParameters([actBits, signed, simd, pe, groups, planes]: (typeof MACS)[number]): Record<string, number> {
  return {
    ActBits: actBits,
    ActSigned: signed,
    Simd: simd,
    Pe: pe,
    Groups: groups,
    Planes: planes,
    AccBits: actBits + 9,
  };
}

/** Parameters that the array gives its tables. */
function tableParameters([actBits, signed, simd, pe, , planes]: (typeof MACS)[number], tableLanes: number): Parameters {
  const treeBits = actBits + indexBits(tableLanes) + Math.ceil(Math.log2(Math.ceil(simd / tableLanes)));
  return {
    ...{ ActBits: actBits, ActSigned: signed, Simd: simd, TableLanes: tableLanes, Pe: pe, Planes: planes },
    TreeBits: treeBits,
  };
}

/** With as few cycles for a vector as leave two sums, or with one. */
function parted<P extends Parameters>(set: P): P {
  const groups = Number(set['Groups']);
  return { ...set, Hold: groups === 4 ? 1 : groups / 2 };
}

export function macParameters(mac: (typeof MACS)[number]): Record<string, number> {
  return { ...macCommon(mac), GroupBits: indexBits(mac[4]) };
}

/** An engine of these lanes with `steps` window steps and slices of `nOut` weight bits. */
function engineParameters(mac: (typeof MACS)[number], nOut: number, steps: number): Parameters {
  const [, , , pe] = mac;
  return { ...macCommon(mac), Steps: steps, WordCycles: lcm(nOut, pe) / pe };
}

/** [Pe, Planes, ActSigned, AccBits, SumBits, DotBits, MulBits, ScaledBits, Clamp, Shift, OutBits] */
const REQUANTISERS: readonly (readonly number[])[] = [
  [1, 1, 0, 2, 2, 3, 2, 4, 1, 0, 1],
  [1, 1, 0, 16, 16, 17, 16, 34, 1, 8, 8],
  [3, 2, 1, 10, 12, 11, 5, 18, 1, 7, 4],
  [4, 3, 1, 9, 9, 10, 24, 20, 1, 19, 12],
  [5, 1, 0, 9, 14, 12, 3, 30, 0, 0, 30],
  [2, 1, 1, 20, 9, 9, 16, 12, 0, 0, 12],
  [8, 2, 1, 11, 12, 13, 7, 23, 1, 5, 6],
];

function requantiserParameters(set: readonly number[]): Parameters {
  const names = [
    'Pe',
    'Planes',
    'ActSigned',
    'AccBits',
    'SumBits',
    'DotBits',
    'MulBits',
    'ScaledBits',
    'Clamp',
    'Shift',
    'OutBits',
  ];
  const values = Object.fromEntries(names.map((name, i) => [name, set[i]!]));
  const scaled = values['ScaledBits']!;
  return {
    ...values,
    FactorBits: values['DotBits']!,
    Low: `${scaled}'d0`,
    High: `${scaled}'d${2 ** Math.min(scaled - 1, 8) - 1}`,
    ParamBits: scaled + values['Planes']! * values['MulBits']!,
  };
}

/** The same with joined planes, which share a multiplier. */
function joined(parameters: Parameters, factorBits: number): Parameters {
  const paramBits = Number(parameters['ScaledBits']) + Number(parameters['MulBits']);
  return { ...parameters, Joined: 1, FactorBits: factorBits, ParamBits: paramBits };
}

/** Parameters that a requantiser with these gives its lanes. */
function scalerParameters(requantiser: Parameters): Parameters {
  const lane = Object.entries(requantiser).filter(([name]) => !['Pe', 'ParamBits'].includes(name));
  return { ...Object.fromEntries(lane), Factors: requantiser['Joined'] === 1 ? 1 : requantiser['Planes']! };
}

/** Parameter sets by module; the default parameters are always tried too. */
export const MATRIX: Readonly<Record<string, readonly Parameters[]>> = {
  flexor_fifo: [
    { Width: 1, Depth: 1 },
    { Width: 8, Depth: 2 },
    { Width: 7, Depth: 3 },
    { Width: 33, Depth: 5 },
    { Width: 12, Depth: 16 },
  ],
  flexor_fifo_ram: [
    { Width: 1, Depth: 3 },
    { Width: 8, Depth: 65 },
    { Width: 33, Depth: 100 },
  ],
  flexor_fork: [
    { Width: 8, Branches: 1, Depths: "{32'd70}" },
    { Width: 1, Branches: 3, Depths: "{32'd2, 32'd1, 32'd65}" },
    { Width: 5, Branches: 2, Depths: "{32'd9, 32'd3}", RegisterDepth: 8 },
  ],
  flexor_rom: MEMORIES.map((set) => ({ ...set, MemFile: '"empty.mem"' })),
  flexor_ram: [
    ...MEMORIES,
    { Width: 8, Banks: 4, Depth: 512, AddrBits: 9 },
    { Width: 1, Banks: 3, Depth: 5, AddrBits: 3 },
  ],
  flexor_store: [...MEMORIES, { Width: 64, Depth: 3, AddrBits: 2 }].flatMap((set) =>
    [1, 2].map((Banks) => ({ ...set, Banks, MemFile: '"empty.mem"' })),
  ),
  flexor_bank: [
    { Pixels: 1, FrameBits: 2 },
    { Pixels: 7, FrameBits: 5 },
  ],
  flexor_loader: [
    { Words: 1, Elements: 1, FrameBits: 2 },
    { Words: 13, Elements: 784, FrameBits: 6 },
    { Words: 13, Elements: 784, FrameBits: 6, Banks: 1 },
  ],
  flexor_row_reader: [
    { Rows: 1, AddrBits: 1 },
    { Rows: 5, AddrBits: 3 },
    { Rows: 16, AddrBits: 4 },
  ],
  flexor_bank_reader: [
    { Rows: 1, AddrBits: 1, Pixels: 1, FrameBits: 2 },
    { Rows: 6, AddrBits: 3, Pixels: 5, FrameBits: 3 },
  ],
  flexor_word_gather: [
    { WordBits: 7, RowBits: 7, RowsPerWord: 1 },
    { WordBits: 80, RowBits: 27, RowsPerWord: 3 },
    { WordBits: 9, RowBits: 1, RowsPerWord: 9 },
    { WordBits: 12, RowBits: 3, RowsPerWord: 4 },
  ],
  flexor_weight_shift: DECRYPTORS.map(([, nOut, pe], i) => ({ Lanes: 1 + (i % 3), LaneBits: lcm(nOut, pe), Pe: pe })),
  flexor_weight_hold: DECRYPTORS.map(([nIn, nOut, pe, phase], i) => {
    const lanes = 1 + (i % 3);
    const phased = phase > 0 ? `${lanes}'d${2 ** (lanes - 1)}` : `${lanes}'d0`;
    return { Lanes: lanes, Slices: lcm(nOut, pe) / nOut, NIn: nIn, Phased: phased };
  }),
  flexor_weight_align: DECRYPTORS.map(([, nOut, pe, phase], i) =>
    phaseParameters(nOut, lcm(nOut, pe), [0, phase, nOut - 1].slice(i % 2, 2 + (i % 2))),
  ),
  flexor_weight_select: DECRYPTORS.map(([, nOut, pe], i) => {
    const laneBits = lcm(nOut, pe);
    return { Lanes: 1 + (i % 3), LaneBits: laneBits, Pe: pe, CycleBits: indexBits(laneBits / pe) };
  }),
  flexor_weight_phase: DECRYPTORS.filter(([, , , phase]) => phase > 0).map(([, nOut, pe, phase], i) =>
    phaseParameters(nOut, lcm(nOut, pe), [0, phase, nOut - 1].slice(i % 2, 2 + (i % 2))),
  ),
  flexor_resize: [
    { InBits: 1, OutBits: 1, Signed: 0 },
    { InBits: 5, OutBits: 9, Signed: 1 },
    { InBits: 9, OutBits: 5, Signed: 1 },
    { InBits: 7, OutBits: 7, Signed: 0 },
  ],
  flexor_masked_add: [
    { Bits: 1, Signed: 0, Masked: 1 },
    { Bits: 1, Signed: 1, Masked: 0 },
    { Bits: 9, Signed: 1, Masked: 1 },
  ],
  flexor_adder_tree: [
    ...[5, 8, 13, 16, 17, 40, 70].map((count, i) => ({
      ...{ Count: count, Bits: 1 + (i % 3), Signed: i % 2, Masked: 1 - (i % 2), Registered: i % 2, Compressed: 1 },
      SumBits: 1 + (i % 3) + Math.ceil(Math.log2(count)),
    })),
    ...[1, 2, 3, 5, 8, 13].flatMap((count, i) => [
      {
        Count: count,
        Bits: 1 + i,
        Signed: i % 2,
        Masked: 1,
        Registered: 0,
        SumBits: 1 + i + Math.ceil(Math.log2(count)),
      },
      {
        Count: count,
        Bits: 8 - i,
        Signed: 1 - (i % 2),
        Masked: 0,
        Registered: 1,
        SumBits: 8 - i + Math.ceil(Math.log2(count)),
      },
    ]),
  ],
  flexor_mac_array: [
    ...MACS.map(macParameters),
    ...PARTED.map(macParameters).map(parted),
    ...TABLED.map(([mac, lanes]) => tabled(macParameters(mac), lanes)),
  ],
  flexor_lane_tables: TABLED.map(([mac, lanes]) => tableParameters(mac, lanes)),
  flexor_dot_array: DOTTED.map(dotParameters),
  flexor_engine: [
    ...DOTTED.map((set, i) => ({ ...dotParameters(set), Dots: 1, SumBits: 1, Steps: i + 1, WordCycles: 1 + (i % 3) })),
    ...TABLED.map(([mac, lanes], i) => tabled(engineParameters(mac, 6, i + 1), lanes)),
    ...TABLED.map(([mac, lanes]) => ({
      ...tabled(engineParameters(mac, 6, 2), lanes),
      LoadRegister: 1,
      TreeLevels: 1,
    })),
    ...DOTTED.map((set, i) => ({ ...dotParameters(set), Dots: 1, SumBits: 1, WordCycles: 1 + (i % 6), HeldWords: 1 })),
    { ...tabled(engineParameters(TABLED[0]![0], 5, 2), TABLED[0]![1]), HeldWords: 1 },
    { ...engineParameters(MACS[5]!, 7, 5), HeldWords: 1 },
    { ...engineParameters(MACS[5]!, 7, 5), LoadRegister: 1, TreeLevels: 3 },
    { ...engineParameters(MACS[6]!, 7, 5), LoadRegister: 1, TreeLevels: 1 },
    { ...tabled(engineParameters([8, 0, 3, 2, 8, 1], 4, 3), 2), Hold: 4 },
    ...PARTED.map((set) => parted(engineParameters(set, 2, 3))),
    engineParameters(MACS[0]!, 1, 1),
    engineParameters(MACS[1]!, 20, 7),
    engineParameters(MACS[2]!, 7, 5),
    engineParameters(MACS[3]!, 2, 3),
    engineParameters(MACS[4]!, 6, 4),
    engineParameters(MACS[5]!, 7, 5),
    engineParameters(MACS[6]!, 32, 1),
  ],
  flexor_weight_rom: [
    { WordBits: 7, RowBits: 7, RowsPerWord: 1, Rows: 1, MemFile: '"empty.mem"' },
    { WordBits: 80, RowBits: 27, RowsPerWord: 3, Rows: 12, Registered: 0, MemFile: '"empty.mem"' },
    { WordBits: 7, RowBits: 7, RowsPerWord: 1, Rows: 9, RamStyle: '"distributed"', MemFile: '"empty.mem"' },
  ],
  flexor_weight_ram: [
    { WordBits: 9, RowBits: 1, RowsPerWord: 9, Rows: 18, Pixels: 3, MemFile: '"empty.mem"' },
    { WordBits: 33, RowBits: 33, RowsPerWord: 1, Rows: 2, FrameBits: 2, MemFile: '"empty.mem"' },
  ],
  flexor_weight_ram_phase: [
    { ...{ WordBits: 33, RowBits: 17, RowsPerWord: 2, Rows: 2, BoundaryBits: 40, FrameBits: 2 }, ...BOUNDARY_FILES },
    { ...{ WordBits: 7, RowBits: 7, RowsPerWord: 1, Rows: 1, BoundaryBits: 1, Pixels: 9 }, ...BOUNDARY_FILES },
  ],
  flexor_weight_stream: [
    { WordBits: 12, RowBits: 12, RowsPerWord: 1, Rows: 5 },
    { WordBits: 12, RowBits: 5, RowsPerWord: 3, Rows: 3 },
  ],
  flexor_scale_rom: [
    { Width: 20, Words: 1, MemFile: '"empty.mem"' },
    { Width: 37, Words: 5, Registered: 0, MemFile: '"empty.mem"' },
  ],
  flexor_scale_ram: [
    { Width: 20, Words: 1, Pixels: 9, FrameBits: 2, MemFile: '"empty.mem"' },
    { Width: 37, Words: 5, FrameBits: 3, MemFile: '"empty.mem"' },
  ],
  flexor_group_shift: [
    { Pe: 1, Bits: 3, SumBits: 2 },
    { Pe: 6, Width: 2, Planes: 2, Bits: 5, SumBits: 9 },
    { Pe: 4, Width: 4, Planes: 1, Bits: 8, SumBits: 8 },
    { Pe: 5, Width: 1, Planes: 3, Bits: 1, SumBits: 1 },
    { Pe: 10, Width: 4, Planes: 2, Bits: 3, SumBits: 4 },
  ],
  flexor_stages: [{ Stages: 2 }, { Stages: 4 }],
  flexor_residual_term: [
    { Bits: 8, MulBits: 12, OutBits: 34 },
    { Bits: 1, Signed: 0, MulBits: 24, Delay: 1, OutBits: 18 },
    { Bits: 7, Signed: 1, MulBits: 2, OutBits: 10 },
  ],
  flexor_requantiser: [
    { ...requantiserParameters(REQUANTISERS[6]!), Dots: 1, SumBits: 1 },
    ...REQUANTISERS.map(requantiserParameters),
    joined(requantiserParameters(REQUANTISERS[3]!), 14),
    // Several channels a beat: a whole group, a part of one.
    { ...requantiserParameters(REQUANTISERS[2]!), Width: 3, ProductRegister: 1 },
    { ...requantiserParameters(REQUANTISERS[3]!), Width: 2 },
    { ...requantiserParameters(REQUANTISERS[6]!), Width: 4 },
    { ...joined(requantiserParameters(REQUANTISERS[6]!), 15), Width: 4, ProductRegister: 1 },
    { ...requantiserParameters(REQUANTISERS[6]!), Width: 8 },
    { ...requantiserParameters(REQUANTISERS[5]!), Width: 2 },
  ],
  flexor_requantiser_residual: [
    { ...requantiserParameters(REQUANTISERS[1]!), Dots: 1, SumBits: 1, ResBits: 8, ResMulBits: 12 },
    { ...requantiserParameters(REQUANTISERS[1]!), ResBits: 8, ResMulBits: 12 },
    { ...joined(requantiserParameters(REQUANTISERS[2]!), 12), ResBits: 1, ResSigned: 0, ResMulBits: 24 },
    { ...requantiserParameters(REQUANTISERS[6]!), Width: 2, ResBits: 4, ResMulBits: 9, ProductRegister: 1 },
    { ...joined(requantiserParameters(REQUANTISERS[6]!), 15), Width: 4, ResBits: 3, ResSigned: 1, ResMulBits: 5 },
  ],
  flexor_thresholds: [
    { Pe: 3, Dots: 1, AccBits: 9, SumBits: 1, DotBits: 8, FactorBits: 8, ThresholdBits: 9, OutBits: 2, ParamBits: 27 },
    { Pe: 1, AccBits: 2, SumBits: 2, DotBits: 4, FactorBits: 4, ThresholdBits: 4, OutBits: 1, ParamBits: 4 },
    { Pe: 6, Width: 3, ActSigned: 1, OutBits: 2, OutSigned: 1, Falls: 1, ThresholdBits: 18, ParamBits: 55 },
    {
      ...{ Pe: 4, Width: 2, Planes: 3, Joined: 2, ActSigned: 1, AccBits: 9, SumBits: 8, DotBits: 9, FactorBits: 12 },
      ...{ ThresholdBits: 12, OutBits: 3, ParamBits: 84 },
    },
    {
      ...{ Pe: 5, Planes: 2, Joined: 1, AccBits: 4, SumBits: 9, DotBits: 10, FactorBits: 12, ThresholdBits: 14 },
      ...{ OutBits: 4, Falls: 1, ParamBits: 211 },
    },
  ],
  flexor_scaler: [
    { ...scalerParameters(requantiserParameters(REQUANTISERS[2]!)), Dots: 1, SumBits: 1 },
    ...REQUANTISERS.map((set) => scalerParameters(requantiserParameters(set))),
    scalerParameters(joined(requantiserParameters(REQUANTISERS[3]!), 14)),
    { ...scalerParameters(requantiserParameters(REQUANTISERS[4]!)), ProductRegister: 1 },
  ],
  flexor_window_sequencer: WINDOWS.map((window, i) => ({ ...sequencerParameters(window), FreeLater: i % 2 })),
  flexor_window_serial: WINDOWS.flatMap((window, i) => {
    const [lanes, widths] = [serialLanes(window), serialWidths(window)];
    return [
      serialParameters(window, 1, 1),
      serialParameters(window, 1, widths.at(-1)!),
      { ...serialParameters(window, lanes[i % lanes.length]!, widths[i % widths.length]!), AddressRegister: i % 2 },
      {
        ...serialParameters(window, lanes[i % lanes.length]!, 1),
        DilationH: 1 + (i % 3),
        DilationW: 1 + ((i + 1) % 3),
      },
      { ...serialParameters(window, 1, 1), Interleave: window.channels },
    ];
  }),
  flexor_window_banked: [
    ...WINDOWS.flatMap((window, i) => {
      const blocks = bankedBlocks(window);
      const taps = bankedParameters(window, blocks[1 + (i % (blocks.length - 1))]!, 1);
      return [bankedParameters(window, 0, 1), { ...taps, AddressRegister: i % 2 }];
    }),
    // Beats below, at and above a block of channels.
    ...WINDOWS.filter(({ channels }) => channels === 8).flatMap((window) =>
      bankedBlocks(window).flatMap((blocks) => [2, 8].map((inWidth) => bankedParameters(window, blocks, inWidth))),
    ),
  ],
  flexor_vector_buffer: [
    { Bits: 1, Size: 2, Simd: 2, Steps: 1 },
    { Bits: 8, Size: 5, Simd: 2, Steps: 3 },
    { Bits: 3, Size: 7, Simd: 7, Steps: 1 },
    { Bits: 12, Size: 10, Simd: 4, Steps: 3 },
    { Bits: 4, Size: 16, Simd: 4, Steps: 4 },
    { Bits: 4, InWidth: 4, Size: 16, Simd: 4, Steps: 4 },
    { Bits: 8, InWidth: 2, Size: 14, Simd: 2, Steps: 8 },
    { Bits: 1, InWidth: 2, Size: 12, Simd: 2, Steps: 6 },
    { Bits: 3, InWidth: 8, Size: 40, Simd: 3, Steps: 16 },
    { Bits: 1, InWidth: 32, Size: 784, Simd: 25, Steps: 32 },
    { Bits: 1, InWidth: 32, Size: 784, Simd: 49, Steps: 16 },
    { Bits: 2, InWidth: 8, Size: 5, Simd: 5, Steps: 1 },
  ],
  flexor_stream_check: [{ Bits: 1 }, { Bits: 37 }],
  flexor_narrow: [
    { Bits: 1, Ratio: 1 },
    { Bits: 1, Ratio: 2 },
    { Bits: 7, Ratio: 3 },
    { Bits: 12, Ratio: 8 },
    { Bits: 4, Ratio: 4, Parts: 10 },
    { Bits: 1, Ratio: 8, Parts: 3 },
  ],
  flexor_max_pool: [
    { Bits: 1, Signed: 0, Channels: 1, Taps: 1 },
    { Bits: 8, Signed: 1, Channels: 3, Taps: 4 },
    { Bits: 5, Signed: 0, Channels: 8, Taps: 9 },
    { Bits: 1, Signed: 0, Channels: 8, Width: 8, Taps: 4 },
    { Bits: 7, Signed: 1, Channels: 12, Width: 4, Taps: 1 },
    { Bits: 3, Signed: 0, Channels: 6, Width: 3, Taps: 2 },
  ],
  flexor_sum_pool: [
    { Bits: 1, Signed: 0, Channels: 1, Taps: 1, SumBits: 1 },
    { Bits: 8, Signed: 1, Channels: 3, Taps: 5, SumBits: 11 },
    { Bits: 5, Signed: 0, Channels: 8, Taps: 64, SumBits: 11 },
    { Bits: 1, Signed: 0, Channels: 8, Width: 8, Taps: 4, SumBits: 3 },
    { Bits: 7, Signed: 1, Channels: 12, Width: 4, Taps: 1, SumBits: 7 },
    { Bits: 3, Signed: 0, Channels: 6, Width: 3, Taps: 2, SumBits: 4 },
  ],
  flexor_pool_axis: [
    { Size: 1, Kernel: 1, Pad: 0, Outputs: 1, IndexBits: 1 },
    { Size: 7, Kernel: 3, Pad: 0, Outputs: 2, IndexBits: 2 },
    { Size: 8, Kernel: 3, Pad: 1, Outputs: 3, IndexBits: 2 },
    { Size: 5, Kernel: 7, Pad: 1, Outputs: 1, IndexBits: 1 },
  ],
  flexor_stream_pool: [
    { Height: 2, Width: 2, Channels: 1, OutHeight: 1, OutWidth: 1 },
    { Bits: 1, OutBits: 1, Height: 6, Width: 9, Channels: 6, InWidth: 2, KernelW: 3, OutHeight: 3, OutWidth: 3 },
    { Bits: 5, OutBits: 5, Signed: 1, Height: 5, Width: 7, Channels: 4, InWidth: 4, OutHeight: 2, OutWidth: 3 },
    { Height: 5, Width: 8, Channels: 3, KernelH: 1, KernelW: 3, PadLeft: 1, OutHeight: 5, OutWidth: 3 },
    { Height: 4, Width: 8, Channels: 2, InWidth: 2, KernelH: 1, KernelW: 2, OutHeight: 4, OutWidth: 4 },
    { Maximum: 0, Bits: 7, Signed: 1, OutBits: 9, Height: 4, Width: 6, Channels: 3, OutHeight: 2, OutWidth: 3 },
    {
      ...{ Maximum: 0, Bits: 1, OutBits: 5, Height: 11, Width: 10, Channels: 8, InWidth: 8, KernelH: 4, KernelW: 5 },
      ...{ PadTop: 1, PadLeft: 3, OutHeight: 3, OutWidth: 3 },
    },
  ],
  flexor_subsample: [
    { Bits: 1, Height: 1, Width: 1, Channels: 1, StrideH: 1, StrideW: 1, Before: 0, After: 1 },
    { Bits: 8, Height: 5, Width: 7, Channels: 3, StrideH: 2, StrideW: 3, Before: 0, After: 0 },
    { Bits: 4, Height: 4, Width: 4, Channels: 16, StrideH: 2, StrideW: 2, Before: 8, After: 8 },
  ],
  flexor_concat: [
    { Bits: 1, Inputs: 2, Beats: "{32'd1, 32'd1}" },
    { Bits: 12, Inputs: 3, Beats: "{32'd5, 32'd1, 32'd2}" },
    { Bits: 7, Inputs: 5, Beats: "{32'd1, 32'd9, 32'd1, 32'd70000, 32'd4}" },
  ],
  flexor_axil_regs: [
    { Layers: 1, Elements: 1, AddrBits: 7 },
    { Layers: 5, Elements: 784 },
    { ModelDigest: "256'h1", Layers: 70, Elements: 3, AddrBits: 10 },
  ],
  flexor_axis_keep: [{ Bytes: 1 }, { Bytes: 3 }, { Bytes: 32, LastBytes: 16 }],
  flexor_axis_in: [
    { Bits: 1, Elements: 1 },
    { Bits: 8, Elements: 784 },
    { Bits: 12, Elements: 7 },
  ],
  flexor_classifier: [
    { Bits: 1, Signed: 0, Count: 1, ClassBits: 1 },
    { Bits: 20, Signed: 1, Count: 10, ClassBits: 4 },
    { Bits: 7, Signed: 0, Count: 16, ClassBits: 4 },
    { Bits: 20, Signed: 1, Count: 10, Width: 4, ClassBits: 4 },
    { Bits: 1, Signed: 0, Count: 3, Width: 3, ClassBits: 2 },
    { Bits: 3, Signed: 1, Count: 100, Width: 7, ClassBits: 7 },
  ],
};
