import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { FlexorError } from '../../src/base/errors.js';
import { runYosys } from '../../src/toolchain/yosys.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-yosys-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const ROM = `module rom(input wire clk_i, input wire [3:0] address_i, output reg [7:0] data_o);
  reg [7:0] memory [0:15];
  initial $readmemh("memory/rom.hex", memory);
  always @(posedge clk_i) data_o <= memory[address_i];
endmodule
`;
const hex = (word: (i: number) => number): string =>
  Array.from({ length: 16 }, (_, i) => (word(i) & 255).toString(16).padStart(2, '0')).join('\n');

/** LUTs and flip-flops of the ROM with the given contents. */
async function synthesise(contents: string, command: string): Promise<Record<string, number>> {
  const files = new Map([
    ['rom.v', ROM],
    ['memory/rom.hex', contents],
  ]);
  const script = `read_verilog rom.v; ${command}; tee -q -o out/stat.json stat -json`;
  const result = await runYosys({ script, files, outputs: ['out/stat.json'] });
  expect(result.version).toMatch(/^Yosys \d+\.\d+/);
  const stat = JSON.parse(result.files.get('out/stat.json')!) as {
    design: { num_cells_by_type: Record<string, number> };
  };
  return stat.design.num_cells_by_type;
}

describe('Yosys from npm', () => {
  const varied = hex((i) => i * 151 + (i >> 1) * 89);

  test('synthesises for Xilinx', async () => {
    const cells = await synthesise(varied, 'synth_xilinx -top rom -noiopad');
    expect(cells['LUT4']! + (cells['LUT3'] ?? 0)).toBeGreaterThanOrEqual(4);
  });

  test('reads memory files from its folder', async () => {
    const command = 'synth -top rom -lut 4';
    expect((await synthesise(varied, command))['$lut']).toBeGreaterThanOrEqual(4);
    // All-zero contents leave nothing to look up.
    expect(
      (
        await synthesise(
          hex(() => 0),
          command,
        )
      )['$lut'] ?? 0,
    ).toBe(0);
  });

  test('an error of Yosys is one line with its own words', async () => {
    const files = new Map([['bad.v', 'module bad(input a; endmodule\n']]);
    const run = runYosys({ script: 'read_verilog bad.v', files, outputs: [] });
    await expect(run).rejects.toThrow(FlexorError);
    await expect(run).rejects.toThrow(/^yosys failed with exit code 1: bad\.v:1: ERROR: syntax error/);
  });

  test('a time limit ends it', async () => {
    const files = new Map([['rom.v', ROM]]);
    const run = runYosys({ script: 'read_verilog rom.v; synth_xilinx', files, outputs: [], timeoutSeconds: 0.3 });
    await expect(run).rejects.toThrow(/took longer than 0.3 s and was ended/);
  });
});

describe('Yosys of the system', () => {
  test.each([
    ['its last line', "printf 'reading\\n\\nout of memory\\n\\n'", 'out of memory'],
    ['that there are none', ':', 'it printed nothing'],
  ])('that fails without an error is one line with %s', async (name, command, words) => {
    const tool = join(folder, name);
    writeFileSync(tool, `#!/bin/sh\nif [ "$1" = -V ]; then echo 'Yosys 0.30'; else ${command}; exit 3; fi\n`, {
      mode: 0o755,
    });
    vi.stubEnv('FLEXOR_YOSYS', tool);
    const run = runYosys({ script: '', files: new Map(), outputs: [], engine: 'system' });
    await expect(run).rejects.toThrow(new FlexorError('tool', `yosys failed with exit code 3: ${words}`));
  });
});
