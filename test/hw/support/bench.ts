/**
 * Runs library modules in Icarus against a list of beats: one simulation holds many parameter sets, each with a source
 * that offers beats at random, a sink that takes them at random, and checks of the valid/ready law. Data is x while it is
 * not valid, and registers start as x, so that whatever depends on either shows up as x in a result.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../../src/base/cleanup.js';
import { runToolOrThrow } from '../../../src/toolchain/run.js';
import { findTool } from '../../../src/toolchain/tools.js';
import { libraryModules, librarySource } from '../../../src/rtl/library.js';
import { parameterText, type Parameters } from './header.js';
import { PATIENCE_SECONDS } from '../../support/options.js';

/** A beat to send, or a reset in the middle of it all. */
export type Beat = bigint | 'reset';

/** Who makes whom wait: percent of cycles in which a side stalls. */
export interface Stalls {
  readonly source: number;
  readonly sink: number;
  /** The sink is ready only after it has seen valid: finds a valid that waits for ready. */
  readonly sinkWaits?: boolean;
  /** The sink takes nothing until the source has been held up for 40 cycles: shows how much the module holds. */
  readonly fillFirst?: boolean;
}

/** The module between source and sink. */
export interface Device {
  /** Default: the ports of a stream. Sees clk, rst_n, in_valid, in_ready, in_data, out_valid, out_ready, out_data. */
  readonly body: string;
  readonly inBits: number;
  readonly outBits: number;
  /** Text of modules that it instantiates besides those of the library. */
  readonly modules?: string;
}

export interface BenchCase {
  readonly title: string;
  readonly device: Device;
  readonly beats: readonly Beat[];
  readonly stalls: Stalls;
  /** Memory files that the module reads: relative path and text. */
  readonly memories?: Readonly<Record<string, string>>;
}

/** What came out between two resets. */
export interface Segment {
  readonly outputs: readonly { readonly cycle: number; readonly value: bigint | 'x' }[];
  /** What the device reported through the task `note`, as binary digits. */
  readonly notes: readonly string[];
  /** With `fillFirst`: beats taken before the first one left. */
  readonly held: number | null;
}

export interface BenchResult {
  readonly segments: readonly Segment[];
  /** Broken laws. */
  readonly violations: readonly string[];
  /** Whether every beat was taken. */
  readonly finished: boolean;
}

/** A library module with the stream ports of hw/README.md. */
export function streamDevice(module: string, parameters: Parameters, inBits: number, outBits: number): Device {
  const ports = ['in_valid_i(in_valid)', 'in_ready_o(in_ready)', 'in_data_i(in_data)'];
  ports.push('out_valid_o(out_valid)', 'out_ready_i(out_ready)', 'out_data_o(out_data)');
  return { body: instance(module, parameters, ports), inBits, outBits };
}

/** An instance with clock and reset and the given connections. */
export function instance(module: string, parameters: Parameters, ports: readonly string[]): string {
  const all = ['clk_i(clk)', 'rst_ni(rst_n)', ...ports].map((port) => `.${port}`);
  return `${module} ${parameterText(parameters)}dut (${all.join(', ')});`;
}

/** Cycles without any transfer after which a bench ends, and cycles after which all end in any case. */
const QUIET_CYCLES = 600;
const MAX_CYCLES = 400_000;

function benchModule(k: number, { device, beats, stalls }: BenchCase): string {
  const { inBits, outBits } = device;
  const ready = stalls.sinkWaits ? 'out_valid && !(out_valid && out_ready)' : "1'b1";
  return `
module bench_${k} (input wire clock, output reg done);
  // The clock stops when nothing moves any more, so that finished benches cost no time.
  wire clk = clock && !done;
  integer quiet, sent;
  reg rst_n;
  reg in_valid;
  reg [${inBits - 1}:0] in_data;
  wire in_ready;
  wire out_valid;
  reg out_ready;
  wire [${outBits - 1}:0] out_data;
  task note(input [7:0] value);
    $display("${k} note %b", value);
  endtask
  ${device.body.replaceAll('\n', '\n  ')}
  reg [${inBits}:0] beats [0:${beats.length}];
  reg [${outBits - 1}:0] held_data;
  reg held;
  reg was_on;
  reg filling;
  integer at, resetting, seed, cycle, blocked, taken;
  initial begin
    $readmemh("beats_${k}.hex", beats);
    {rst_n, in_valid, out_ready, held, was_on, done} = 0;
    quiet = 0; sent = 0;
    filling = ${stalls.fillFirst ? 1 : 0};
    at = 0; resetting = 3; seed = ${k + 1}; cycle = 0; blocked = 0; taken = 0;
  end
  always @(posedge clk) begin
    cycle <= cycle + 1;
    was_on <= rst_n;
    if (was_on && !rst_n) $display("${k} reset");
    if (!rst_n || (in_valid && in_ready) || (out_valid && out_ready) || filling) quiet <= 0;
    else quiet <= quiet + 1;
    if (quiet > ${QUIET_CYCLES}) begin
      $display("${k} %s", sent == ${beats.length} ? "finished" : "stuck");
      done <= 1;
    end
    if (rst_n) begin
      if (in_ready === 1'bx || out_valid === 1'bx) $display("${k} law valid or ready is x");
      if (held && !(out_valid === 1'b1 && out_data === held_data)) $display("${k} law valid or data changed before the transfer");
      if (out_valid && out_ready) $display("${k} out %0d %h", cycle, out_data);
      if (in_valid && in_ready) begin taken = taken + 1; sent = sent + 1; blocked <= 0; end
      else if (in_valid) blocked <= blocked + 1;
      if (filling && (blocked > 40 || (!in_valid && at == ${beats.length}))) begin
        $display("${k} held %0d", taken);
        filling <= 0;
      end
    end
    held <= rst_n && out_valid && !out_ready;
    held_data <= out_data;
    if (resetting > 0) begin
      resetting <= resetting - 1;
      if (resetting == 1) rst_n <= 1;
    end else if (!in_valid || in_ready) begin
      in_valid <= 0;
      in_data <= {${inBits}{1'bx}};
      if (at < ${beats.length} && beats[at][${inBits}]) begin
        rst_n <= 0;
        resetting <= 1 + $unsigned($random(seed)) % 3;
        at <= at + 1;
        sent = sent + 1;
      end else if (at < ${beats.length} && $unsigned($random(seed)) % 100 >= ${stalls.source}) begin
        in_valid <= 1;
        in_data <= beats[at][${inBits - 1}:0];
        at <= at + 1;
      end
    end
    out_ready <= !filling && ${ready} && $unsigned($random(seed)) % 100 >= ${stalls.sink};
  end
endmodule
`;
}

function top(cases: readonly BenchCase[]): string {
  const benches = cases.map((_, k) => `  bench_${k} b${k} (.clock(clock), .done(done[${k}]));`);
  return `
module top;
  reg clock = 0;
  wire [${cases.length - 1}:0] done;
  integer cycle = 0;
  always #1 clock = !clock;
  always @(posedge clock) begin
    cycle <= cycle + 1;
    if (&done || cycle > ${MAX_CYCLES}) $finish(0);
  end
${benches.join('\n')}
endmodule
`;
}

/** Simulates all cases at once, with the library modules that they instantiate; results in their order. */
export async function runBench(cases: readonly BenchCase[]): Promise<BenchResult[]> {
  const [iverilog, vvp] = await Promise.all([findTool('iverilog'), findTool('vvp')]);
  const folder = temporaryFolder('flexor-bench');
  try {
    const write = (name: string, text: string): void => {
      mkdirSync(dirname(join(folder.path, name)), { recursive: true });
      writeFileSync(join(folder.path, name), text);
    };
    const benches = cases.map((each, k) => benchModule(k, each) + (each.device.modules ?? '')).join('');
    const modules = libraryModules([benches]);
    write('bench.v', top(cases) + benches);
    for (const module of modules) write(`${module}.v`, librarySource(module));
    cases.forEach((each, k) => {
      write(`beats_${k}.hex`, each.beats.map((beat) => hexBeat(beat, each.device.inBits)).join('') + '0\n');
      for (const [name, text] of Object.entries(each.memories ?? {})) write(name, text);
    });
    const run = { cwd: folder.path, timeoutSeconds: PATIENCE_SECONDS };
    const sources = [...modules.map((module) => `${module}.v`), 'bench.v'];
    const args = ['-g2005', '-s', 'top', '-o', 'bench.vvp', ...sources];
    await runToolOrThrow('Icarus Verilog', { command: iverilog.path, args, ...run });
    const { stdout } = await runToolOrThrow('Icarus Verilog', { command: vvp.path, args: ['-N', 'bench.vvp'], ...run });
    return parse(stdout, cases.length);
  } finally {
    folder.remove();
  }
}

function hexBeat(beat: Beat, bits: number): string {
  return `${(beat === 'reset' ? 1n << BigInt(bits) : BigInt.asUintN(bits, beat)).toString(16)}\n`;
}

function parse(text: string, cases: number): BenchResult[] {
  const results = Array.from({ length: cases }, () => ({
    segments: [newSegment()],
    violations: [] as string[],
    finished: false,
  }));
  for (const line of text.split('\n')) {
    const match = /^(\d+) (\w+) ?(.*)$/.exec(line.trim());
    if (match === null) continue;
    const result = results[Number(match[1])]!;
    const segment = result.segments.at(-1)!;
    const rest = match[3]!;
    if (match[2] === 'out') {
      const [cycle, digits] = rest.split(' ') as [string, string];
      segment.outputs.push({ cycle: Number(cycle), value: /[xz]/i.test(digits) ? 'x' : BigInt(`0x${digits}`) });
    } else if (match[2] === 'note') segment.notes.push(rest);
    else if (match[2] === 'held') segment.held = Number(rest);
    else if (match[2] === 'law') result.violations.push(rest);
    else if (match[2] === 'reset') result.segments.push(newSegment());
    else if (match[2] === 'finished') result.finished = true;
  }
  return results;
}

function newSegment() {
  return {
    outputs: [] as { cycle: number; value: bigint | 'x' }[],
    notes: [] as string[],
    held: null as number | null,
  };
}
