/**
 * The trap of `$macc`: Yosys merges adders that it sees together into one multi-operand adder, which costs far more LUTs.
 * What is reported keeps the adders of hw/ apart.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { unitArea } from '../../src/report/area/measure.js';
import { synthesise } from '../../src/report/area/synthesise.js';
import { targetRule } from '../../src/report/area/targets.js';
import { PATIENCE_SECONDS } from '../support/options.js';

const cache = mkdtempSync(join(tmpdir(), 'flexor-adders-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const LANES = 16;
/** Fifteen adders of 9 to 12 bits, and the masks of the lanes, which a LUT of four inputs beside a carry cannot take in. */
const ADDER_BITS = 8 * 9 + 4 * 10 + 2 * 11 + 12;
const MASK_BITS = 8 * LANES;

const TOP = `module top(input wire [${LANES - 1}:0] enable_i, input wire [${8 * LANES - 1}:0] terms_i, output wire [11:0] sum_o);
  flexor_adder_tree #(.Count(${LANES}), .Bits(8), .Signed(0), .SumBits(12)) u_tree (
    .clk_i(1'b0), .en_i(1'b0), .enable_i(enable_i), .terms_i(terms_i), .sum_o(sum_o));
endmodule
`;

/** LUTs of the tree, with the attribute that keeps its adders apart or without it. */
async function luts(apart: boolean): Promise<number> {
  const source = (name: string): string => {
    const text = readFileSync(new URL(`../../hw/${name}.v`, import.meta.url), 'utf8');
    return apart ? text : text.replace('(* keep_hierarchy = "yes" *)', '');
  };
  const names = ['flexor_adder_tree', 'flexor_masked_add'];
  const files = new Map([...names.map((name) => [`${name}.v`, source(name)] as const), ['top.v', TOP] as const]);
  const unit = { title: 'tree', top: 'top', files, blackBoxes: [], blackBoxModules: [], only: null } as const;
  const rule = targetRule('ecp5', null);
  const options = { rule, engine: 'npm', cache, timeoutSeconds: PATIENCE_SECONDS } as const;
  return unitArea(await synthesise({ ...unit, hierarchy: 'flat', seeds: [] }, options), [], rule).resources.luts;
}

test('adders are reported as adders', async () => {
  const [apart, merged] = [await luts(true), await luts(false)];
  expect(apart).toBeGreaterThanOrEqual(ADDER_BITS);
  expect(apart).toBeLessThan(1.1 * (ADDER_BITS + MASK_BITS));
  expect(merged).toBeGreaterThan(2 * apart);
});
