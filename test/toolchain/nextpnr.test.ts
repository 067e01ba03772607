/** Place and route: a counter with a known netlist, a design that the device cannot hold, a tool that is not there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { nextpnrIdentity, placeAndRoute } from '../../src/toolchain/nextpnr.js';
import { runYosys } from '../../src/toolchain/yosys.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-nextpnr-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const COUNTER = `module top(input wire clk_i, output reg [7:0] q_o);
  always @(posedge clk_i) q_o <= q_o + 8'd1;
endmodule
`;
// 64 RAMs of 256 words of 16 bits; the device has 32.
const MEMORY = `module top(input wire clk_i, input wire we_i, input wire [13:0] a_i, input wire [15:0] d_i, output reg [15:0] q_o);
  reg [15:0] mem [0:16383];
  always @(posedge clk_i) begin if (we_i) mem[a_i] <= d_i; q_o <= mem[a_i]; end
endmodule
`;

const ice40 = { family: 'ice40', seeds: [1] } as const;

async function netlist(verilog: string): Promise<string> {
  const script = 'read_verilog top.v; synth_ice40 -top top; write_json top.json';
  const result = await runYosys({ script, files: new Map([['top.v', verilog]]), outputs: ['top.json'] });
  return result.files.get('top.json')!;
}

describe('nextpnr', () => {
  test('places a counter with every seed', async () => {
    const placed = await placeAndRoute({ ...ice40, netlist: await netlist(COUNTER), seeds: [1, 2] });
    expect(placed.device).toBe('iCE40 HX8K, package ct256');
    expect(placed.version).toMatch(/nextpnr-ice40/);
    // Eight bits of a carry chain: far above 100 MHz, far below what the clock network takes.
    expect(placed.maxMegahertz).toBeGreaterThan(100);
    expect(placed.maxMegahertz).toBeLessThan(1000);
    expect(placed.runs.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(placed.maxMegahertz).toBe(Math.min(...placed.runs.map((run) => run.maxMegahertz)));
    for (const { maxMegahertz, path } of placed.runs) {
      // From a bit of the counter through the chain to a bit of the counter; that is what limits the clock.
      expect(path!.cells[0]).toMatch(/^q_o_SB_/);
      expect(path!.cells.at(-1)).toMatch(/^q_o_SB_/);
      expect(path!.carries).toBeGreaterThan(3);
      expect(path!.ns).toBeCloseTo(1000 / maxMegahertz, 1);
    }
    const { used, available } = placed.utilisation['ICESTORM_LC']!;
    expect(used).toBeGreaterThanOrEqual(8);
    expect(used).toBeLessThan(16);
    expect(available).toBe(7680);
  });

  test('a design that does not fit is one line that says what it needs', async () => {
    const run = placeAndRoute({ ...ice40, netlist: await netlist(MEMORY) });
    await expect(run).rejects.toThrow(
      /^the design does not fit iCE40 HX8K, package ct256: it needs 64 of 32 ICESTORM_RAM$/,
    );
  });

  test('a netlist that it cannot read is one line', async () => {
    await expect(placeAndRoute({ ...ice40, netlist: 'no JSON' })).rejects.toThrow(
      /^nextpnr failed with exit code \d+: [^\n]+$/,
    );
  });

  test.each([
    ['nothing', ':', /^nextpnr did not write report\.json, although it ended well; log: .*nothing\.log$/],
    [
      'no clock',
      `echo '{"fmax": {}, "utilization": {}}' > report.json`,
      /^nextpnr found no clock in the netlist, so it has no frequency; log: .*no clock\.log$/,
    ],
  ])('a report of %s is one line', async (name, command, message) => {
    const tool = join(folder, name);
    const version = 'nextpnr-ice40 -- Next Generation Place and Route (Version 0.4)';
    writeFileSync(tool, `#!/bin/sh\nif [ "$1" = --version ]; then echo '${version}'; else ${command}; fi\n`, {
      mode: 0o755,
    });
    vi.stubEnv('FLEXOR_NEXTPNR', tool);
    await expect(placeAndRoute({ ...ice40, netlist: '', logFile: `${tool}.log` })).rejects.toThrow(message);
  });

  test('ECP5 is placed with its own tool, device and speed', async () => {
    // The tool is not in Debian: one that answers like it and notes what it was asked.
    const tool = join(folder, 'nextpnr-ecp5');
    const step = (cell: string, port: string, to: string, type: string): unknown => ({
      ...{ type, delay: 2, from: { cell, port: 'CLK' }, to: { cell: to, port } },
    });
    const clocked = [step('a_TRELLIS_FF_Q', 'Q', 'l', 'routing'), step('l', 'FCO', 'l', 'logic')];
    const paths = [
      { from: '<async>', to: 'posedge clk', path: [step('in', 'O', 'x', 'routing'), ...clocked, ...clocked] },
      { from: 'posedge clk', to: 'posedge clk', path: [...clocked, step('l', 'F', 'b', 'logic')] },
    ];
    const report = { fmax: { clk: { achieved: 166 } }, utilization: { DP16KD: { used: 1, available: 208 } } };
    writeFileSync(join(folder, 'ecp5.json'), JSON.stringify({ ...report, critical_paths: paths }));
    const version = 'nextpnr-ecp5 -- Next Generation Place and Route (Version 0.7)';
    const body = `echo "$@" >> ${folder}/asked; cp ${folder}/ecp5.json report.json`;
    writeFileSync(tool, `#!/bin/sh\nif [ "$1" = --version ]; then echo '${version}'; else ${body}; fi\n`, {
      mode: 0o755,
    });
    vi.stubEnv('FLEXOR_NEXTPNR_ECP5', tool);
    const placed = await placeAndRoute({ family: 'ecp5', netlist: '{}', seeds: [7, 8] });
    expect(placed).toMatchObject({ device: 'LFE5U-85F, package CABGA756, speed 6', version, maxMegahertz: 166 });
    // The path from a pin is longer and does not limit the clock.
    expect(placed.runs[1]).toEqual({
      ...{ seed: 8, maxMegahertz: 166 },
      path: { ns: 6, luts: 1, carries: 1, cells: ['a_TRELLIS_FF_Q', 'l', 'b'] },
    });
    const asked = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
    expect(asked).toEqual(
      [7, 8].map((seed) =>
        expect.stringContaining(`--speed 6 --lpf-allow-unconstrained --freq 200 --timing-allow-fail --seed ${seed} `),
      ),
    );
    expect(asked[0]).toContain('--85k --package CABGA756');
  });

  test('a missing tool is named', async () => {
    vi.stubEnv('FLEXOR_NEXTPNR', '/nothing/nextpnr-ice40');
    await expect(nextpnrIdentity('ice40', [1])).rejects.toThrow(
      'FLEXOR_NEXTPNR names /nothing/nextpnr-ice40, which is not an executable file',
    );
  });
});
