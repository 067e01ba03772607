/**
 * Random AXI4-Lite traffic on flexor_axil_regs in Icarus. The three request channels run independently of each other, all
 * five with stalls; beside the module stands a model of what the registers must hold, updated from the same pulses. Every
 * broken law and every answer that is not the model's is printed.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../src/base/cleanup.js';
import { runToolOrThrow } from '../../../src/toolchain/run.js';
import { findTool } from '../../../src/toolchain/tools.js';
import { moduleSource } from './header.js';
import { PATIENCE_SECONDS } from '../../support/options.js';

export interface AxilCase {
  readonly layers: number;
  readonly elements: number;
  readonly digest: string;
  /** Percent of cycles in which a side of a channel waits. */
  readonly stalls: number;
  readonly seed: number;
  /** Changes the module, to show that the bench sees a fault. */
  readonly fault?: readonly [from: string, to: string];
}

export interface AxilResult {
  readonly findings: readonly string[];
  readonly reads: number;
  readonly writes: number;
  /** Accesses that were refused. */
  readonly refused: number;
  readonly clears: number;
  readonly resets: number;
}

const CYCLES = 6_000;

function bench({ layers, elements, digest, stalls, seed }: AxilCase): string {
  return `
module top;
  localparam integer L = ${layers};
  localparam integer WORDS = 16 + 2 * L;
  reg clk = 0, rst_n = 0;
  reg awvalid = 0, wvalid = 0, arvalid = 0, bready = 0, rready = 0;
  reg [11:0] awaddr, araddr;
  reg [31:0] wdata;
  reg [3:0] wstrb;
  wire awready, wready, arready, bvalid, rvalid, core_rst_n;
  wire [1:0] bresp, rresp;
  wire [31:0] rdata;
  reg take = 0, last = 0;
  reg [4:0] error = 0;
  reg pending = 0;
  reg [L-1:0] starved = 0, blocked = 0;

  flexor_axil_regs #(.ModelDigest(256'h${digest}), .Layers(L), .Elements(${elements})) dut (
    .clk_i(clk), .rst_ni(rst_n),
    .s_awvalid_i(awvalid), .s_awready_o(awready), .s_awaddr_i(awaddr),
    .s_wvalid_i(wvalid), .s_wready_o(wready), .s_wdata_i(wdata), .s_wstrb_i(wstrb),
    .s_bvalid_o(bvalid), .s_bready_i(bready), .s_bresp_o(bresp),
    .s_arvalid_i(arvalid), .s_arready_o(arready), .s_araddr_i(araddr),
    .s_rvalid_o(rvalid), .s_rready_i(rready), .s_rdata_o(rdata), .s_rresp_o(rresp),
    .input_take_i(take), .output_last_i(last), .error_i(error), .pending_i(pending),
    .starved_i(starved), .blocked_i(blocked), .core_rst_no(core_rst_n)
  );

  integer seed = ${seed}, cycle = 0, reads = 0, writes = 0, refused = 0, clears = 0, resets = 0, n;
  function integer chance(input integer percent);
    chance = $unsigned($random(seed)) % 100 < percent;
  endfunction

  // The model: registers by word, and what is inside.
  reg [31:0] words [0:WORDS-1];
  reg [255:0] digest;
  integer element, inside;
  reg core_reset;
  reg [4:0] before_errors;
  task restart_model;
    begin
      for (n = 0; n < WORDS; n = n + 1) words[n] = 0;
      words[0] = "FLXR"; words[1] = 1; words[2] = L;
      digest = 256'h${digest};
      for (n = 0; n < 8; n = n + 1) words[8 + n] = digest >> (32 * (7 - n));
      element = 0; inside = 0; core_reset = 0;
    end
  endtask
  task clear_model;
    begin
      for (n = 5; n < 8; n = n + 1) words[n] = 0;
      for (n = 16; n < WORDS; n = n + 1) words[n] = 0;
    end
  endtask
  task step_model;
    begin
      before_errors = words[4][4:0];
      if (inside > 0) begin
        words[7] = words[7] + 1;
        for (n = 0; n < L; n = n + 1) begin
          words[16 + 2 * n] = words[16 + 2 * n] + starved[n];
          words[17 + 2 * n] = words[17 + 2 * n] + blocked[n];
        end
      end
      if (take) begin
        if (element == 0 && !core_reset) inside = inside + 1;
        if (element == ${elements} - 1) words[5] = words[5] + 1;
        element = element == ${elements} - 1 ? 0 : element + 1;
      end
      if (last) begin words[6] = words[6] + 1; inside = inside - 1; end
      words[4][4:0] = words[4][4:0] | error;
      if (core_reset) begin element = 0; inside = 0; end
      words[4][8] = inside > 0;
    end
  endtask

  // Requests and answers that are under way.
  reg [11:0] aw_list [0:${CYCLES}];
  reg [35:0] w_list [0:${CYCLES}];
  integer aw_count = 0, w_count = 0, b_count = 0, done_count = 0;
  reg read_waits = 0;
  reg [33:0] expected;
  reg aw_taken = 0, w_taken = 0, ar_taken = 0, was_b = 0, was_r = 0;
  reg [1:0] was_bresp;
  reg [33:0] was_read;
  reg [11:0] address;
  reg [35:0] data;
  reg known;

  function [11:0] any_address(input integer unused);
    any_address = chance(10) ? $random(seed) : (4 * ($unsigned($random(seed)) % (WORDS + 1))) | ($random(seed) & 3);
  endfunction

  task apply_write;
    begin
      address = aw_list[done_count]; data = w_list[done_count];
      done_count = done_count + 1;
      known = address >> 2 == 3 || address >> 2 == 4;
      if (bresp !== (known ? 2'b00 : 2'b10)) $display("finding bresp %b for %h", bresp, address);
      if (!known) refused = refused + 1;
      if (known && data[32] && address >> 2 == 3) begin
        words[3][0] = data[0]; core_reset = data[0];
        if (data[1]) begin clear_model; clears = clears + 1; end
      end
      if (known && data[32] && address >> 2 == 4) words[4][4:0] = (before_errors & ~data[4:0]) | error;
    end
  endtask

  task drop_all;
    begin
      aw_count = 0; w_count = 0; done_count = 0; read_waits = 0; was_b = 0; was_r = 0;
      {awvalid, wvalid, arvalid, aw_taken, w_taken, ar_taken, take, last} = 0;
      restart_model;
    end
  endtask

  initial begin
    restart_model;
    for (cycle = 0; cycle < ${CYCLES}; cycle = cycle + 1) begin
      // Just ahead of the rising edge: all is settled.
      #4;
      if (rst_n) begin
        if (^{awready, wready, arready, bvalid, rvalid, core_rst_n} === 1'bx) $display("finding x in cycle %0d", cycle);
        if (core_rst_n !== !core_reset) $display("finding core reset %b", core_rst_n);
        if (was_b && (bvalid !== 1 || bresp !== was_bresp)) $display("finding b changed");
        if (was_r && (rvalid !== 1 || {rresp, rdata} !== was_read)) $display("finding r changed");
        if (bvalid && bready) writes = writes + 1;
        was_b = bvalid && !bready; was_bresp = bresp;
        was_r = rvalid && !rready; was_read = {rresp, rdata};
        if (rvalid && !read_waits) $display("finding answer to no read");
        if (rvalid && rready) begin
          if ({rresp, rdata} !== expected) $display("finding read %h gives %h, expected %h", araddr, {rresp, rdata}, expected);
          if (rresp !== 0) refused = refused + 1;
          reads = reads + 1; read_waits = 0;
        end
        {aw_taken, w_taken, ar_taken} = {awvalid && awready, wvalid && wready, arvalid && arready};
        if (aw_taken) begin aw_list[aw_count] = awaddr; aw_count = aw_count + 1; end
        if (w_taken) begin w_list[w_count] = {wstrb, wdata}; w_count = w_count + 1; end
        words[4][9] = pending;
        if (ar_taken) begin
          read_waits = 1;
          expected = araddr >> 2 < WORDS ? {2'b00, words[araddr >> 2]} : {2'b10, 32'd0};
        end
        step_model;
      end
      #1 clk = 1;
      #1;
      // A response that is new has been written at this edge.
      if (rst_n && bvalid && !was_b) begin
        if (done_count < aw_count && done_count < w_count) apply_write;
        else $display("finding answer to no write");
      end
      {awvalid, wvalid, arvalid} = {awvalid, wvalid, arvalid} & ~{aw_taken, w_taken, ar_taken};
      #4 clk = 0;
      if (!rst_n || (cycle > 100 && cycle < ${CYCLES - 1000} && chance(1) && chance(10))) begin
        if (rst_n) resets = resets + 1;
        rst_n = !rst_n && cycle > 3 && chance(50);
        drop_all;
      end else begin
        if (!awvalid && cycle < ${CYCLES - 500} && !chance(${stalls})) begin awvalid = 1; awaddr = any_address(0); end
        if (!wvalid && cycle < ${CYCLES - 500} && w_count < aw_count + 3 && !chance(${stalls})) begin
          wvalid = 1; wdata = $random(seed) & (chance(80) ? ~32'd1 : ~32'd0); wstrb = $random(seed);
        end
        if (!arvalid && cycle < ${CYCLES - 500} && !chance(${stalls})) begin arvalid = 1; araddr = any_address(0); end
        bready = !chance(${stalls}); rready = !chance(${stalls});
        take = !core_reset && inside < 5 && chance(70);
        last = !core_reset && inside > 0 && chance(10);
        error = chance(5) ? $random(seed) : 0;
        pending = chance(50);
        starved = $random(seed); blocked = $random(seed);
      end
    end
    if (done_count < aw_count && done_count < w_count) $display("finding a write unanswered");
    if (read_waits) $display("finding a read unanswered");
    $display("reads %0d", reads); $display("writes %0d", writes); $display("refused %0d", refused);
    $display("clears %0d", clears); $display("resets %0d", resets);
    $finish(0);
  end
endmodule
`;
}

/** Runs a case; what was found comes in the order of time. */
export async function runAxilBench(run: AxilCase): Promise<AxilResult> {
  const [iverilog, vvp] = await Promise.all([findTool('iverilog'), findTool('vvp')]);
  const folder = temporaryFolder('flexor-axil');
  try {
    const source = moduleSource('flexor_axil_regs');
    const [from, to] = run.fault ?? ['', ''];
    if (!source.includes(from)) throw new Error(`flexor_axil_regs.v has no text: ${from}`);
    writeFileSync(join(folder.path, 'dut.v'), source.replace(from, to));
    writeFileSync(join(folder.path, 'bench.v'), bench(run));
    const place = { cwd: folder.path, timeoutSeconds: PATIENCE_SECONDS };
    const args = ['-g2005', '-s', 'top', '-o', 'bench.vvp', 'dut.v', 'bench.v'];
    await runToolOrThrow('Icarus Verilog', { command: iverilog.path, args, ...place });
    const { stdout } = await runToolOrThrow('Icarus Verilog', {
      command: vvp.path,
      args: ['-N', 'bench.vvp'],
      ...place,
    });
    return parse(stdout);
  } finally {
    folder.remove();
  }
}

function parse(text: string): AxilResult {
  const count = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  return {
    findings: text.split('\n').filter((line) => line.startsWith('finding')),
    reads: count('reads'),
    writes: count('writes'),
    refused: count('refused'),
    clears: count('clears'),
    resets: count('resets'),
  };
}
