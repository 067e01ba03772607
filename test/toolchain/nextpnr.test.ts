/** Place and route: a counter with a known netlist, a design that the device cannot hold, a tool that is not there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

async function netlist(verilog: string): Promise<string> {
  const script = 'read_verilog top.v; synth_ice40 -top top; write_json top.json';
  const result = await runYosys({ script, files: new Map([['top.v', verilog]]), outputs: ['top.json'] });
  return result.files.get('top.json')!;
}

describe('nextpnr', { timeout: 300_000 }, () => {
  test('places a counter', async () => {
    const placed = await placeAndRoute({ netlist: await netlist(COUNTER) });
    expect(placed.device).toBe('iCE40 HX8K, package ct256');
    expect(placed.version).toMatch(/nextpnr-ice40/);
    // Eight bits of a carry chain: far above 100 MHz, far below what the clock network takes.
    expect(placed.maxMegahertz).toBeGreaterThan(100);
    expect(placed.maxMegahertz).toBeLessThan(1000);
    const { used, available } = placed.utilisation['ICESTORM_LC']!;
    expect(used).toBeGreaterThanOrEqual(8);
    expect(used).toBeLessThan(16);
    expect(available).toBe(7680);
  });

  test('a design that does not fit is one line that says what it needs', async () => {
    const run = placeAndRoute({ netlist: await netlist(MEMORY) });
    await expect(run).rejects.toThrow(
      /^the design does not fit iCE40 HX8K, package ct256: it needs 64 of 32 ICESTORM_RAM$/,
    );
  });

  test('a netlist that it cannot read is one line', async () => {
    await expect(placeAndRoute({ netlist: 'no JSON' })).rejects.toThrow(/^nextpnr failed with exit code \d+: [^\n]+$/);
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
    await expect(placeAndRoute({ netlist: '', logFile: `${tool}.log` })).rejects.toThrow(message);
  });

  test('a missing tool is named', async () => {
    vi.stubEnv('FLEXOR_NEXTPNR', '/nothing/nextpnr-ice40');
    await expect((async () => nextpnrIdentity())()).rejects.toThrow(
      'FLEXOR_NEXTPNR names /nothing/nextpnr-ice40, which is not an executable file',
    );
  });
});
