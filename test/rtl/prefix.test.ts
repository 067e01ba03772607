/** Two designs of one name in one top module: with prefixes they share the library, and nothing else. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { randomImages, testVectors } from '../../src/cosim/vectors.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { elementCount } from '../../src/graph/shapes.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl, type GeneratedDesign } from '../../src/rtl/generate.js';
import type { Fold } from '../../src/rtl/types.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { lintVerilog } from '../../src/toolchain/lint.js';
import { runToolOrThrow } from '../../src/toolchain/run.js';
import { findTool } from '../../src/toolchain/tools.js';
import { CHAIN_FOLD, chainNetwork, SMALLEST_FOLD, smallestNetwork } from '../support/golden.js';

const FRAMES = 2;
const folder = temporaryFolder('flexor-prefix');
afterAll(() => folder.remove());

function design(network: IntNetwork, fold: Fold, prefix?: string): GeneratedDesign {
  const named = { ...network, name: 'same' };
  return generateRtl(makeDesign(named, { fold, ...(prefix === undefined ? {} : { prefix }) }));
}

const designs = {
  eye: design(chainNetwork(), CHAIN_FOLD, 'eye'),
  Ear_2: design(smallestNetwork(), SMALLEST_FOLD, 'Ear_2'),
};

/** Sends frames to a top and counts the beats that are not as expected. */
const PLAYER = `
module player #(
  parameter integer InBits = 8, parameter integer OutBits = 8, parameter integer Elements = 1,
  parameter integer Results = 1, parameter integer Frames = 1, parameter Folder = ""
) (
  input wire clk_i, input wire rst_ni,
  output wire [InBits-1:0] data_o, output wire valid_o, output wire last_o, input wire ready_i,
  input wire [OutBits-1:0] data_i, input wire valid_i,
  output reg done_o, output reg [31:0] wrong_o
);
  reg [InBits-1:0] inputs [0:Frames*Elements-1];
  reg [OutBits-1:0] expected [0:Frames*Results-1];
  integer sent;
  integer seen;
  initial begin
    $readmemh({Folder, "/inputs.hex"}, inputs);
    $readmemh({Folder, "/expected.hex"}, expected);
    done_o = 1'b0;
    wrong_o = 0;
    sent = 0;
    seen = 0;
  end
  assign valid_o = rst_ni && sent < Frames * Elements;
  assign data_o = inputs[sent < Frames * Elements ? sent : 0];
  assign last_o = sent % Elements == Elements - 1;
  always @(posedge clk_i) if (rst_ni) begin
    if (valid_o && ready_i) sent <= sent + 1;
    if (valid_i) begin
      if (data_i !== expected[seen]) wrong_o <= wrong_o + 1;
      seen <= seen + 1;
      done_o <= seen + 1 == Frames * Results;
    end
  end
endmodule
`;

/** A module that plays the vectors of both designs at once. */
function benchText(all: Readonly<Record<string, GeneratedDesign>>): string {
  const names = Object.keys(all);
  const instances = Object.entries(all).map(([name, { design, manifest }]) => {
    const [inBits, outBits] = [
      8 * manifest.input.bytesPerBeat,
      8 * (manifest.output.logitBytes + manifest.output.classBytes),
    ];
    return `
  wire [${inBits - 1}:0] ${name}_in; wire ${name}_in_valid; wire ${name}_in_last; wire ${name}_in_ready;
  wire [${outBits - 1}:0] ${name}_out; wire ${name}_out_valid; wire ${name}_done; wire [31:0] ${name}_wrong;
  player #(.InBits(${inBits}), .OutBits(${outBits}), .Elements(${elementCount(design.network.input.shape)}),
    .Results(${manifest.output.count}), .Frames(${FRAMES}), .Folder("${name}/vectors")) u_${name}_player (
    .clk_i(clk), .rst_ni(rst_n), .data_o(${name}_in), .valid_o(${name}_in_valid), .last_o(${name}_in_last),
    .ready_i(${name}_in_ready), .data_i(${name}_out), .valid_i(${name}_out_valid), .done_o(${name}_done),
    .wrong_o(${name}_wrong));
  ${manifest.topModule} #(.MemFolder("${name}/mem")) u_${name} (
    .clk_i(clk), .rst_ni(rst_n), .s_axis_tdata(${name}_in), .s_axis_tkeep(${inBits / 8}'d${2 ** (inBits / 8) - 1}),
    .s_axis_tvalid(${name}_in_valid), .s_axis_tready(${name}_in_ready), .s_axis_tlast(${name}_in_last),
    .m_axis_tdata(${name}_out), .m_axis_tkeep(), .m_axis_tvalid(${name}_out_valid), .m_axis_tready(1'b1),
    .m_axis_tlast(), .frame_error_o());`;
  });
  return `${PLAYER}
module pair;
  reg clk = 1'b0;
  reg rst_n = 1'b0;
  always #5 clk = !clk;
${instances.join('\n')}
  initial begin
    repeat (4) @(negedge clk);
    rst_n = 1'b1;
    wait (${names.map((name) => `${name}_done`).join(' && ')});
    @(negedge clk);
    $display("wrong: ${names.map(() => '%0d').join(' ')}", ${names.map((name) => `${name}_wrong`).join(', ')});
    $finish;
  end
  initial begin #2000000 $display("stuck"); $finish; end
endmodule
`;
}

beforeAll(() => {
  for (const [name, generated] of Object.entries(designs)) {
    const at = join(folder.path, name);
    writeDesign(generated, at);
    const { network } = generated.design;
    const vectors = testVectors(network, generated.manifest, randomImages(network, FRAMES, 1));
    mkdirSync(join(at, 'vectors'));
    writeFileSync(join(at, 'vectors/inputs.hex'), vectors.inputs);
    writeFileSync(join(at, 'vectors/expected.hex'), vectors.expected);
  }
  writeFileSync(join(folder.path, 'pair.v'), benchText(designs));
});

test('all modules and memory files of a design begin with its prefix, those of the library do not', () => {
  for (const [name, { manifest }] of Object.entries(designs)) {
    const own = manifest.verilog.filter((path) => !path.startsWith('rtl/flexor_'));
    expect(own.filter((path) => !path.startsWith(`rtl/${name}_`))).toEqual([]);
    expect(manifest.memories.filter((path) => !path.startsWith(`mem/${name}_`))).toEqual([]);
    expect(manifest.memories).not.toEqual([]);
  }
});

test('without a prefix nothing says so, and nothing has the parameter', () => {
  const { files, manifest } = design(chainNetwork(), CHAIN_FOLD);
  expect(manifest.options).not.toHaveProperty('prefix');
  expect([...files.values()].join('')).not.toContain('MemFolder');
});

test('both in one top module are right in Icarus', async () => {
  const [iverilog, vvp] = await Promise.all([findTool('iverilog'), findTool('vvp')]);
  const folders = Object.keys(designs).flatMap((name) => ['-y', `${name}/rtl`]);
  await runToolOrThrow('Icarus Verilog', {
    command: iverilog.path,
    args: ['-g2005', '-s', 'pair', '-o', 'pair.vvp', ...folders, 'pair.v'],
    cwd: folder.path,
  });
  const { stdout } = await runToolOrThrow('Icarus Verilog', {
    command: vvp.path,
    args: ['-N', 'pair.vvp'],
    cwd: folder.path,
  });
  expect(stdout).toMatch(/^wrong: 0 0$/m);
});

describe.each(Object.entries(designs))('%s', (name, { manifest }) => {
  test('alone is clean under Verilator -Wall, with its simulation top', async () => {
    const { verilog, simTop } = manifest;
    const { findings } = await lintVerilog(
      join(folder.path, name),
      [...verilog, ...simTop.sources, simTop.file],
      simTop.module,
    );
    expect(findings).toEqual([]);
  });
});

test.each(['', '2nd', 'a-b', 'flexor', 'Flexor_a', 'x'.repeat(33), 'é'])(
  'the prefix %j is refused in a line',
  (prefix) => {
    expect(() => design(chainNetwork(), CHAIN_FOLD, prefix)).toThrow(
      /^prefix '.*' must be a letter and up to 31 letters/,
    );
  },
);

test('the library modules of both are the same files', () => {
  const [a, b] = Object.values(designs);
  const shared = a!.manifest.verilog.filter((path) => b!.manifest.verilog.includes(path));
  expect(shared.length).toBeGreaterThan(5);
  for (const path of shared) {
    expect(path).toMatch(/^rtl\/flexor_/);
    expect(readFileSync(join(folder.path, 'eye', path), 'utf8')).toBe(
      readFileSync(join(folder.path, 'Ear_2', path), 'utf8'),
    );
  }
});
