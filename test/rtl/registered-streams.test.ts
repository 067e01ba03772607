/**
 * Every path between layers ends in a register: no input of a layer, fork or port reaches one of its outputs in the same cycle.
 * So the longest path lies within a layer and the outputs of its neighbours, however many layers a design has.
 */
import { describe, expect, test } from 'vitest';
import { isWeighted } from '../../src/graph/order.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { planNetwork } from '../../src/rtl/plan.js';
import type { RtlFiles } from '../../src/rtl/types.js';
import { covering } from '../support/covering.js';
import { elaborate, pathsThrough, type Path } from '../support/combinational.js';
import { RESIDUAL_FOLD, residualNetwork } from '../support/golden.js';
import { feedName, randomCase, caseDesign, type RandomCase } from '../support/random-case.js';

const text = ({ from, to }: Path): string => `${from} -> ${to}`;

/**
 * Loading only, and never through a layer to another: the loader compares the bank of each layer with the one that it asked for,
 * and starts a packet where all agree (flexor_loader.v); tready of the port waits for valid there, as AXI4-Stream allows.
 */
const ALLOWED = {
  layer: ['switch_i -> settled_o'],
  top: /^(s_load_t(valid|last)|u_\w+\.(settled|load_kind|load_word)_o) -> s_load_tready$/,
};

/** Paths of a design that are not allowed, and how many modules were looked at. */
async function pathsOf({ files, manifest }: RtlFiles): Promise<{ paths: string[]; stages: number }> {
  const sources = new Map([...files].filter(([path]) => /^(rtl|mem)\//.test(path)));
  const layers = manifest.layers.map(({ module }) => module);
  const netlist = await elaborate(sources, manifest.topModule, [...layers, '*flexor_fork*']);
  const stages = Object.keys(netlist).filter((module) => module !== manifest.topModule);
  for (const layer of layers) expect(stages).toContain(layer);
  const through = stages.flatMap((stage) =>
    pathsThrough(netlist, stage, { wires: true })
      .map(text)
      .filter((path) => !ALLOWED.layer.includes(path))
      .map((path) => `${stage}: ${path}`),
  );
  const ports = pathsThrough(netlist, manifest.topModule, { wires: false }).map(text);
  return { paths: [...through, ...ports.filter((path) => !ALLOWED.top.test(path))], stages: stages.length };
}

const FEATURES = [
  ...['direct', 'vector', 'serial', 'serial lanes', 'banked rows', 'banked taps', 'banked blocks'],
  ...['rom', 'ram', 'stream', 'rows', 'planes', 'joined', 'waiting groups', 'no waiting groups'],
  ...['residual', 'residual, no waiting groups', 'subsample', 'maxPool', 'avgPool'],
  ...['beats into narrow', 'beats into serialWindow', 'beats into vectorBuffer', 'residual in parts', 'wide output'],
];
/** Lanes of all layers and planes together: larger designs have no paths of another kind and take long to elaborate. */
const MAX_LANES = 160;
const DRAWN = 200;

/** What a case has in it. */
function featuresOf({ network, fold }: RandomCase): Set<string> {
  const found = new Set<string>(network.nodes.map(({ kind }) => kind));
  for (const layer of planNetwork(network, fold).layers) {
    const { node } = layer;
    if (layer.kind !== 'weighted' || !isWeighted(node)) continue;
    const waits = layer.groupFifoDepth > 0 ? 'waiting groups' : 'no waiting groups';
    found.add(feedName(node, layer.fold)).add(layer.weights).add(waits);
    if ((layer.fold.rowsPerWord ?? 1) > 1) found.add('rows');
    if (node.planes.length > 1) found.add('planes');
    if (node.requantiser.joined) found.add('joined');
    if (node.residual !== null) found.add('residual').add(`residual, ${waits}`);
    const { input, residual, output } = layer.widths;
    if (input > 1) found.add(`beats into ${layer.feed.kind}`);
    if (residual > output) found.add('residual in parts');
    if (output > 1) found.add('wide output');
  }
  return found;
}

function lanesOf({ network, fold }: RandomCase): number {
  const lanes = network.nodes.filter(isWeighted).map(({ name, planes }) => {
    const { pe, simd } = fold[name]!;
    return pe * simd * planes.length;
  });
  return lanes.reduce((sum, each) => sum + each, 0);
}

/** Of random cases as few as have all features. */
function cases(): RandomCase[] {
  const drawn = Array.from({ length: DRAWN }, (_, i) => randomCase(i + 1));
  const all = drawn
    .filter((which) => which.network.nodes.length <= 8 && lanesOf(which) <= MAX_LANES)
    .map((which) => ({ which, features: featuresOf(which) }));
  return covering(all, FEATURES);
}

describe('a path is found', () => {
  const MODULES = `
module bad (input clk_i, input [1:0] in_data_i, input in_valid_i, out_ready_i, output in_ready_o, out_valid_o, wire_o,
            output [3:0] out_data_o);
  reg [3:0] mem [0:3];
  reg valid_q, late_q;
  always @(posedge clk_i) begin
    valid_q <= in_valid_i;
    late_q <= out_ready_i;
    if (in_valid_i) mem[in_data_i] <= {4{late_q}};
  end
  inner u_inner (.a_i(out_ready_i), .b_i(valid_q), .y_o(in_ready_o));
  assign out_valid_o = valid_q;
  assign wire_o = in_valid_i;
  assign out_data_o = mem[in_data_i];
endmodule
module inner (input a_i, b_i, output y_o);
  assign y_o = a_i && !b_i;
endmodule
module good (input clk_i, in_valid_i, out_ready_i, output in_ready_o, output reg out_valid_o);
  assign in_ready_o = !out_valid_o;
  always @(posedge clk_i) out_valid_o <= out_valid_o ? !out_ready_i : in_valid_i;
endmodule
module both (input clk_i, in_valid_i, out_ready_i, output in_ready_o, out_valid_o, wire_o, output [3:0] out_data_o);
  wire ready, valid;
  bad u_bad (.clk_i(clk_i), .in_data_i(2'd1), .in_valid_i(in_valid_i), .in_ready_o(in_ready_o), .out_valid_o(valid),
             .out_ready_i(ready && out_ready_i), .out_data_o(out_data_o), .wire_o(wire_o));
  good u_good (.clk_i(clk_i), .in_valid_i(valid), .in_ready_o(ready), .out_valid_o(out_valid_o), .out_ready_i(out_ready_i));
endmodule
`;

  test('through logic, a module inside, a memory and a wire, and none through registers', async () => {
    const netlist = await elaborate(new Map([['both.v', MODULES]]), 'both', ['bad', 'good']);
    const paths = (module: string, wires: boolean) => pathsThrough(netlist, module, { wires }).map(text).sort();
    const bad = ['in_data_i -> out_data_o', 'out_ready_i -> in_ready_o'];
    expect(paths('bad', false)).toEqual(bad);
    expect(paths('bad', true)).toEqual([...bad, 'in_valid_i -> wire_o'].sort());
    expect(paths('good', true)).toEqual([]);
    expect(paths('both', false)).toEqual([
      'out_ready_i -> u_bad.out_ready_i',
      'u_good.in_ready_o -> u_bad.out_ready_i',
    ]);
  });
});

test('forks, shortcuts, a projection, registers: every path is cut', async () => {
  const design = generateRtl(makeDesign(residualNetwork(), { fold: RESIDUAL_FOLD, axiLite: true }));
  const { paths, stages } = await pathsOf(design);
  expect(paths).toEqual([]);
  expect(stages).toBeGreaterThan(design.manifest.layers.length);
});

test('every kind of layer, feed and weights: every path is cut', async () => {
  const found = [];
  for (const each of cases()) found.push(...(await pathsOf(caseDesign(each))).paths);
  expect(found).toEqual([]);
});
