/**
 * Loads, bad packets and resets in any order, in Icarus: after a reset a design of two banks computes with the model that was
 * loaded last and whole, wherever the reset came and whatever packets were cut or dropped before it. One of a single bank does
 * so too, or takes no frame until a packet is whole again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { Random } from '../../src/base/random.js';
import { lower } from '../../src/fixed/lower.js';
import { shiftsOf } from '../../src/fixed/same-hardware.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl, type GeneratedDesign } from '../../src/rtl/generate.js';
import { loadPacket } from '../../src/rtl/load.js';
import type { WeightSource } from '../../src/rtl/types.js';
import { weightSources } from '../../src/rtl/weight-sources.js';
import { createSimulator } from '../../src/simulate/simulate.js';
import { runToolOrThrow } from '../../src/toolchain/run.js';
import { findTool } from '../../src/toolchain/tools.js';
import { randomImages } from '../support/random-network.js';
import { reweighted } from '../support/reweighted.js';
import { tinyModel, type TinyNode } from '../support/tiny-model.js';
import { PATIENCE_SECONDS } from '../support/options.js';

const folder = temporaryFolder('flexor-load-reset');
afterAll(() => folder.remove());

// Lanes that start inside slices, so that boundary slices are loaded too.
const NODES: readonly TinyNode[] = [
  { kind: 'flatten' },
  { kind: 'dense', channels: 3, weights: { nIn: 4, nOut: 5, relu: true } },
  { kind: 'dense', channels: 3, weights: { nIn: 3, nOut: 4, relu: false } },
];
const FOLD = { dense2: { pe: 1, simd: 3 } };
const ACTIONS = 60;

interface Story {
  /** Statements of the bench. */
  readonly text: string;
  /** What every frame must give: logits of the model in use. */
  readonly expected: readonly (readonly number[])[];
  readonly seen: ReadonlySet<string>;
}

type Model = ReturnType<typeof modelsOf>[number];

/** Draws what happens, and follows which model is in use. */
function story(random: Random, models: readonly Model[], banks: 1 | 2): Story {
  const simulators = models.map(({ network }) => createSimulator(network));
  const images = randomImages(models[0]!.network, 4, 2);
  const lines: string[] = [];
  const expected: number[][] = [];
  const seen = new Set<string>();
  const send = (words: ArrayLike<number>, last: boolean): void => {
    for (let i = 0; i < words.length; i++) {
      lines.push(`load(32'h${words[i]!.toString(16)}, ${last && i === words.length - 1 ? 1 : 0});`);
    }
  };
  let [used, before, whole] = [0, '', true];
  for (let i = 0; i < ACTIONS; i++) {
    const other = random.below(models.length);
    const { packet } = models[other]!;
    const cut = random.between(1, packet.length - 1);
    const action = random.pick(['whole', 'short', 'long', 'cut by a reset', 'reset', 'frame', 'frame'] as const);
    if (action === 'whole') {
      send(packet, true);
      [used, whole] = [other, true];
    } else if (action === 'short') {
      // A command alone is refused before anything is written.
      send(packet.subarray(0, cut), true);
      whole &&= banks === 2 || cut === 1;
    } else if (action === 'long' || action === 'cut by a reset') {
      if (action === 'long') send([...packet, 7], true);
      else send(packet.subarray(0, cut), false);
      whole &&= banks === 2;
    }
    if (action === 'reset' || action === 'cut by a reset') lines.push('reset;');
    if (action === 'frame' && !whole) {
      lines.push('held;');
      seen.add('no frame');
    } else if (action === 'frame') {
      const image = random.pick(images);
      image.forEach((value, at) => lines.push(`element(${value}, ${at === image.length - 1 ? 1 : 0});`));
      lines.push('settle;');
      expected.push(Array.from(simulators[used]!.run(image).logits));
      seen.add(`frame behind ${before}`);
    }
    before = action;
  }
  return { text: lines.join('\n    '), expected, seen };
}

function benchOf(top: string, text: string): string {
  return `
module bench;
  reg clk = 0, rst_n = 0, s_valid = 0, s_last = 0, l_valid = 0, l_last = 0;
  reg [7:0] s_data = 0;
  reg [31:0] l_data = 0;
  wire s_ready, l_ready, m_valid, m_last;
  wire [31:0] m_data;
  integer left = 0;
  always #1 clk = !clk;
  ${top} dut (.clk_i(clk), .rst_ni(rst_n), .s_axis_tdata(s_data), .s_axis_tkeep(1'b1), .s_axis_tvalid(s_valid),
    .s_axis_tready(s_ready), .s_axis_tlast(s_last), .m_axis_tdata(m_data), .m_axis_tvalid(m_valid), .m_axis_tready(1'b1),
    .m_axis_tlast(m_last), .s_load_tdata(l_data), .s_load_tvalid(l_valid), .s_load_tready(l_ready), .s_load_tlast(l_last),
    .m_load_tready(1'b1));
  always @(posedge clk) if (rst_n && m_valid) begin
    $display("%0d", $signed(dut.logit));
    if (m_last) left = left - 1;
  end
  task load(input [31:0] data, input last); begin
    @(negedge clk) begin l_valid = 1; l_data = data; l_last = last; end
    @(posedge clk) while (!l_ready) @(posedge clk);
    @(negedge clk) l_valid = 0;
  end endtask
  task element(input [7:0] data, input last); begin
    @(negedge clk) begin s_valid = 1; s_data = data; s_last = last; end
    @(posedge clk) while (!s_ready) @(posedge clk);
    @(negedge clk) s_valid = 0;
    if (last) left = left + 1;
  end endtask
  task held; repeat (40) @(posedge clk) if (s_ready) $display("ready"); endtask
  task settle; while (left > 0) @(negedge clk); endtask
  task reset; begin
    @(negedge clk) rst_n = 0;
    repeat (2) @(negedge clk);
    rst_n = 1;
  end endtask
  initial begin #2000000 $display("stuck"); $finish(0); end
  initial begin
    reset;
    ${text}
    repeat (20) @(negedge clk);
    $finish(0);
  end
endmodule
`;
}

/** Runs the story on the design, with a change of its loader; the logits of every frame. */
async function logitsOf(
  generated: GeneratedDesign,
  text: string,
  change = (loader: string) => loader,
): Promise<number[]> {
  for (const [path, content] of generated.files) {
    mkdirSync(dirname(join(folder.path, path)), { recursive: true });
    writeFileSync(join(folder.path, path), path === 'rtl/flexor_loader.v' ? change(content) : content);
  }
  const { topModule, verilog } = generated.manifest;
  writeFileSync(join(folder.path, 'bench.v'), benchOf(topModule, text));
  const [iverilog, vvp] = await Promise.all([findTool('iverilog'), findTool('vvp')]);
  const run = { cwd: folder.path, timeoutSeconds: PATIENCE_SECONDS };
  const args = ['-g2005', '-s', 'bench', '-o', 'bench.vvp', ...verilog, 'bench.v'];
  await runToolOrThrow('Icarus Verilog', { command: iverilog.path, args, ...run });
  const { stdout } = await runToolOrThrow('Icarus Verilog', { command: vvp.path, args: ['-N', 'bench.vvp'], ...run });
  return stdout.trim().split('\n').map(Number);
}

const DIGEST = 'ab'.repeat(32);
const MODEL = tinyModel(3, NODES, { height: 2, width: 3, channels: 1 });
const NETWORK = lower(MODEL, DIGEST, { loadable: true });

function designOf(source: WeightSource): GeneratedDesign {
  return generateRtl(makeDesign(NETWORK, { fold: FOLD, weights: weightSources(NETWORK, { source }) }));
}

function modelsOf({ design }: GeneratedDesign) {
  return [0, 1, 2].map((k) => {
    const options = { loadable: true, shifts: shiftsOf(NETWORK) };
    const network = k === 0 ? NETWORK : lower(reweighted(MODEL, k), DIGEST, options);
    return { network, packet: loadPacket(design.plan, network) };
  });
}

const TWO_BANKS = designOf('ram');
const ONE_BANK = designOf('ram-single');

test('after any order of loads, bad packets and resets, one whole model is in use', async () => {
  const { text, expected, seen } = story(new Random(4), modelsOf(TWO_BANKS), 2);
  for (const before of ['whole', 'short', 'long', 'cut by a reset', 'reset'])
    expect(seen).toContain(`frame behind ${before}`);
  expect(await logitsOf(TWO_BANKS, text)).toEqual(expected.flat());
});

test('with one bank no frame is computed with a part of a packet', async () => {
  const { text, expected, seen } = story(new Random(5), modelsOf(ONE_BANK), 1);
  for (const what of ['frame behind whole', 'no frame']) expect(seen).toContain(what);
  expect(await logitsOf(ONE_BANK, text)).toEqual(expected.flat());
  const careless = await logitsOf(ONE_BANK, text, (loader) => {
    expect(loader).toContain('if (rst_ni && switches) hold_q <= empties;');
    return loader.replace('if (rst_ni && switches) hold_q', "if (!rst_ni) hold_q <= 1'b0; else if (switches) hold_q");
  });
  expect(careless).not.toEqual(expected.flat());
});

test('a loader that a reset brings back to the first bank is found', async () => {
  const { text, expected } = story(new Random(4), modelsOf(TWO_BANKS), 2);
  const forgetful = await logitsOf(TWO_BANKS, text, (loader) => {
    expect(loader).toContain('if (rst_ni && switches) bank_q <= !bank_q;');
    return loader.replace('if (rst_ni && switches)', "if (!rst_ni) bank_q <= 1'b0; else if (switches)");
  });
  expect(forgetful).not.toEqual(expected.flat());
});
