/** The AXI4-Lite registers under random traffic, and the watch on tkeep. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { sha256 } from '../../src/base/files.js';
import { runAxilBench, type AxilCase } from './support/axil-bench.js';
import { instance, runBench } from './support/bench.js';
import { randomBits } from './support/check.js';

const CASES: readonly AxilCase[] = [
  { layers: 1, elements: 1, stalls: 0 },
  { layers: 3, elements: 5, stalls: 30 },
  { layers: 20, elements: 2, stalls: 60 },
].map((each, i) => ({ ...each, digest: sha256(`model ${i}`), seed: i + 1 }));

describe('flexor_axil_regs', () => {
  test.each(CASES)('holds what its model holds: $layers layers, $stalls % stalls', async (run) => {
    const { findings, ...counts } = await runAxilBench(run);
    expect(findings.slice(0, 10)).toEqual([]);
    expect(counts.reads).toBeGreaterThan(500);
    expect(counts.writes).toBeGreaterThan(500);
    for (const seen of [counts.refused, counts.clears, counts.resets]) expect(seen).toBeGreaterThan(1);
  });

  test.each([
    ['a response that is taken back', 's_bvalid_o <= write || (s_bvalid_o && !s_bready_i);', 's_bvalid_o <= write;'],
    ['data that changes while it waits', 'assign s_arready_o = !s_rvalid_o;', 'assign s_arready_o = 1;'],
    ['an error that clearing loses', '(errors_q & ~acknowledged) | error_i', '(errors_q | error_i) & ~acknowledged'],
    ['strobes that are ignored', 'write_strobe_q <= s_wstrb_i[0];', "write_strobe_q <= 1'b1;"],
    ['a stall counted while no frame is inside', 'busy && blocked_i[n]', 'blocked_i[n]'],
    ['an address that answers twice', "32'd5: read_data", "32'd21: read_data"],
  ])('the bench sees %s', async (_, from, to) => {
    const { findings } = await runAxilBench({ ...CASES[1]!, fault: [from, to] });
    expect(findings).not.toEqual([]);
  });
});

test('flexor_axis_keep flags each beat that marks other bytes than it has, and only when it is taken', async () => {
  const random = new Random(1);
  const sizes = [
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 1],
    [8, 5],
  ] as const;
  const runs = sizes.map(([bytes, lastBytes]) => {
    const [all, rest] = [bytes, lastBytes].map((ones) => 2n ** BigInt(ones) - 1n) as [bigint, bigint];
    // The bytes that are marked, and above them whether it is the last beat of its frame.
    const beats = Array.from({ length: 200 }, () => {
      const keep = random.below(3) === 0 ? randomBits(random, bytes) : random.pick([all, rest]);
      return { keep, last: random.below(2) === 0 };
    });
    const body = `wire error;
assign in_ready = out_ready, out_valid = in_valid, out_data = in_data;
${instance('flexor_axis_keep', { Bytes: bytes, LastBytes: lastBytes }, [
  ...['valid_i(in_valid)', 'ready_i(in_ready)', `keep_i(in_data[${bytes - 1}:0])`, `last_i(in_data[${bytes}])`],
  'error_o(error)',
])}
always @(posedge clk) if (rst_n && error !== 1'b0) note({7'd0, error});`;
    const run = {
      title: `Bytes ${bytes}, LastBytes ${lastBytes}`,
      device: { body, inBits: bytes + 1, outBits: bytes + 1 },
      beats: beats.map(({ keep, last }) => keep | (last ? 1n << BigInt(bytes) : 0n)),
      stalls: { source: 30, sink: 30 },
    };
    return { run, wrong: beats.filter(({ keep, last }) => keep !== (last ? rest : all)).length };
  });
  const results = await runBench(runs.map(({ run }) => run));
  runs.forEach(({ run, wrong }, i) => {
    expect(results[i]!.finished, run.title).toBe(true);
    expect(results[i]!.segments[0]!.notes, run.title).toEqual(Array<string>(wrong).fill('00000001'));
    expect(wrong).toBeGreaterThan(10);
  });
});
