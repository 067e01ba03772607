/** The Icarus bench on the hand-written design: agrees with the Verilator harness, and sees what two-valued logic cannot. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import { checkEffort, cosimulateIcarus } from '../../src/cosim/icarus.js';
import { parseIcarusOutput } from '../../src/cosim/icarus-output.js';
import type { CosimOptions, CosimResult } from '../../src/cosim/types.js';
import type { Manifest } from '../../src/rtl/types.js';
import type { FixtureOptions } from './fixture/design.js';
import { design, images, manifest, writeFixture } from './fixture/design.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function fixture(options: FixtureOptions = {}): string {
  const folder = writeFixture(options);
  folders.push(folder);
  return folder;
}

function options(folder: string, stalls = 0): CosimOptions {
  return { folder, design, images: images(12, 7), stalls, seed: 1, layers: true };
}

const run = (folder: string, stalls = 0): Promise<CosimResult> => cosimulateIcarus(options(folder, stalls));
const READY = 'assign in_ready_o = !out_valid_o || out_ready_i;';

describe('Icarus', () => {
  test('does not begin what would take hours', () => {
    const { latencyCycles } = manifest.prediction;
    const lanes = Math.floor(5e8 / latencyCycles);
    const wide = (simd: number): Manifest => {
      const layer = { weighted: { pe: 1, simd, planes: [{}] } } as unknown as Manifest['layers'][number];
      return { ...manifest, layers: [layer] };
    };
    const one = { images: images(1, 7), stalls: 0 };
    checkEffort(wide(lanes), one);
    expect(() => checkEffort(wide(lanes + 1), one)).toThrow(
      /^Icarus would take more than an hour for [\d,]+ cycles of [\d,]+ lanes .*; use --simulator verilator, fewer images or/,
    );
    expect(() => checkEffort(wide(lanes), { ...one, stalls: 50 })).toThrow('more than an hour');
  });

  test('sees the same values in the same cycles as Verilator', async () => {
    const folder = fixture();
    const [icarus, verilator] = [await run(folder), await cosimulate(options(folder))];
    const { passed, logits, classes, streams, output, latencyCycles, cyclesPerFrame, valuesCompared } = verilator;
    expect(icarus).toMatchObject({
      passed,
      logits,
      classes,
      streams,
      output,
      latencyCycles,
      cyclesPerFrame,
      valuesCompared,
    });
    expect(passed).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('cosim-'))).toEqual([]);
  });

  test.each([20, 60, 95])('passes with %i percent stalls', async (stalls) => {
    const result = await run(fixture(), stalls);
    expect(result).toMatchObject({ passed: true, mismatches: 0, images: 12 });
    expect(result.cyclesPerFrame).toBeGreaterThan(4);
  });

  test('an undefined value is a mismatch', async () => {
    const folder = fixture();
    writeFileSync(join(folder, 'offset.hex'), 'xx\n');
    const result = await run(folder);
    expect(result.firstMismatch).toMatchObject({ layer: 'copy', stream: 1, frame: 0, actual: null, cycle: 1 });
    expect(result.failure).toMatch(/^layer copy \(stream 1\): .* got an undefined value in cycle 1$/);
    expect(result.keptFolder).not.toBeNull();
  });

  test('an undefined handshake breaks the law', async () => {
    const fault = [['pass-through.v', "if (!rst_ni) out_valid_o <= 1'b0;\n    else if", 'if']] as const;
    const result = await run(fixture({ fault }));
    expect(result).toMatchObject({ passed: false, status: 'protocol' });
    expect(result.failure).toMatch(/neither 0 nor 1$/);
  });

  test('a deadlock names the stream', async () => {
    const count = 'reg [7:0] taken = 0; always @(posedge clk_i) if (in_valid_i && in_ready_o) taken <= taken + 1;';
    const fault = [
      ['pass-through.v', READY, `assign in_ready_o = (!out_valid_o || out_ready_i) && taken != 10;\n${count}`],
    ] as const;
    const result = await run(fixture({ fault }));
    expect(result.failure).toMatch(
      /^deadlock, .*: stream 0 \(output of layer input\), frame 2, element 2 of 4, is valid and not taken: consumer copy does not take$/,
    );
  });

  test('a cycle that is not as predicted', async () => {
    const output = manifest.prediction.output.map(({ first, last }) => ({ first, last: last + 1 }));
    const result = await run(fixture({ manifest: { prediction: { ...manifest.prediction, output } } }));
    expect(result).toMatchObject({
      status: 'timing',
      failure: 'AXI4-Stream output: frame 0 ends in cycle 4, predicted 5',
    });
  });

  test('output without an end is our error', () => {
    expect(() => parseIcarusOutput(manifest, 't 0 0 00\n')).toThrow(
      /^internal: the Icarus bench ended without a status line$/,
    );
  });
});
