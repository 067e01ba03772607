/** RamStyle of a ROM: what Yosys makes of it is what it says, where it would choose the other. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { runYosys } from '../../src/toolchain/yosys.js';

const ROM = readFileSync(new URL('../../hw/flexor_rom.v', import.meta.url), 'utf8');

/** Block RAMs and LUTs of a ROM of random words on an iCE40. */
async function cells(style: string, width: number, addrBits: number): Promise<{ blocks: number; luts: number }> {
  const random = new Random(1);
  const words = Array.from({ length: 2 ** addrBits }, () => random.below(2 ** width).toString(16));
  const sizes = `-set Width ${width} -set Depth ${words.length} -set AddrBits ${addrBits}`;
  const script = [
    'read_verilog flexor_rom.v',
    `chparam ${sizes} -set RamStyle "${style}" -set MemFile "rom.mem" flexor_rom`,
    'synth_ice40 -top flexor_rom',
    'tee -q -o stat.json stat -json',
  ].join('\n');
  const files = new Map([
    ['flexor_rom.v', ROM],
    ['rom.mem', words.join('\n')],
  ]);
  const run = await runYosys({ script, files, outputs: ['stat.json'] });
  const { design } = JSON.parse(String(run.files.get('stat.json'))) as {
    design: { num_cells_by_type: Readonly<Record<string, number>> };
  };
  const count = (type: string): number => design.num_cells_by_type[type] ?? 0;
  return { blocks: count('SB_RAM40_4K'), luts: count('SB_LUT4') };
}

test('a small one becomes a block RAM', async () => {
  expect(await cells('block', 8, 7)).toEqual({ blocks: 1, luts: 0 });
});

test('a large one becomes LUTs', async () => {
  const { blocks, luts } = await cells('distributed', 16, 8);
  expect(blocks).toBe(0);
  expect(luts).toBeGreaterThan(100);
});
