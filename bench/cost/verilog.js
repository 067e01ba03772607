/**
 * A unit of the cost model (src/rtl/units) as Verilog: its module of hw/ under a name of its own, with the unit's
 * parameters as defaults, so that many units make one design in which each is kept apart.
 */
import { readFileSync } from 'node:fs';
import { URL } from 'node:url';
import { template } from '../../dist/base/template.js';
import { libraryModules } from '../../dist/rtl/library.js';
import { bitsOfInteger, constant } from '../../dist/rtl/text.js';
import { xorView } from '../../dist/rtl/xor-modules.js';

const source = (name) => readFileSync(new URL(`../../hw/${name}.v`, import.meta.url), 'utf8');

const flag = (value) => (value ? 1 : 0);

function windowOf({ bits, inWidth, window, simd, steps }) {
  const { input, output, kernel, stride, padding, rows, dilation = [1, 1] } = window;
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
    DilationH: dilation[0],
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

/** An XOR circuit whose rows have the given numbers of taps, at random, each a chain of gates. */
function circuitOf(taps, pe) {
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
  return { nIn: N_IN, gates, outputs, gateCount: gates.length, depth: Math.max(...taps) - 1 };
}

/** One lane's decryption: XOR circuits, its alignment where it starts inside a slice, its shift register. */
function decryptorVerilog({ taps, slices, pe, phase }, name) {
  const nOut = taps.length;
  const [wordBits, laneBits] = [slices * N_IN, slices * nOut];
  const circuit = template(
    'xor.v',
    'verilog',
  )(xorView({ module: `${name}_xor`, circuit: circuitOf(taps, pe) }, 'For a measurement.'));
  const phased = `  wire [${nOut - 1}:0] head;
  ${name}_xor u_head (.x_i(${N_IN}'h5a3), .y_o(head));
  flexor_weight_phase #(.LaneBits(${laneBits}), .NOut(${nOut}), .Phases(16'd${phase})) u_phase (
    .clk_i(clk_i), .take_i(en_i && load_i), .first_i(first_i), .boundary_i(head), .word_i(decrypted), .word_o(word));`;
  return `${circuit}
(* keep_hierarchy = "yes" *)
module ${name} (
  input wire clk_i, input wire en_i, input wire load_i, input wire first_i,
  input wire [${wordBits - 1}:0] word_i, output wire [${pe - 1}:0] bits_o
);
  wire [${laneBits - 1}:0] decrypted;
  wire [${laneBits - 1}:0] word;
  ${name}_xor u_xor [${slices - 1}:0] (.x_i(word_i), .y_o(decrypted));
${phase === 0 ? '  assign word = decrypted;' : phased}
  flexor_weight_shift #(.LaneBits(${laneBits}), .Pe(${pe})) u_shift (
    .clk_i(clk_i), .en_i(en_i), .load_i(load_i), .word_i(word), .bits_o(bits_o));
endmodule
`;
}

/** An engine without its shift registers, and its weight source without the memory. */
function engineVerilog(unit, name) {
  const { simd, pe, planes, wordCycles, rowsPerWord, rows, actBits, accBits, sumBits } = unit;
  const wordBits = planes * simd * wordCycles * pe;
  const rowBits = Math.ceil(wordBits / rowsPerWord);
  const groupBits = sumBits + planes * pe * accBits;
  const engine = parameterText({
    ...{ ActBits: actBits, Simd: simd, Pe: pe, Groups: unit.groups, Steps: unit.steps, Planes: planes },
    ...(unit.sums > 1 ? { Hold: unit.groups / unit.sums } : {}),
    ...{ WordCycles: wordCycles, AccBits: accBits, SumBits: sumBits },
  });
  return `(* keep_hierarchy = "yes" *)
module ${name} (
  input wire clk_i, input wire rst_ni, input wire in_valid_i, output wire in_ready_o,
  input wire [${simd * actBits - 1}:0] in_data_i, output wire out_valid_o, input wire out_ready_i,
  output wire [${groupBits - 1}:0] out_data_o
);
  wire valid, ready, first;
  wire [${wordBits - 1}:0] word;
  flexor_weight_rom #(.WordBits(${wordBits}), .RowBits(${rowBits}), .RowsPerWord(${rowsPerWord}), .Rows(${rows})) u_weights (
    .clk_i(clk_i), .rst_ni(rst_ni), .word_valid_o(valid), .word_ready_i(ready), .word_o(word));
  flexor_engine ${engine} u_engine (
    .clk_i(clk_i), .rst_ni(rst_ni), .in_valid_i(in_valid_i), .in_ready_o(in_ready_o), .in_data_i(in_data_i),
    .out_valid_o(out_valid_o), .out_ready_i(out_ready_i), .out_data_o(out_data_o),
    .word_valid_i(valid), .word_ready_o(ready), .word_first_o(first), .word_i(word));
endmodule
`;
}

function parameterText(parameters) {
  return `#(${Object.entries(parameters)
    .map(([name, value]) => `.${name}(${value})`)
    .join(', ')})`;
}

/** A requantiser with the memory of its multipliers and betas, `NAME.mem`. */
function requantiserVerilog(unit, name) {
  const { pe, groups, width, planes, accBits, sumBits, scaledBits, shift, outBits, residual } = unit;
  const paramBits = scaledBits + (unit.joined ? 1 : planes) * unit.multiplierBits;
  const groupBits = sumBits + planes * pe * accBits;
  const own = {
    ...{ Pe: pe, Width: width, Planes: planes, AccBits: accBits, SumBits: sumBits, Joined: flag(unit.joined) },
    ...{ DotBits: unit.dotBits, FactorBits: unit.factorBits, MulBits: unit.multiplierBits, ScaledBits: scaledBits },
    ...{ Clamp: flag(shift !== null), Shift: shift ?? 0, Low: `${scaledBits}'d0` },
    ...{ High: `${scaledBits}'d${shift === null ? 0 : 2 ** outBits - 1}`, OutBits: outBits, ParamBits: paramBits },
    ...(residual === null ? {} : { ResBits: residual.bits, ResMulBits: residual.multiplierBits }),
  };
  const scales = { Width: width * paramBits, Words: (pe * groups) / width, MemFile: `"${name}.mem"` };
  const added =
    residual === null
      ? { ports: '', connections: '' }
      : {
          ports: `input wire res_valid_i, output wire res_ready_o, input wire [${width * residual.bits - 1}:0] res_data_i,`,
          connections: `.res_valid_i(res_valid_i), .res_ready_o(res_ready_o), .res_data_i(res_data_i),
    .res_multiplier_i(${constant(
      bitsOfInteger(Math.floor(0.37 * 2 ** residual.multiplierBits) | 1, residual.multiplierBits),
    )}),`,
        };
  return `(* keep_hierarchy = "yes" *)
module ${name} (
  input wire clk_i, input wire rst_ni, input wire in_valid_i, output wire in_ready_o,
  input wire [${groupBits - 1}:0] in_data_i, ${added.ports}
  output wire out_valid_o, input wire out_ready_i, output wire [${width * outBits - 1}:0] out_data_o
);
  wire fetch;
  wire [${width * paramBits - 1}:0] params;
  flexor_scale_rom ${parameterText(scales)} u_scales (
    .clk_i(clk_i), .rst_ni(rst_ni), .fetch_i(fetch), .params_o(params));
  flexor_requantiser${residual === null ? '' : '_residual'} ${parameterText(own)} u_requantiser (
    .clk_i(clk_i), .rst_ni(rst_ni), .in_valid_i(in_valid_i), .in_ready_o(in_ready_o), .in_data_i(in_data_i),
    ${added.connections}
    .out_valid_o(out_valid_o), .out_ready_i(out_ready_i), .out_data_o(out_data_o), .fetch_o(fetch), .params_i(params));
endmodule
`;
}

/** A threshold unit with the memory of its thresholds, `NAME.mem`. */
function thresholdVerilog(unit, name) {
  const { pe, width, planes, accBits, sumBits, outBits } = unit;
  const groupBits = sumBits + planes * pe * accBits;
  const { width: wordBits, depth } = memoryOf.thresholds(unit);
  const own = {
    ...{ Pe: pe, Width: width, Planes: planes, AccBits: accBits, SumBits: sumBits, Joined: flag(unit.joined) },
    ...{ DotBits: unit.dotBits, FactorBits: unit.factorBits, ThresholdBits: unit.thresholdBits, OutBits: outBits },
    ...{ Falls: flag(unit.falls), ParamBits: wordBits / width },
  };
  return `(* keep_hierarchy = "yes" *)
module ${name} (
  input wire clk_i, input wire rst_ni, input wire in_valid_i, output wire in_ready_o,
  input wire [${groupBits - 1}:0] in_data_i,
  output wire out_valid_o, input wire out_ready_i, output wire [${width * outBits - 1}:0] out_data_o
);
  wire fetch;
  wire [${wordBits - 1}:0] params;
  flexor_scale_rom ${parameterText({ Width: wordBits, Words: depth, MemFile: `"${name}.mem"` })} u_scales (
    .clk_i(clk_i), .rst_ni(rst_ni), .fetch_i(fetch), .params_o(params));
  flexor_thresholds ${parameterText(own)} u_thresholds (
    .clk_i(clk_i), .rst_ni(rst_ni), .in_valid_i(in_valid_i), .in_ready_o(in_ready_o), .in_data_i(in_data_i),
    .out_valid_o(out_valid_o), .out_ready_i(out_ready_i), .out_data_o(out_data_o), .fetch_o(fetch), .params_i(params));
endmodule
`;
}

/** Units of several modules of hw/: their Verilog. */
const COMPOSED = {
  engine: engineVerilog,
  decryptor: decryptorVerilog,
  requantiser: requantiserVerilog,
  thresholds: thresholdVerilog,
};

/** Units of one module: it, parameters, and the width and depth of its memory file where it has one. */
const MODULES = {
  fifo: ({ width, depth }) => ['flexor_fifo', { Width: width, Depth: depth }],
  deepFifo: ({ width, depth }) => ['flexor_fifo_ram', { Width: width, Depth: depth }],
  serialWindow: (unit) => [
    'flexor_window_serial',
    {
      ...windowOf(unit),
      ...{ DilationW: unit.window.dilation?.[1] ?? 1, Interleave: unit.interleave ?? 1 },
      PadValue: `${unit.bits}'d0`,
    },
  ],
  bankedWindow: (unit) => [
    'flexor_window_banked',
    { ...windowOf(unit), TapLanes: flag(unit.tapLanes), Blocks: unit.blocks },
  ],
  vectorBuffer: ({ bits, inWidth, size, simd, steps }) => [
    'flexor_vector_buffer',
    { Bits: bits, InWidth: inWidth, Size: size, Simd: simd, Steps: steps },
  ],
  laneTables: ({ actBits, simd, tableLanes, channels }) => [
    'flexor_lane_tables',
    {
      ...{ ActBits: actBits, Simd: simd, TableLanes: tableLanes, Pe: channels },
      TreeBits: actBits + Math.ceil(Math.log2(tableLanes)) + Math.ceil(Math.log2(Math.ceil(simd / tableLanes))),
    },
  ],
  dotArray: ({ actBits, signed, simd, channels, groups, accBits }) => [
    'flexor_dot_array',
    {
      ...{ ActBits: actBits, ActSigned: flag(signed), Simd: simd, Pe: channels, Groups: groups, AccBits: accBits },
    },
  ],
  weightRom: ({ width, depth }) => [
    'flexor_rom',
    { Width: width, Depth: depth, AddrBits: Math.max(1, Math.ceil(Math.log2(depth))) },
    { width, depth },
  ],
  maxPool: ({ bits, width, channels, taps }) => [
    'flexor_max_pool',
    { Bits: bits, Channels: channels, Width: width, Taps: taps },
  ],
  sumPool: ({ bits, width, channels, taps, sumBits }) => [
    'flexor_sum_pool',
    { Bits: bits, Channels: channels, Width: width, Taps: taps, SumBits: sumBits },
  ],
  streamPool: ({ maximum, bits, outBits, size, channels, inWidth, kernel, padding, output }) => [
    'flexor_stream_pool',
    {
      ...{ Maximum: flag(maximum), Bits: bits, OutBits: outBits, Height: size[0], Width: size[1], Channels: channels },
      ...{ InWidth: inWidth, KernelH: kernel[0], KernelW: kernel[1], PadTop: padding[0], PadLeft: padding[1] },
      ...{ OutHeight: output[0], OutWidth: output[1] },
    },
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
  concat: ({ bits, beats }) => [
    'flexor_concat',
    {
      Bits: bits,
      Inputs: beats.length,
      Beats: `{${beats
        .map((count) => `32'd${count}`)
        .reverse()
        .join(', ')}}`,
    },
  ],
  narrow: ({ bits, ratio }) => ['flexor_narrow', { Bits: bits, Ratio: ratio }],
  input: ({ bits, elements }) => ['flexor_axis_in', { Bits: bits, Elements: elements }],
  classifier: ({ bits, signed, count }) => [
    'flexor_classifier',
    { Bits: bits, Signed: flag(signed), Count: count, ClassBits: Math.max(1, Math.ceil(Math.log2(count))) },
  ],
};

/** Modules inside an engine's text that belong to units of their own. */
const ENGINE_BLACK_BOXES = ['flexor_rom', 'flexor_weight_shift'];

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

/** Width and depth of the memory of a unit's parameters. */
const memoryOf = {
  requantiser: ({ pe, groups, width, planes, joined, multiplierBits, scaledBits }) => ({
    width: width * (scaledBits + (joined ? 1 : planes) * multiplierBits),
    depth: (pe * groups) / width,
  }),
  thresholds: ({ pe, groups, width, thresholdBits, outBits, falls }) => ({
    width: width * ((2 ** outBits - 1) * thresholdBits + flag(falls)),
    depth: (pe * groups) / width,
  }),
};

/** Verilog of one unit. */
export function unitVerilog(unit, name) {
  const files = new Map();
  const composed = COMPOSED[unit.kind];
  if (composed !== undefined) {
    files.set(`${name}.v`, composed(unit, name));
    if (unit.kind in memoryOf) files.set(`${name}.mem`, memoryText(memoryOf[unit.kind](unit)));
    return files;
  }
  const [module, parameters, memory] = MODULES[unit.kind](unit);
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
  const own = units.flatMap((unit, i) => [...unitVerilog(unit, names[i])]);
  const library = libraryModules(own.filter(([path]) => path.endsWith('.v')).map(([, text]) => text));
  const files = new Map([
    ...library.map((module) => [`${module}.v`, source(module)]),
    ...own,
    ['batch.v', `module batch;\n${names.map((name) => `  (* keep *) ${name} u_${name} ();\n`).join('')}endmodule\n`],
  ]);
  const blackBoxModules = units.some(({ kind }) => kind === 'engine') ? ENGINE_BLACK_BOXES : [];
  const blackBoxes = blackBoxModules.map((name) => `${name}.v`);
  const fixed = { top: 'batch', only: null, hierarchy: 'marked', seeds: [] };
  return { unit: { title, ...fixed, files, blackBoxes, blackBoxModules }, names };
}
