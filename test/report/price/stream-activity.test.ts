/** Switching between memory and MAC array, against the Verilog itself: Icarus runs every decryptor and counts changes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { indexBits } from '../../../src/base/bits.js';
import { temporaryFolder } from '../../../src/base/cleanup.js';
import { gatherActivity, registerBits, streamActivity, wordStates } from '../../../src/rtl/units/decryptor/activity.js';
import { plainNetwork } from '../../../src/report/area/plain.js';
import { legalFolds } from '../../../src/rtl/fold.js';
import { weightedNodes } from '../../../src/rtl/lanes.js';
import { planNetwork } from '../../../src/rtl/plan.js';
import { memoryRows, mostRowsPerWord } from '../../../src/rtl/weight-memory.js';
import type { WeightedPlan } from '../../../src/rtl/layers/types.js';
import type { DecryptorKind, Fold } from '../../../src/rtl/types.js';
import { constant, hexOfBits } from '../../../src/rtl/text.js';
import { libraryModules } from '../../../src/rtl/library.js';
import { xorCircuits } from '../../../src/rtl/xor-circuits.js';
import { checkedFold } from '../../../src/rtl/solve/choose.js';
import { runToolOrThrow } from '../../../src/toolchain/run.js';
import { findTool } from '../../../src/toolchain/tools.js';
import type { XorCircuit } from '../../../src/xor/circuit.js';
import type { MinimisedCircuit } from '../../../src/xor/minimise.js';
import { moduleSource } from '../../hw/support/header.js';
import { randomNetwork } from '../../support/random-network.js';
import { PATIENCE_SECONDS } from '../../support/options.js';

interface Case {
  readonly plan: WeightedPlan;
  readonly networks: readonly MinimisedCircuit[];
}

/** The fold with this decryptor in every layer. */
function withDecryptor(fold: Fold, decryptor: DecryptorKind): Fold {
  return Object.fromEntries(Object.entries(fold).map(([name, each]) => [name, { ...each, decryptor }]));
}

/** Weighted layers of a random network and of its plain reference, with wide folds and with the default one. */
function cases(): Case[] {
  const network = randomNetwork(248, { maxSide: 6, maxWork: 3000 });
  return [network, plainNetwork(network)].flatMap((each) => {
    const fold: Fold = Object.fromEntries(
      weightedNodes(each).map((node) => [node.name, legalFolds(node).find(({ simd, pe }) => simd * pe <= 8)!]),
    );
    const networks = xorCircuits(each);
    // The same once more with as many rows a word as may be.
    const rows: Fold = Object.fromEntries(
      weightedNodes(each).map((node) => [
        node.name,
        { ...fold[node.name]!, rowsPerWord: mostRowsPerWord(node, fold[node.name]!) },
      ]),
    );
    const shifted = [fold, rows].map((one) => withDecryptor(one, 'shift'));
    return [...shifted, withDecryptor(rows, 'hold'), null].flatMap((chosen) =>
      planNetwork(each, checkedFold(each, chosen)).layers.flatMap((plan): Case[] =>
        // Each lane by itself: what a lane's register holds where sums are shared depends on another one.
        plan.kind === 'weighted'
          ? [{ plan: { ...plan, sharedSums: false }, networks: networks.get(plan.node.name)! }]
          : [],
      ),
    );
  });
}

/** Bits that differ from one state to the next, around. */
function changes(states: readonly Uint8Array[]): number {
  return states.reduce((sum, state, k) => sum + state.filter((bit, i) => bit !== states.at(k - 1)![i]).length, 0);
}

/** The same of words that are held, and of the slices before them that lanes need. */
function heldChanges({ memory, node, fold }: WeightedPlan): number {
  const { nIn } = node.planes[0]!;
  let count = changes(memory.contents);
  for (let column = 0; column < node.planes.length * fold.simd; column++) {
    if (memory.phases[column % fold.simd] === 0) continue;
    const end = (column + 1) * memory.slices * nIn;
    const last = memory.contents.slice(0, -1).map((word) => word.subarray(end - nIn, end));
    count += changes([memory.boundarySlices.subarray(column * nIn, (column + 1) * nIn), ...last]);
  }
  return count;
}

/** The gates of a circuit with a wire each, so that every change can be counted. */
function gatesModule(module: string, { nIn, gates, outputs }: XorCircuit): string {
  const signal = (s: number) => (s < nIn ? `x_i[${s}]` : `gate[${s - nIn}]`);
  // Every bit of a vector of its own, or Icarus evaluates the whole vector for each.
  return `
module ${module} (input wire [${nIn - 1}:0] x_i, output wire [${outputs.length - 1}:0] y_o);
  wire [${Math.max(1, gates.length) - 1}:0] gate;
${gates.map(([left, right], g) => `  assign gate[${g}] = ${signal(left)} ^ ${signal(right)};`).join('\n')}
${outputs.map((output, j) => `  assign y_o[${j}] = ${signal(output)};`).join('\n')}
${gates.length === 0 ? "  assign gate = 1'b0;" : ''}
endmodule
`;
}

/** Pixels through one lane's decryption; changes in the third one are counted after every clock edge. */
function benchOf(name: string, { plan, networks }: Case, plane: number, lane: number): string {
  const { node, fold, memory, steps, groups } = plan;
  const { nIn, nOut } = node.planes[0]!;
  const column = plane * fold.simd + lane;
  const gates = Math.max(1, networks[plane]!.gates.length);
  const wordBits = memory.slices * nIn;
  const laneBits = memory.slices * nOut;
  const { holdsWords } = plan;
  const words = wordStates(memory).map((word) => word.subarray(column * wordBits, (column + 1) * wordBits));
  const phase = memory.phases[lane]!;
  const phased = phase > 0;
  const register = holdsWords
    ? `{hold.word_q, select.g_lane[0].bits_q${phased ? ', hold.g_lane[0].g_lags.before_q' : ''}}`
    : `{shift.g_lane[0].shift_q${phased ? ', align.g_lane[0].g_carried.carry_q' : ''}}`;
  const registerBits = holdsWords ? wordBits + fold.pe + (phased ? nIn : 0) : laneBits + (phased ? nOut - phase : 0);
  const counted = Array.from({ length: memory.slices }, (_, s) => `circuit_${s}`);
  // What is in front of a word that is held changes with it.
  if (holdsWords && phased) counted.push('head_circuit');
  const signals = counted.map((each) => `{${each}.gate, ${each}.x_i}`).join(', ');
  const signalBits = counted.length * (nIn + gates);
  const head = memory.boundarySlices.subarray(column * nIn, (column + 1) * nIn);
  const cycles = steps * groups;
  const circuit = `${name}_xor`;
  const circuits = Array.from(
    { length: memory.slices },
    (_, s) =>
      `  ${circuit} circuit_${s} (.x_i(${holdsWords ? 'held' : 'word'}[${(s + 1) * nIn - 1}:${s * nIn}]), .y_o(decrypted[${(s + 1) * nOut - 1}:${s * nOut}]));`,
  );
  const alignment = `#(.LaneBits(${laneBits}), .NOut(${nOut}), .Phases(16'd${phase})) align`;
  const headCircuit = (input: string) => `  wire [${nOut - 1}:0] head;
  ${circuit} head_circuit (.x_i(${input}), .y_o(head));`;
  const phasedWord = holdsWords
    ? `${headCircuit('before')}
  flexor_weight_align ${alignment} (.before_i(head), .word_i(decrypted), .word_o(fresh));`
    : `${headCircuit(constant(head))}
  flexor_weight_phase ${alignment} (
    .clk_i(clk), .take_i(load), .first_i(first), .boundary_i(head), .word_i(decrypted), .word_o(fresh));`;
  const aligned = phased ? phasedWord : '  assign fresh = decrypted;';
  const cycleBits = indexBits(memory.wordCycles);
  const registers = holdsWords
    ? `  wire [${nIn - 1}:0] before;
  flexor_weight_hold #(.Slices(${memory.slices}), .NIn(${nIn}), .Phased(1'd${phased ? 1 : 0})) hold (
    .clk_i(clk), .take_i(load), .first_i(first), .boundary_i(${constant(head)}), .word_i(word), .word_o(held), .before_o(before));
  flexor_weight_select #(.LaneBits(${laneBits}), .Pe(${fold.pe}), .CycleBits(${cycleBits})) select (
    .clk_i(clk), .en_i(1'b1), .cycle_i(at), .word_i(fresh), .bits_o(bits));`
    : `  flexor_weight_shift #(.LaneBits(${laneBits}), .Pe(${fold.pe})) shift (
    .clk_i(clk), .en_i(1'b1), .load_i(load), .word_i(fresh), .bits_o(bits));`;
  return `${gatesModule(circuit, networks[plane]!)}
module ${name};
  reg clk = 0;
  reg load = 0;
  reg first = 0;
  reg [${wordBits - 1}:0] word;
  wire [${wordBits - 1}:0] held;
  // A word that was taken in one cycle is chosen from in the next one.
  reg [${cycleBits - 1}:0] at;
  wire [${fold.pe - 1}:0] bits;
  reg [${wordBits - 1}:0] words [0:${words.length - 1}];
  wire [${laneBits - 1}:0] decrypted, fresh;
${circuits.join('\n')}
${registers}
${aligned}
  reg [${registerBits - 1}:0] registers, registers_changed;
  reg [${signalBits - 1}:0] signals, signals_changed;
  integer cycle, i, state, registerToggles, xorToggles, inputToggles;
  reg [${signalBits - 1}:0] gate_mask;
  initial begin
${words.map((word, w) => `    words[${w}] = ${word.length}'h${hexOfBits(word)};`).join('\n')}
    for (i = 0; i < ${signalBits}; i = i + 1) gate_mask[i] = i % ${nIn + gates} >= ${nIn};
    {registerToggles, xorToggles, inputToggles} = 0;
    for (cycle = 0; cycle < ${3 * cycles}; cycle = cycle + 1) begin
      load = cycle % ${cycles} % ${memory.wordCycles} == 0;
      first = cycle % ${cycles} == 0;
      at = (cycle + ${cycles - 1}) % ${cycles} % ${memory.wordCycles};
      // A word comes row by row, and the XOR circuits see each state of it.
      for (state = 0; state < ${memory.rowsPerWord}; state = state + 1) begin
        if (load) word = words[cycle % ${cycles} / ${memory.wordCycles} * ${memory.rowsPerWord} + state];
        #1;
        signals_changed = signals ^ {${signals}};
        signals = {${signals}};
        for (i = 0; i < ${signalBits} && cycle >= ${2 * cycles}; i = i + 1)
          if (gate_mask[i]) xorToggles = xorToggles + signals_changed[i];
          else inputToggles = inputToggles + signals_changed[i];
      end
      clk = 1;
      #1;
      registers_changed = registers ^ ${register};
      registers = ${register};
      for (i = 0; i < ${registerBits} && cycle >= ${2 * cycles}; i = i + 1)
        registerToggles = registerToggles + registers_changed[i];
      clk = 0;
      #1;
    end
    $display("${name} %0d %0d %0d", inputToggles, xorToggles, registerToggles);
  end
endmodule
`;
}

test('counts what the Verilog does', async () => {
  const all = cases();
  const lanes = all.flatMap((each, index) =>
    each.networks.flatMap((_, plane) =>
      Array.from({ length: each.plan.fold.simd }, (__, lane) => ({
        index,
        name: `b${index}_${plane}_${lane}`,
        plane,
        lane,
      })),
    ),
  );
  const text = lanes.map(({ index, name, plane, lane }) => benchOf(name, all[index]!, plane, lane)).join('');
  const counts = await simulate(
    text,
    lanes.map(({ name }) => name),
  );
  const kinds = new Set<string>();
  all.forEach(({ plan, networks }, index) => {
    const activity = streamActivity(plan, networks);
    const sum = [0, 0, 0];
    for (const lane of lanes.filter((each) => each.index === index)) {
      counts.get(lane.name)!.forEach((count, i) => (sum[i]! += count));
    }
    const gather = plan.pixels * gatherActivity(plan).registerToggles;
    const inputs = plan.pixels * (plan.holdsWords ? heldChanges(plan) : changes(wordStates(plan.memory)));
    const rows = plan.pixels * changes(memoryRows(plan.memory));
    expect(activity.memoryToggles).toBe(rows);
    const expected = [inputs, activity.xorToggles, activity.registerToggles - gather];
    expect(
      sum.map((count) => count * plan.pixels),
      `${index} ${plan.node.name}`,
    ).toEqual(expected);
    expect(activity.registerClocks).toBeGreaterThan(0);
    expect(registerBits(plan)).toBeGreaterThanOrEqual(plan.fold.simd * plan.fold.pe * plan.node.planes.length);
    if (activity.xorToggles > 0) kinds.add('gates');
    if (plan.memory.phases.some((phase) => phase > 0)) kinds.add('phase');
    if (plan.memory.rowsPerWord > 1) kinds.add('rows');
    if (plan.memory.wordCycles > 1) kinds.add(plan.holdsWords ? 'hold' : 'shift');
    if (plan.holdsWords && plan.memory.phases.some((phase) => phase > 0)) kinds.add('slice before');
    if ((plan.steps * plan.groups) % plan.memory.wordCycles !== 0) kinds.add('part of a word');
  });
  // The cases reach everything that a decryptor does.
  expect([...kinds].sort()).toEqual([...['gates', 'hold', 'part of a word', 'phase', 'rows', 'shift', 'slice before']]);
});

async function simulate(text: string, tops: readonly string[]): Promise<Map<string, number[]>> {
  const [iverilog, vvp] = await Promise.all([findTool('iverilog'), findTool('vvp')]);
  const folder = temporaryFolder('flexor-price-test');
  try {
    const modules = libraryModules([text]);
    writeFileSync(join(folder.path, 'bench.v'), text + modules.map(moduleSource).join('\n'));
    const run = { cwd: folder.path, timeoutSeconds: PATIENCE_SECONDS };
    const args = ['-g2005', ...tops.flatMap((top) => ['-s', top]), '-o', 'bench.vvp', 'bench.v'];
    await runToolOrThrow('Icarus Verilog', { command: iverilog.path, args, ...run });
    const { stdout } = await runToolOrThrow('Icarus Verilog', { command: vvp.path, args: ['-N', 'bench.vvp'], ...run });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' '));
    return new Map(lines.map(([name, ...numbers]) => [name!, numbers.map(Number)]));
  } finally {
    folder.remove();
  }
}

test('rows are gathered as the Verilog does it', async () => {
  const plans = cases()
    .map(({ plan }) => plan)
    .filter(({ memory }) => memory.rowsPerWord > 1);
  expect(plans.length).toBeGreaterThan(2);
  const [iverilog, vvp] = await Promise.all([findTool('iverilog'), findTool('vvp')]);
  const folder = temporaryFolder('flexor-price-rows');
  try {
    for (const { memory } of plans) {
      const { wordBits, rowBits, rowsPerWord: reads, rows, words } = memory;
      writeFileSync(
        join(folder.path, 'rows.mem'),
        memoryRows(memory)
          .map((row) => `${hexOfBits(row)}\n`)
          .join(''),
      );
      const bench = `
module bench;
  reg clk = 0, rst_n = 0, take = 0;
  wire valid;
  wire [${wordBits - 1}:0] word;
  integer taken = 0;
  flexor_weight_rom #(.WordBits(${wordBits}), .RowBits(${rowBits}), .RowsPerWord(${reads}), .Rows(${rows}), .MemFile("rows.mem")) dut (
    .clk_i(clk), .rst_ni(rst_n), .word_valid_o(valid), .word_ready_i(take), .word_o(word));
  initial begin
    repeat (3) begin #1 clk = 1; #1 clk = 0; end
    rst_n = 1;
    while (taken <= ${2 * words}) begin
      #1;
      // The state that a cycle shows, from the second pixel on; a word that is not taken stays.
      if (taken >= ${words} && taken < ${2 * words}) $display("%b", word);
      take = valid;
      taken = taken + take;
      #1 clk = 1; #1 clk = 0;
    end
  end
endmodule
`;
      writeFileSync(join(folder.path, 'bench.v'), bench + libraryModules([bench]).map(moduleSource).join('\n'));
      const run = { cwd: folder.path, timeoutSeconds: PATIENCE_SECONDS };
      const args = ['-g2005', '-s', 'bench', '-o', 'bench.vvp', 'bench.v'];
      await runToolOrThrow('Icarus Verilog', { command: iverilog.path, args, ...run });
      const { stdout } = await runToolOrThrow('Icarus Verilog', {
        command: vvp.path,
        args: ['-N', 'bench.vvp'],
        ...run,
      });
      const expected = wordStates(memory).map((state) => [...state].reverse().join(''));
      expect(stdout.trim().split('\n')).toEqual(expected);
    }
  } finally {
    folder.remove();
  }
});
