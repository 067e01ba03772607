/** Liberty files: what is read of them, what is refused, and a netlist small enough to add up by hand. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { DEFAULT_LIBERTY, readLibrary } from '../../src/report/area/liberty/library.js';
import type { Library } from '../../src/report/area/liberty/library.js';
import { truthTable } from '../../src/report/area/liberty/logic.js';
import { unitArea } from '../../src/report/area/measure.js';
import { RAM_UM2_PER_BIT } from '../../src/report/area/memory-density.js';
import { readNetlist } from '../../src/report/area/netlist.js';
import type { NetlistModule } from '../../src/report/area/netlist.js';
import { synthesise } from '../../src/report/area/synthesise.js';
import type { Unit } from '../../src/report/area/synthesise.js';
import { classify, targetRule } from '../../src/report/area/targets.js';
import type { UnitArea } from '../../src/report/area/types.js';
import { PATIENCE_SECONDS } from '../support/options.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-liberty-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ours = readFileSync(DEFAULT_LIBERTY, 'utf8');

/** A file with this content. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Our library without a cell. */
function without(cell: string): string {
  const start = ours.indexOf(`  cell(${cell}) {`);
  expect(start).toBeGreaterThan(0);
  return ours.slice(0, start) + ours.slice(ours.indexOf('\n  }\n', start) + 5);
}

describe('functions', () => {
  test.each([
    ['!(A & B)', 0b0111],
    ["(A B)'", 0b0111],
    ["A' + B'", 0b0111],
    ['A ^ B', 0b0110],
    ['!A !B | A*B', 0b1001],
    ['1', 0b1111],
    ['A | B & !A', 0b1110],
  ])('%s', (expression, table) => {
    expect(truthTable(expression, ['A', 'B'])).toBe(table);
  });

  test.each(['IQ', 'A &', '(A', 'A B)', ''])('%s is none', (expression) => {
    expect(truthTable(expression, ['A', 'B'])).toBeNull();
  });
});

describe('a Liberty file', () => {
  test('ours has what synthesis needs', () => {
    const library = readLibrary(DEFAULT_LIBERTY);
    expect(library).toMatchObject({ name: 'flexor130', nand2Um2: 3.7536, buffers: true });
    expect(library.cells.get('XOR2')).toEqual({ areaUm2: 8.7584, flipFlop: false, delayNs: null });
    // Clock to output 0.3113 ns between the loads 0.5 and 9.0016 fF at 4 · 1.678 fF (rise), setup 0.1033 ns (fall).
    const rise = 0.2692 + ((4 * 1.678 - 0.5) / (9.0016 - 0.5)) * (0.328 - 0.2692);
    expect(library.cells.get('DFF')).toEqual({
      areaUm2: 20.0192,
      flipFlop: true,
      delayNs: expect.closeTo(rise + 0.1033, 6),
    });
  });

  test.each([
    ['NAND2', /lacks a NAND of two inputs, which synthesis needs$/],
    ['INV', /lacks an inverter, which/],
    ['DFF', /lacks a flip-flop, which/],
  ])('without %s is refused', (cell, message) => {
    const path = file(`no-${cell}.lib`, without(cell));
    expect(() => readLibrary(path)).toThrow(FlexorError);
    expect(() => readLibrary(path)).toThrow(message);
    expect(() => readLibrary(path)).toThrow(`${path}: library flexor130 lacks`);
  });

  test.each([
    ['text.lib', 'Dear reader,\nthis is a letter.', /text\.lib:1: not Liberty: expected : or \( behind Dear$/],
    ['group.lib', 'cell(A) { area : 1; }', /is not a Liberty file: it does not begin with library/],
    [
      'open.lib',
      'library(a) {\n cell(b) {\n  area : 1;\n',
      /open\.lib:3: not Liberty: expected \} at the end of cell \(b\)/,
    ],
    ['string.lib', 'library(a) {\n comment : "no end;\n}', /string\.lib:2: not Liberty: a string does not end$/],
    ['empty.lib', '', /is not a Liberty file/],
  ])('%s is none', (name, text, message) => {
    expect(() => readLibrary(file(name, text))).toThrow(message);
  });

  const withoutArea = (cell: string, area: string): string =>
    ours.replace(new RegExp(`(cell\\(${cell}\\) \\{\\s*)area : [\\d.]+;`), `$1${area}`);

  test.each([
    ['INV', '', /: cell INV has no area; an inverter needs one above 0$/],
    ['NAND2', 'area : 0;', /: cell NAND2 has area 0; a NAND of two inputs needs one above 0$/],
    ['DFF', 'area : -1;', /: cell DFF has no area; a flip-flop needs one above 0$/],
  ])('with %s of area "%s" is refused', (cell, area, message) => {
    expect(() => readLibrary(file(`free-${cell}.lib`, withoutArea(cell, area)))).toThrow(message);
  });

  test('may have cells without area, as long as none is used', () => {
    const path = file('free-XOR2.lib', withoutArea('XOR2', ''));
    const library = readLibrary(path);
    expect(library.cells.get('XOR2')?.areaUm2).toBeNull();
    const rule = targetRule('asic', library);
    expect(classify(rule, { NAND2: 1 }).logicUm2).toBe(3.7536);
    expect(() => classify(rule, { NAND2: 1, XOR2: 1 })).toThrow(`${path}: cell XOR2 has no area`);
  });

  test('has the setup of a flip-flop at the smallest slews', () => {
    const table = (name: string, first: number): string => `${name}(slews) {
      index_1 ("0.1, 0.5"); index_2 ("0.2, 0.6"); values ("${first}, 0.9", "0.8, 1.7"); }`;
    const timings = `timing() { timing_type : setup_rising; ${table('rise_constraint', 0.3)} ${table('fall_constraint', 0.4)} }`;
    const delay = 'timing() { timing_type : rising_edge; cell_rise(scalar) { values ("1"); } }';
    const cell = `cell(DFF2) { area : 9; ff(IQ, IQN) { next_state : "D"; clocked_on : "CLK"; }
      pin(D) { direction : input; capacitance : 1; ${timings} } pin(Q) { direction : output; ${delay} } }`;
    const end = ours.lastIndexOf('}');
    const library = readLibrary(file('setup.lib', `${ours.slice(0, end)}${cell}\n}\n`));
    expect(library.cells.get('DFF2')!.delayNs).toBeCloseTo(1 + 0.4, 9);
  });

  test('that is not there', () => {
    expect(() => readLibrary(join(folder, 'none.lib'))).toThrow(/cannot read .*none\.lib: no such file/);
  });
});

describe('what ABC says of a module', () => {
  const module = "$paramod\\sub\\W=s32'0011";
  const statistics = JSON.stringify({ modules: { [module]: { num_cells_by_type: { XOR2: 2, DFF: 1 } } } });
  const read = (log: string): NetlistModule =>
    readNetlist({ statistics, depth: '', memories: '', log }, readLibrary(DEFAULT_LIBERTY))[module]!;
  const called = `5.1. Extracting gate netlist of module \`${module}' to \`<abc-temp-dir>/input.blif'..\n`;

  test('is found where Yosys 0.23 lists instances among the lines of its statistics', () => {
    const json = JSON.stringify(
      { modules: (JSON.parse(statistics) as { modules: unknown }).modules, design: {} },
      null,
      3,
    );
    const mixed = json.replace('"design"', `    ${module}      1\n       top      2\n"design"`);
    const netlist = readNetlist({ statistics: mixed, depth: '', memories: '', log: '' }, null);
    expect(netlist[module]!.cells).toEqual({ XOR2: 2, DFF: 1 });
  });

  test('is found by its name, quotes included', () => {
    expect(read(`${called}ABC: top : i/o = 3/ 1  lev = 2\nABC: Delay =   250.00 ps\n`)).toMatchObject({
      depth: 2,
      logicDelayNs: 0.25,
    });
  });

  test.each(['', called])('is never silently missing', (log) => {
    expect(() => read(log)).toThrow(`internal: ABC reported neither levels nor delay of module ${module}, which has`);
  });
});

const COUNTER = `module top(input wire clk_i, input wire a_i, input wire b_i, output reg q_o);
  reg a_q, b_q;
  always @(posedge clk_i) begin a_q <= a_i; b_q <= b_i; q_o <= a_q ^ b_q; end
endmodule
`;
const MEMORY = `module top(input wire clk_i, input wire we_i, input wire [4:0] a_i, input wire [7:0] d_i, output reg [7:0] q_o);
  reg [7:0] mem [0:31];
  always @(posedge clk_i) begin if (we_i) mem[a_i] <= d_i; q_o <= mem[a_i]; end
endmodule
`;

async function measure(verilog: string, library: Library): Promise<UnitArea> {
  const rule = targetRule('asic', library);
  const unit: Unit = {
    title: 'top',
    top: 'top',
    files: new Map([['top.v', verilog]]),
    blackBoxes: [],
    blackBoxModules: [],
    only: null,
    hierarchy: 'flat',
    seeds: [],
  };
  return unitArea(
    await synthesise(unit, { rule, engine: 'npm', cache: folder, timeoutSeconds: PATIENCE_SECONDS }),
    [],
    rule,
  );
}

describe('a netlist of Liberty cells', () => {
  test('adds up', async () => {
    const library = readLibrary(DEFAULT_LIBERTY);
    const area = await measure(COUNTER, library);
    expect(area.cells).toEqual({ DFF: 3, XOR2: 1 });
    expect(area.resources.logicUm2).toBeCloseTo(3 * 20.0192 + 8.7584, 6);
    expect(area.resources.nand2).toBeCloseTo((3 * 20.0192 + 8.7584) / 3.7536, 6);
    expect(area.depth).toBe(1);
    // One XOR2 without load: 0.12 ns for the falling edge, less what the table says for 0.5 fF.
    const logic = area.criticalPathNs! - library.cells.get('DFF')!.delayNs!;
    expect(logic).toBeGreaterThan(0.08);
    expect(logic).toBeLessThan(0.13);
  });

  test('has memories by their density', async () => {
    const { resources } = await measure(MEMORY, readLibrary(DEFAULT_LIBERTY));
    expect(resources).toMatchObject({ ramBits: 256, romBits: 0 });
    expect(resources.memoryUm2).toBeCloseTo(256 * RAM_UM2_PER_BIT, 6);
  });

  test('a flip-flop that Yosys cannot use is named, with a log that stays', async () => {
    const path = file('odd.lib', ours.replace('next_state : "D";', 'next_state : "D & !CLK";'));
    const error: unknown = await measure(COUNTER, readLibrary(path)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FlexorError);
    const pattern = /^yosys failed .*\$_DFF_P_\) cannot be legalized: D flip-flops are not supported; log: (.*)$/;
    const match = pattern.exec((error as FlexorError).message);
    expect(existsSync(match?.[1] ?? '')).toBe(true);
  });
});
