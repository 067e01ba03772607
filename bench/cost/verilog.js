/**
 * A unit of the cost model (src/rtl/cost/units.ts) as Verilog: its module of hw/ under a name of its own, with the unit's
 * parameters as defaults, so that many units make one design in which each is kept apart.
 */
import { readFileSync } from 'node:fs';
import { URL } from 'node:url';
import { wiring } from '../../dist/rtl/xor-circuits.js';
import { bitsOfInteger, constant } from '../../dist/rtl/text.js';

const source = (name) => readFileSync(new URL(`../../hw/${name}.v`, import.meta.url), 'utf8');

const flag = (value) => (value ? 1 : 0);

function windowOf({ bits, inWidth, window, simd, steps }) {
  const { input, output, kernel, stride, padding, rows } = window;
  return {
    Bits: bits,
    InWidth: inWidth,
    Height: input.height,
    Width: input.width,
    Channels: input.channels,
    KernelH: kernel[0],
    KernelW: kernel[1],
    StrideH: stride[0],
    StrideW: stride[1],
    PadTop: padding[0],
    PadLeft: padding[1],
    OutHeight: output.height,
    OutWidth: output.width,
    Rows: rows,
    Simd: simd,
    Steps: steps,
  };
}

/** Encrypted bits of a slice in every point of the grid. */
const N_IN = 12;

/** Numbers without a pattern: the upper bits of a linear congruential generator. */
function generator(seed) {
  let state = (Math.imul(seed, 2654435761) + 12345) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Rows of the given numbers of taps, at random, each a chain of gates. */
function decryptorOf({ taps, slices, pe, phase }) {
  const random = generator(taps.length + pe);
  const gates = [];
  const outputs = taps.map((count) => {
    const free = Array.from({ length: N_IN }, (_, i) => i);
    const tap = () => free.splice(random(free.length), 1)[0];
    let signal = tap();
    for (let i = 1; i < count; i++) {
      gates.push([signal, tap()]);
      signal = N_IN + gates.length - 1;
    }
    return signal;
  });
  if (gates.length === 0) gates.push([0, 0]);
  const network = { nIn: N_IN, gates, outputs };
  return {
    NIn: N_IN,
    NOut: taps.length,
    Gates: gates.length,
    Wiring: constant(wiring(network, gates.length)),
    Slices: slices,
    Pe: pe,
    Phase: phase,
    HeadSlice: `${N_IN}'h5a3`,
  };
}

function requantiserOf(unit) {
  const { scaledBits, shift, outBits, residual } = unit;
  return {
    Pe: unit.pe,
    Groups: unit.groups,
    Width: unit.width,
    Planes: unit.planes,
    AccBits: unit.accBits,
    SumBits: unit.sumBits,
    Joined: flag(unit.joined),
    DotBits: unit.dotBits,
    FactorBits: unit.factorBits,
    MulBits: unit.multiplierBits,
    ScaledBits: scaledBits,
    Clamp: flag(shift !== null),
    Shift: shift ?? 0,
    Low: `${scaledBits}'d0`,
    High: `${scaledBits}'d${shift === null ? 0 : 2 ** outBits - 1}`,
    OutBits: outBits,
    ...(residual === null
      ? {}
      : {
          Residual: 1,
          ResBits: residual.bits,
          ResMulBits: residual.multiplierBits,
          ResMul: constant(bitsOfInteger(Math.floor(0.37 * 2 ** residual.multiplierBits) | 1, residual.multiplierBits)),
        }),
  };
}

/** Per kind of unit: module of hw/, parameters, and the width and depth of its memory file where it has one. */
const MODULES = {
  fifo: ({ width, depth }) => ['flexor_fifo', { Width: width, Depth: depth }],
  deepFifo: ({ width, depth }) => ['flexor_fifo_ram', { Width: width, Depth: depth }],
  serialWindow: (unit) => ['flexor_window_serial', { ...windowOf(unit), PadValue: `${unit.bits}'d0` }],
  bankedWindow: (unit) => [
    'flexor_window_banked',
    { ...windowOf(unit), TapLanes: flag(unit.tapLanes), Blocks: unit.blocks },
  ],
  vectorBuffer: ({ bits, inWidth, size, simd, steps }) => [
    'flexor_vector_buffer',
    { Bits: bits, InWidth: inWidth, Size: size, Simd: simd, Steps: steps },
  ],
  engine: ({ actBits, simd, pe, groups, steps, planes, accBits, sumBits, wordCycles, reads, rows }) => [
    'flexor_engine',
    {
      ActBits: actBits,
      Simd: simd,
      Pe: pe,
      Groups: groups,
      Steps: steps,
      Planes: planes,
      Wirings: `${80 * planes}'d0`,
      WordCycles: wordCycles,
      Reads: reads,
      RowBits: Math.ceil((2 * planes * simd) / reads),
      Rows: rows,
      Phases: `${16 * simd}'d0`,
      HeadSlices: `${2 * planes * simd}'d0`,
      AccBits: accBits,
      SumBits: sumBits,
    },
  ],
  weightMemory: ({ width, depth }) => [
    'flexor_rom',
    { Width: width, Depth: depth, AddrBits: Math.max(1, Math.ceil(Math.log2(depth))) },
    { width, depth },
  ],
  decryptor: (unit) => ['flexor_decryptor', decryptorOf(unit)],
  requantiser: (unit) => {
    const factors = unit.joined ? 1 : unit.planes;
    const width = unit.width * (unit.scaledBits + factors * unit.multiplierBits);
    return ['flexor_requantiser', requantiserOf(unit), { width, depth: (unit.pe * unit.groups) / unit.width }];
  },
  maxPool: ({ bits, width, channels, taps }) => [
    'flexor_max_pool',
    { Bits: bits, Channels: channels, Width: width, Taps: taps },
  ],
  sumPool: ({ bits, width, channels, taps, sumBits }) => [
    'flexor_sum_pool',
    { Bits: bits, Channels: channels, Width: width, Taps: taps, SumBits: sumBits },
  ],
  subsample: ({ bits, height, width, channels, stride, channelPadding }) => [
    'flexor_subsample',
    {
      Bits: bits,
      Height: height,
      Width: width,
      Channels: channels,
      StrideH: stride[0],
      StrideW: stride[1],
      Before: channelPadding[0],
      After: channelPadding[1],
    },
  ],
  narrow: ({ bits, ratio }) => ['flexor_narrow', { Bits: bits, Ratio: ratio }],
  input: ({ bits, elements }) => ['flexor_axis_in', { Bits: bits, Elements: elements }],
  classifier: ({ bits, signed, count }) => [
    'flexor_classifier',
    { Bits: bits, Signed: flag(signed), Count: count, ClassBits: Math.max(1, Math.ceil(Math.log2(count))) },
  ],
};

/** Modules that an engine instantiates and that are units of their own. */
const ENGINE_BLACK_BOXES = ['flexor_rom', 'flexor_decryptor'];

/** Words without a pattern that synthesis could fold. */
function memoryText({ width, depth }) {
  const random = generator(width * depth);
  const digit = () => random(16).toString(16);
  const digits = Math.ceil(width / 4);
  const spare = 4 * digits - width;
  const word = () => {
    const first = (parseInt(digit(), 16) >> spare).toString(16);
    return first + Array.from({ length: digits - 1 }, digit).join('');
  };
  return Array.from({ length: depth }, word).join('\n') + '\n';
}

function withDefaults(text, module, name, parameters) {
  let result = text.replace(`module ${module} #(`, `(* keep_hierarchy = "yes" *)\nmodule ${name} #(`);
  for (const [key, value] of Object.entries(parameters)) {
    const pattern = new RegExp(`(parameter [^=\\n]*\\b${key} = )([^\\n]*?)(,?)\\n`);
    if (!pattern.test(result)) throw new Error(`internal: ${module} has no parameter ${key}`);
    result = result.replace(pattern, (_, before, _old, comma) => `${before}${value}${comma}\n`);
  }
  return result;
}

/** Verilog of one unit. */
export function unitVerilog(unit, name) {
  const [module, parameters, memory] = MODULES[unit.kind](unit);
  const files = new Map();
  const all = { ...parameters };
  if (memory !== undefined) {
    all.MemFile = `"${name}.mem"`;
    files.set(`${name}.mem`, memoryText(memory));
  }
  files.set(`${name}.v`, withDefaults(source(module), module, name, all));
  return files;
}

/** A unit for the synthesiser (src/report/area/synthesise.ts): all units of a batch side by side, each kept apart. */
export function batch(title, units) {
  const names = units.map((_, i) => `unit${i}`);
  const black = units.some(({ kind }) => kind === 'engine');
  const library = [
    'adder_tree',
    'masked_add',
    'mac_array',
    'resize',
    'rom',
    'ram',
    'decryptor',
    'xor_circuit',
    'weights',
    'scaler',
  ];
  const files = new Map([
    ...[...library, 'fifo', 'fifo_ram', 'window_sequencer'].map((name) => [
      `flexor_${name}.v`,
      source(`flexor_${name}`),
    ]),
    ...units.flatMap((unit, i) => [...unitVerilog(unit, names[i])]),
    ['batch.v', `module batch;\n${names.map((name) => `  (* keep *) ${name} u_${name} ();\n`).join('')}endmodule\n`],
  ]);
  const blackBoxModules = black ? ENGINE_BLACK_BOXES : [];
  const blackBoxes = blackBoxModules.map((name) => `${name}.v`);
  const fixed = { top: 'batch', only: null, hierarchy: 'marked', place: false };
  return { unit: { title, ...fixed, files, blackBoxes, blackBoxModules }, names };
}
