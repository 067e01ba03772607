/** The harness, the comparison and every way a design can fail, on a hand-written design of two streams. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeDesign } from '../../src/rtl/design.js';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import type { CosimOptions, CosimResult } from '../../src/cosim/types.js';
import type { FixtureOptions } from './fixture/design.js';
import { design, images, manifest, network, writeFixture } from './fixture/design.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function fixture(options: FixtureOptions = {}): string {
  const folder = writeFixture(options);
  folders.push(folder);
  return folder;
}

function run(folder: string, options: Partial<CosimOptions> = {}): Promise<CosimResult> {
  return cosimulate({ folder, design, images: images(12, 7), stalls: 0, seed: 1, layers: true, ...options });
}

const READY = 'assign in_ready_o = !out_valid_o || out_ready_i;';
const STORE = 'if (in_ready_o && in_valid_i) out_data_o';
/** A counter of elements taken, added to the design together with a fault that uses it. */
const COUNT =
  'reg [7:0] taken = 0; always @(posedge clk_i) if (rst_ni && in_valid_i && in_ready_o) taken <= taken + 1;';

describe('a right design', () => {
  test.each([
    [0, false],
    [0, true],
    [40, true],
    [95, true],
  ])('passes with %i percent stalls (every stream: %s)', async (stalls, layers) => {
    const result = await run(fixture(), { stalls, layers });
    expect(result).toMatchObject({ passed: true, status: 'passed', failure: null, mismatches: 0, keptFolder: null });
    expect(result.valuesCompared).toBe(12 * (layers ? 4 + 4 + 4 + 1 : 4 + 1));
    expect(result.logits).toEqual(images(12, 7).map((image) => [...image]));
    expect(result.classes).toEqual(images(12, 7).map((image) => image.indexOf(Math.max(...image))));
    if (stalls > 0) expect(result.cyclesPerFrame).toBeGreaterThan(4);
    else expect(result).toMatchObject({ latencyCycles: 4, cyclesPerFrame: 4, bottleneckUtilisation: 1 });
  });

  test('the seed decides the stalls', async () => {
    const folder = fixture();
    const [a, b, c] = [
      await run(folder, { stalls: 50 }),
      await run(folder, { stalls: 50 }),
      await run(folder, { stalls: 50, seed: 2 }),
    ];
    expect(a.output).toEqual(b.output);
    expect(a.output).not.toEqual(c.output);
  });

  test('builds once for all memory contents and leaves nothing in the folder', async () => {
    const first = fixture();
    await run(first);
    const before = readdirSync(first);
    const second = await run(first);
    expect(second.buildCached).toBe(true);
    expect(readdirSync(first)).toEqual(before);
    expect((await run(fixture({ offset: 1 }))).buildCached).toBe(true);
  });

  test('writes an FST trace', async () => {
    const folder = fixture();
    const path = join(folder, 'out.fst');
    expect((await run(folder, { trace: { path } })).passed).toBe(true);
    const whole = statSync(path).size;
    expect(whole).toBeGreaterThan(200);
    expect((await run(folder, { trace: { path, from: 10, to: 14 } })).passed).toBe(true);
    expect(statSync(path).size).toBeLessThan(whole);
  });

  test('passes when built for speed', async () => {
    expect((await run(fixture(), { optimise: 'run-time', stalls: 30 })).passed).toBe(true);
  });
});

describe('a wrong design is found and the layer named', () => {
  test.each([true, false])('wrong values (every stream compared at once: %s)', async (layers) => {
    const folder = fixture({ offset: 3 });
    const result = await run(folder, { layers });
    const first = images(1, 7)[0]![0]!;
    const actual = ((first + 3 + 128) & 255) - 128;
    expect(result).toMatchObject({ passed: false, status: 'mismatch', mismatches: 12 });
    expect(result.firstMismatch).toEqual({
      stream: 1,
      layer: 'copy',
      frame: 0,
      pixel: [0, 0],
      channel: 0,
      expected: first,
      actual,
      cycle: 1,
    });
    expect(result.failure).toBe(
      `layer copy (stream 1): frame 0, pixel [0,0], channel 0: expected ${first}, got ${actual} in cycle 1`,
    );
  });

  test('the folder of a failed run is kept, and its command repeats the run', async () => {
    const result = await run(fixture({ offset: 3 }));
    expect(result.keptFolder).not.toBeNull();
    const record = join(result.keptFolder!, 'result.json');
    rmSync(record);
    execFileSync('sh', ['-c', result.repeatCommand!], { stdio: 'ignore' });
    expect(existsSync(record)).toBe(true);
  });

  test('a wrong class', async () => {
    const folder = fixture({
      fault: [['flexor_classifier.v', 'wire positive = (Signed == 0) || !', 'wire positive = (Signed == 0) || ']],
    });
    const result = await run(folder);
    expect(result).toMatchObject({ status: 'mismatch', firstMismatch: { layer: 'output', stream: -1 } });
    expect(result.failure).toMatch(/^output: class of frame \d+: expected \d, got \d in cycle \d+$/);
  });

  test('tkeep that leaves the class out', async () => {
    const fault = [['flexor_sim_top.v', "m_axis_tkeep = 3'b111", "m_axis_tkeep = 3'b011"]] as const;
    const result = await run(fixture({ fault }));
    expect(result.failure).toBe('output: tkeep of frame 0 does not mark its logits and class alone');
  });

  test('tlast in the wrong beat', async () => {
    const folder = fixture({
      fault: [
        ['flexor_classifier.v', 'out_last_o = index_q == Last', 'out_last_o = index_q == Last - 1'],
        ['flexor_classifier.v', 'index_q <= out_last_o', 'index_q <= (index_q == Last)'],
      ],
    });
    expect((await run(folder)).failure).toBe('output: tlast of frame 0 does not mark its last beat alone');
  });

  test('data that changes before it is taken', async () => {
    const fault = [
      ['pass-through.v', STORE, 'if (!in_ready_o && out_data_o[0]) out_data_o <= out_data_o + 2;\n    ' + STORE],
    ] as const;
    const result = await run(fixture({ fault }), { stalls: 50 });
    expect(result.status).toBe('protocol');
    expect(result.failure).toMatch(
      /^layer copy: its output stream 1 broke the valid\/ready law in cycle \d+: data changed before the transfer, -?\d+ became -?\d+$/,
    );
  });

  test('valid that drops before the transfer', async () => {
    const fault = [
      ['pass-through.v', STORE, "if (out_valid_o && !out_ready_i && out_data_o[0]) out_valid_o <= 1'b0;\n    " + STORE],
    ] as const;
    const result = await run(fixture({ fault }), { stalls: 50 });
    expect(result.failure).toMatch(/^layer copy: its output stream 1 broke the .* valid dropped before the transfer$/);
  });

  test('a check inside a module that fires', async () => {
    const check = 'always @(posedge clk_i) if (taken == 3) begin $display("%m: error: three"); $stop; end';
    const result = await run(fixture({ fault: [['pass-through.v', READY, `${READY}\n${COUNT}\n${check}`]] }));
    expect(result.status).toBe('check');
    expect(result.failure).toMatch(/^a check in the Verilog failed: .*: error: three$/);
  });

  test('a consumer that stops taking', async () => {
    const fault = [
      ['pass-through.v', READY, `assign in_ready_o = (!out_valid_o || out_ready_i) && taken != 10;\n${COUNT}`],
    ] as const;
    const result = await run(fixture({ fault }));
    expect(result.status).toBe('deadlock');
    expect(result.failure).toBe(
      'deadlock, no transfer on any stream up to cycle ' +
        `${result.simulatedCycles - 4}: stream 0 (output of layer input), frame 2, element 2 of 4, is valid and not taken: ` +
        'consumer copy does not take',
    );
    expect(result.mismatches).toBe(10);
  });

  test('a producer that falls silent', async () => {
    const fault = [
      ['pass-through.v', READY, `${READY}\n${COUNT}`],
      ['pass-through.v', 'in_valid_i && in_ready_o;', 'in_valid_i && in_ready_o && taken < 10;'],
    ] as const;
    const result = await run(fixture({ fault }));
    expect(result.failure).toMatch(
      /^deadlock, .*: stream 1 \(output of layer copy\), .* is ready and gets nothing: producer copy is idle$/,
    );
  });

  test('an element too many', async () => {
    const fault = [
      [
        'pass-through.v',
        READY,
        `assign in_ready_o = (!out_valid_o || out_ready_i) && !again;\nreg again = 0; always @(posedge clk_i) again <= rst_ni && taken == 20 && in_valid_i && in_ready_o;\n${COUNT}`,
      ],
      [
        'pass-through.v',
        'out_valid_o <= in_valid_i && in_ready_o;',
        'out_valid_o <= again || (in_valid_i && in_ready_o);',
      ],
    ] as const;
    const result = await run(fixture({ fault }));
    expect(result.passed).toBe(false);
    expect(result.failure).toMatch(/^layer copy \(stream 1\): frame 5, pixel \[0,0\], channel 1: expected/);
  });

  test('a cycle more than predicted, but only without stalls', async () => {
    const fault = [
      [
        'pass-through.v',
        READY,
        `assign in_ready_o = (!out_valid_o || out_ready_i) && !rest;\nreg rest = 0; always @(posedge clk_i) rest <= rst_ni && taken == 5 && in_valid_i && in_ready_o;\n${COUNT}`,
      ],
    ] as const;
    const folder = fixture({ fault });
    const result = await run(folder);
    expect(result).toMatchObject({ passed: false, status: 'timing', mismatches: 0 });
    expect(result.failure).toBe('layer input (stream 0): frame 1 ends in cycle 8, predicted 7');
    expect((await run(folder, { stalls: 20 })).passed).toBe(true);
  });

  test('a prediction that is wrong', async () => {
    const output = manifest.prediction.output.map(({ first, last }, k) => ({ first, last: last + (k === 2 ? 1 : 0) }));
    const result = await run(fixture({ manifest: { prediction: { ...manifest.prediction, output } } }));
    expect(result.failure).toBe('AXI4-Stream output: frame 2 ends in cycle 12, predicted 13');
  });
});

describe('broken streams at the input', () => {
  test('an early tlast fills the frame with zeros and is flagged', async () => {
    const result = await run(fixture(), { events: [{ frame: 2, kind: 'early-last', beat: 1 }], stalls: 30 });
    expect(result).toMatchObject({ passed: true, frameErrors: { early: 1, missing: 0 } });
    expect(result.logits[2]).toEqual([...images(12, 7)[2]!.subarray(0, 2), 0, 0]);
  });

  test('beats behind a late tlast are dropped and flagged', async () => {
    const result = await run(fixture(), { events: [{ frame: 3, kind: 'late-last', beat: 3 }], stalls: 30 });
    expect(result).toMatchObject({ passed: true, frameErrors: { early: 0, missing: 1 } });
  });

  test('a wrong tkeep is flagged and changes nothing', async () => {
    const result = await run(fixture(), { events: [{ frame: 4, kind: 'wrong-keep', beat: 2 }], stalls: 30 });
    expect(result).toMatchObject({ passed: true, frameErrors: { early: 0, missing: 0, keep: 1 } });
  });

  test('after a reset in mid-frame the next frame starts clean', async () => {
    const result = await run(fixture(), { events: [{ frame: 5, kind: 'reset', beat: 2 }], stalls: 30 });
    expect(result.passed).toBe(true);
    expect(result.droppedFrames).toBeGreaterThanOrEqual(1);
    expect(result.frames.length + result.droppedFrames).toBe(12);
    expect(result.frames).not.toContain(5);
  });

  test('a guard that does not flag is found', async () => {
    const fault = [['flexor_axis_in.v', 'error_o <= {!s_last_i && at_last, s_last_i && !at_last};', '']] as const;
    const result = await run(fixture({ fault }), { events: [{ frame: 2, kind: 'early-last', beat: 1 }] });
    expect(result.failure).toBe(
      'input: frame_error_o flagged 0 early and 0 missing tlast and 0 wrong tkeep, the source made 1, 0 and 0',
    );
  });
});

describe('errors of the caller', () => {
  test('a missing memory file', async () => {
    const folder = fixture();
    rmSync(join(folder, 'offset.hex'));
    await expect(run(folder)).rejects.toThrow(/offset\.hex is missing although manifest\.json lists it/);
  });

  test('a folder without a design', async () => {
    const folder = fixture();
    rmSync(join(folder, 'manifest.json'));
    await expect(run(folder)).rejects.toThrow(/^cannot read .*manifest\.json: no such file or directory$/);
  });

  test('a design of another model', async () => {
    const other = makeDesign({ ...network, modelDigest: '1'.repeat(64) });
    await expect(run(fixture(), { design: other })).rejects.toThrow(/was generated from another model/);
  });

  test.each([-1, 96, 2.5])('stalls of %d percent', async (stalls) => {
    await expect(run(fixture(), { stalls })).rejects.toThrow(/^stalls must be an integer from 0 to 95 percent/);
  });

  test('Verilog that does not compile names the log', async () => {
    const folder = fixture({ fault: [['pass-through.v', 'endmodule', 'endmodul']] });
    await expect(run(folder)).rejects.toThrow(
      /^Verilator failed with exit code 1: %Error: pass-through\.v:.*log: .*\.log$/,
    );
  });

  test('an abort ends the run and leaves nothing', async () => {
    const folder = fixture();
    const before = readdirSync(folder);
    const controller = new AbortController();
    const running = run(folder, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(running).rejects.toThrow(/interrupted/);
    expect(readdirSync(folder)).toEqual(before);
  });
});
