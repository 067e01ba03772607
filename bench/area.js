/**
 * Parts of the library alone on UltraScale+ (Yosys, synth_xilinx -family xcup), as Markdown tables: the MAC array with
 * adders kept apart and merged, and the requantiser over PE. Needs a build (npm run build).
 *
 *   node bench/area.js [--quick]
 */
import { readFileSync } from 'node:fs';
import { URL } from 'node:url';
import { unitArea } from '../dist/report/area/measure.js';
import { synthesise } from '../dist/report/area/synthesise.js';
import { targetRule } from '../dist/report/area/targets.js';
import { libraryModules } from '../dist/rtl/library.js';
import { cacheFolder } from '../dist/toolchain/paths.js';

const MEMORY = 'params.mem';
const quick = process.argv.includes('--quick');
const rule = targetRule('xcup', null);
const options = { rule, engine: 'npm', cache: cacheFolder(), timeoutSeconds: 3600 };
const source = (name) => readFileSync(new URL(`../hw/${name}.v`, import.meta.url), 'utf8');

/** Area of the top in `text`, with modules of hw/; `edit` changes their text. */
async function measure(text, modules, { edit = (verilog) => verilog, memory = '' } = {}) {
  const files = new Map(modules.map((name) => [`${name}.v`, edit(source(name))]));
  files.set('top.v', text);
  if (memory !== '') files.set(MEMORY, memory);
  const unit = { title: 'top', top: 'top', files, blackBoxes: [], blackBoxModules: [], only: null };
  const result = await synthesise({ ...unit, hierarchy: 'flat', seeds: [] }, options);
  return unitArea(result, [], rule);
}

const ACC_BITS = 18;

function macTop(simd, pe) {
  const acc = pe * ACC_BITS;
  return `module top(input wire clk_i, input wire rst_ni, input wire en_i, input wire valid_i, input wire first_i,
  input wire last_i, input wire [${8 * simd - 1}:0] acts_i, input wire [${simd * pe - 1}:0] weights_i,
  output wire out_valid_o, output wire [${acc - 1}:0] selected_o, output wire [${ACC_BITS - 1}:0] sum_o);
  flexor_mac_array #(.ActBits(8), .Simd(${simd}), .Pe(${pe}), .AccBits(${ACC_BITS}), .SumBits(${ACC_BITS})) u_mac (
    .clk_i(clk_i), .rst_ni(rst_ni), .en_i(en_i), .valid_i(valid_i), .first_i(first_i), .last_i(last_i), .group_i(1'b0),
    .take_i(1'b0), .filled_o(), .acts_i(acts_i), .weights_i(weights_i), .out_valid_o(out_valid_o), .selected_o(selected_o), .sum_o(sum_o));
endmodule
`;
}

/** A tree for every channel and one for the sum of activations, and as many accumulators. */
function adderBits(simd, pe) {
  let tree = 0;
  for (let adders = simd / 2, bits = 9; adders >= 1; adders /= 2, bits++) tree += adders * bits;
  return (pe + 1) * (tree + ACC_BITS);
}

async function macArrays() {
  const modules = ['flexor_mac_array', 'flexor_adder_tree', 'flexor_masked_add', 'flexor_resize'];
  const merge = (text) => text.replace('(* keep_hierarchy = "yes" *)', '');
  const rows = [];
  for (const [simd, pe] of quick
    ? [[16, 4]]
    : [
        [16, 4],
        [32, 4],
        [64, 4],
        [16, 16],
        [32, 32],
      ]) {
    const apart = await measure(macTop(simd, pe), modules);
    const merged = pe > 4 ? null : await measure(macTop(simd, pe), modules, { edit: merge });
    rows.push([simd, pe, adderBits(simd, pe), apart.resources.luts, apart.depth, merged?.resources.luts ?? '']);
  }
  table(['SIMD', 'PE', 'adder bits', 'LUT, adders apart', 'depth', 'LUT, adders merged'], rows);
}

const CHANNELS = 64;
const REQUANTISER = libraryModules(['flexor_requantiser u_requantiser ( flexor_scale_rom u_scales (']);

function requantiserTop(pe) {
  return `module top(input wire clk_i, input wire rst_ni, input wire in_valid_i, output wire in_ready_o,
  input wire [${16 + pe * 16 - 1}:0] in_data_i, output wire out_valid_o, input wire out_ready_i,
  output wire [3:0] out_data_o);
  wire fetch;
  wire [49:0] params;
  flexor_scale_rom #(.Words(${CHANNELS}), .MemFile("${MEMORY}")) u_scales (
    .clk_i(clk_i), .rst_ni(rst_ni), .fetch_i(fetch), .params_o(params));
  flexor_requantiser #(.Pe(${pe}), .High(15), .OutBits(4)) u_requantiser (
    .clk_i(clk_i), .rst_ni(rst_ni), .in_valid_i(in_valid_i), .in_ready_o(in_ready_o), .in_data_i(in_data_i),
    .out_valid_o(out_valid_o), .out_ready_i(out_ready_i), .out_data_o(out_data_o),
    .fetch_o(fetch), .params_i(params));
endmodule
`;
}

/** Words of multiplier and beta without a pattern that synthesis could fold. */
function parameters() {
  const word = (i) => (BigInt(i + 1) * 0x9e3779b97f4a7c15n) & ((1n << 50n) - 1n);
  return Array.from({ length: CHANNELS }, (_, i) => word(i).toString(16).padStart(13, '0')).join('\n') + '\n';
}

async function requantisers() {
  const rows = [];
  for (const pe of quick ? [1] : [1, 4, 16]) {
    const modules = REQUANTISER;
    const { resources } = await measure(requantiserTop(pe), modules, { memory: parameters() });
    rows.push([pe, resources.luts, resources.lutRams, resources.flipFlops, resources.multipliers, resources.blockRams]);
  }
  table(['PE', 'LUT', 'LUTRAM', 'FF', 'DSP', 'RAMB18'], rows);
}

function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  console.log([line(header), line(header.map(() => '---:')), ...rows.map(line), ''].join('\n'));
}

await macArrays();
await requantisers();
