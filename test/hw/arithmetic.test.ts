/**
 * Decryption and arithmetic of hw/ against src/xor and plain integers: XOR circuit, decryptor, adders, MAC array. Modules
 * without a stream of their own get one in the bench.
 */
import { test } from 'vitest';
import { indexBits, lcm } from '../../src/base/bits.js';
import { Random } from '../../src/base/random.js';
import { decrypt, randomMatrix, sliceCount, tapMatrix } from '../../src/xor/matrix.js';
import { balancedDepth } from '../../src/xor/hardware-circuit.js';
import type { XorMatrix } from '../../src/xor/types.js';
import { instance, type BenchCase } from './support/bench.js';
import { check, pack, randomBits, randomStalls, type Run } from './support/check.js';
import { parameterText, type Parameters } from './support/header.js';
import { DECRYPTORS, macParameters, MACS, phaseParameters } from './support/matrix.js';
import { xorVerilog } from './support/xor.js';

/** A device without state: in_data goes through `connections` to out_data. */
function combinational(module: string, parameters: Parameters, connections: string): string {
  return `assign in_ready = out_ready;
assign out_valid = in_valid;
${module} ${parameterText(parameters)}dut (${connections});`;
}

function bits(values: ArrayLike<number>): bigint {
  return pack(Array.from(values, (value) => [value, 1] as const));
}

function anyMatrix(random: Random, nIn: number, nOut: number): XorMatrix {
  return random.below(2) === 0 ? randomMatrix(nIn, nOut, random) : tapMatrix(nIn, nOut, Math.min(2, nIn), random);
}

function randomVector(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(2));
}

test('a generated XOR circuit decrypts a slice', async () => {
  const random = new Random(1);
  const runs = Array.from({ length: 30 }, (_, i) => {
    const [nIn, nOut] =
      i < 3
        ? [
            [1, 1],
            [1, 32],
            [24, 1],
          ][i]!
        : [random.between(1, 24), random.between(1, 32)];
    const matrix = anyMatrix(random, nIn!, nOut!);
    const slices = Array.from({ length: 40 }, () => randomVector(random, nIn!));
    const depth = random.pick(['shallow', 'free', balancedDepth(matrix)] as const);
    const modules = xorVerilog(`xor_${i}`, matrix, { seed: i, iterations: 500, depth });
    const body = combinational(`xor_${i}`, {}, '.x_i(in_data), .y_o(out_data)');
    const device = { body, inBits: nIn!, outBits: nOut!, modules };
    const run = { title: `${nIn}>${nOut}`, device, beats: slices.map(bits), stalls: randomStalls(random) };
    return { run, expected: [slices.map((slice) => bits(decrypt(slice, matrix, nOut!)))] };
  });
  await check(runs);
});

/** The same of words that are held; its bits leave in the second cycle, and `en` goes on behind the last beat of the stream. */
function heldDevice(xor: string, shape: DecryptorShape): BenchCase['device'] {
  const { nIn, nOut, pe, phase, slices, head } = shape;
  const [wordBits, laneBits] = [slices * nIn, slices * nOut];
  const cycleBits = indexBits(laneBits / pe);
  const hold = parameterText({ Slices: slices, NIn: nIn, Phased: phase > 0 ? "1'd1" : "1'd0" });
  const align = parameterText(phaseParameters(nOut, laneBits, [phase]));
  return {
    body: `reg full, loaded;
reg [${cycleBits - 1}:0] part;
wire en = !full || out_ready;
assign in_ready = en;
assign out_valid = full;
always @(posedge clk)
  if (!rst_n) {full, loaded} <= 2'd0;
  else if (en) {full, loaded} <= {loaded, in_valid};
wire take = in_valid && en && in_data[0];
always @(posedge clk) if (in_valid && en) part <= in_data[0] ? ${cycleBits}'d0 : part + 1'b1;
wire [${wordBits - 1}:0] encrypted;
wire [${nIn - 1}:0] before;
wire [${laneBits - 1}:0] decrypted, word;
wire [${nOut - 1}:0] rest;
flexor_weight_hold ${hold}u_hold (.clk_i(clk), .take_i(take), .first_i(in_data[1]), .boundary_i(${nIn}'h${head.toString(16)}),
  .word_i(in_data[${wordBits + 1}:2]), .word_o(encrypted), .before_o(before));
${xor} u_xor [${slices - 1}:0] (.x_i(encrypted), .y_o(decrypted));
${xor} u_rest (.x_i(before), .y_o(rest));
flexor_weight_align ${align}u_align (.before_i(rest), .word_i(decrypted), .word_o(word));
flexor_weight_select ${parameterText({ LaneBits: laneBits, Pe: pe, CycleBits: cycleBits })}dut (.clk_i(clk),
  .en_i(en && loaded), .cycle_i(part), .word_i(word), .bits_o(out_data));`,
    inBits: wordBits + 2,
    outBits: pe,
  };
}

/** Decryption of a lane behind a stream of {first, load, word}; its bits leave in the cycle after they were loaded or shifted. */
function decryptorDevice(xor: string, shape: DecryptorShape): BenchCase['device'] {
  const { nIn, nOut, pe, phase, slices, head } = shape;
  const [wordBits, laneBits] = [slices * nIn, slices * nOut];
  const instances = `wire [${laneBits - 1}:0] decrypted, word;
wire [${nOut - 1}:0] head;
${xor} u_xor [${slices - 1}:0] (.x_i(in_data[${wordBits + 1}:2]), .y_o(decrypted));
${xor} u_head (.x_i(${nIn}'h${head.toString(16)}), .y_o(head));`;
  const phased = `flexor_weight_phase ${parameterText(phaseParameters(nOut, laneBits, [phase]))}u_phase (.clk_i(clk),
  .take_i(en && in_data[0]), .first_i(in_data[1]), .boundary_i(head), .word_i(decrypted), .word_o(word));`;
  return {
    body: `reg full;
wire en = in_valid && in_ready;
assign in_ready = !full || out_ready;
assign out_valid = full;
always @(posedge clk) full <= rst_n && (en || (full && !out_ready));
${instances}
${phase === 0 ? 'assign word = decrypted;' : phased}
flexor_weight_shift ${parameterText({ LaneBits: laneBits, Pe: pe })}dut (.clk_i(clk), .en_i(en), .load_i(in_data[0]),
  .word_i(word), .bits_o(out_data));`,
    inBits: wordBits + 2,
    outBits: pe,
  };
}

interface DecryptorShape {
  readonly nIn: number;
  readonly nOut: number;
  readonly pe: number;
  readonly phase: number;
  readonly slices: number;
  /** The slice in which the lane starts. */
  readonly head: bigint;
}

test('words are decrypted and shifted out or chosen from, a lane from its phase on, at every pixel', async () => {
  const random = new Random(2);
  const more = Array.from({ length: 40 }, () => {
    const nOut = random.between(1, 32);
    const pe = random.pick([nOut, random.between(1, 12), 2 * nOut]);
    return [random.between(1, 24), nOut, pe, random.pick([0, random.below(nOut)])] as const;
  });
  const runs = [...DECRYPTORS, ...more, ...DECRYPTORS].map(([nIn, nOut, pe, phase], i): Run => {
    const matrix = anyMatrix(random, nIn, nOut);
    const slices = lcm(nOut, pe) / nOut;
    const wordCycles = lcm(nOut, pe) / pe;
    // The lane's weights: not always a whole number of words.
    const cycles = random.between(1, 3 * wordCycles);
    const count = sliceCount(phase + cycles * pe, matrix);
    const encrypted = randomVector(random, count * nIn);
    const weights = decrypt(encrypted, matrix, phase + cycles * pe).subarray(phase);
    const head = phase === 0 ? 0 : 1;
    const wordBits = slices * nIn;
    const beat = (cycle: number) => {
      const from = (head + (cycle / wordCycles) * slices) * nIn;
      const load = cycle % wordCycles === 0;
      // Between loads the word must not matter.
      const word = load ? bits(encrypted.subarray(from, from + wordBits)) : randomBits(random, wordBits);
      return pack([
        [load ? 1 : 0, 1],
        [load ? (cycle === 0 ? 1 : 0) : random.below(2), 1],
        [word, wordBits],
      ]);
    };
    const boundarySlice = head === 0 ? 0n : bits(encrypted.subarray(0, nIn));
    const title = `${nIn}>${nOut}, Pe ${pe}, phase ${phase}, ${cycles} cycles a pixel`;
    const pixels = 3;
    const beats = Array.from({ length: pixels }, () =>
      Array.from({ length: cycles }, (_, cycle) => beat(cycle)),
    ).flat();
    const outputs = Array.from({ length: cycles }, (_, cycle) => bits(weights.subarray(cycle * pe, (cycle + 1) * pe)));
    const shape = { nIn, nOut, pe, phase, slices, head: boundarySlice };
    const xor = `decrypt_${i}`;
    const device = { ...(i % 2 === 0 ? decryptorDevice : heldDevice)(xor, shape), modules: xorVerilog(xor, matrix) };
    const run = { title, device, beats, stalls: randomStalls(random) };
    return { run, expected: [Array.from({ length: pixels }, () => outputs).flat()] };
  });
  await check(runs);
});

test('flexor_adder_tree adds the terms that are enabled', async () => {
  const random = new Random(3);
  const runs = Array.from({ length: 70 }, (_, i): Run => {
    const compressed = i >= 40;
    const count = i < 16 ? i + 1 : random.between(1, compressed ? 80 : 40);
    const width = random.between(1, compressed ? 3 : 12);
    const signed = random.below(2) === 1;
    const masked = random.below(2) === 1;
    const sumBits = width + Math.ceil(Math.log2(count));
    const parameters = {
      ...{ Count: count, Bits: width, Signed: signed ? 1 : 0, Masked: masked ? 1 : 0 },
      ...{ Compressed: compressed ? 1 : 0, SumBits: sumBits },
    };
    const ports = `.enable_i(in_data[${count - 1}:0]), .terms_i(in_data[${count * (width + 1) - 1}:${count}]), .sum_o(out_data), .clk_i(clk), .en_i(1'b1)`;
    const sets = Array.from({ length: 40 }, (_, at) => ({
      // All ones and all lowest, so that the widest sums occur.
      enable: at < 2 ? Array.from({ length: count }, () => 1) : [...randomVector(random, count)],
      terms: Array.from({ length: count }, () =>
        at === 0 ? 2n ** BigInt(width) - 1n : at === 1 ? 2n ** BigInt(width - 1) : randomBits(random, width),
      ),
    }));
    const device = {
      body: combinational('flexor_adder_tree', parameters, ports),
      inBits: count * (width + 1),
      outBits: sumBits,
    };
    const beats = sets.map(({ enable, terms }) =>
      pack([...enable.map((bit) => [bit, 1] as const), ...terms.map((term) => [term, width] as const)]),
    );
    const expected = sets.map(({ enable, terms }) => {
      const values = terms.map((term, at) =>
        masked && enable[at] === 0 ? 0n : signed ? BigInt.asIntN(width, term) : term,
      );
      return BigInt.asUintN(
        sumBits,
        values.reduce((a, b) => a + b, 0n),
      );
    });
    return {
      run: { title: JSON.stringify(parameters), device, beats, stalls: randomStalls(random) },
      expected: [expected],
    };
  });
  await check(runs);
});

test('flexor_adder_tree gives a sum as many moves behind its terms as its levels between registers say', async () => {
  const random = new Random(5);
  const runs = Array.from({ length: 24 }, (_, i): Run => {
    const compressed = i >= 16;
    const count = i < 8 ? [3, 5, 16, 33][i % 4]! : random.between(2, 70);
    const width = random.between(1, compressed ? 3 : 9);
    const treeLevels = 1 + ((i + Math.floor(i / 4)) % 4);
    const levels = (terms: number) => Math.ceil(Math.log2(terms));
    const blocked = compressed && count > 4;
    const leaves = blocked ? Math.ceil(count / 16) : count;
    const ownMoves = blocked ? (leaves > 1 ? 2 : 1) : 0;
    const moves = ownMoves + (leaves > 1 ? Math.floor((levels(leaves) - 1) / treeLevels) : 0);
    const sumBits = width + levels(count);
    const parameters = {
      ...{ Count: count, Bits: width, Masked: 0, Registered: 1, TreeLevels: treeLevels },
      ...{ Compressed: compressed ? 1 : 0, SumBits: sumBits },
    };
    const ports = `.clk_i(clk), .en_i(en), .enable_i({${count}{1'b1}}), .terms_i(in_data), .sum_o(out_data)`;
    const body = `reg [${moves}:0] valid;
wire [${moves + 1}:0] valid_d = {valid, in_valid};
wire en = !out_valid || out_ready;
assign in_ready = en;
assign out_valid = valid_d[${moves}];
always @(posedge clk) if (!rst_n) valid <= 0; else if (en) valid <= valid_d[${moves}:0];
flexor_adder_tree ${parameterText(parameters)}dut (${ports});`;
    const sets = Array.from({ length: 30 }, () => Array.from({ length: count }, () => randomBits(random, width)));
    const beats = sets.map((terms) => pack(terms.map((term) => [term, width] as const)));
    const device = { body, inBits: count * width, outBits: sumBits };
    return {
      run: { title: JSON.stringify(parameters), device, beats, stalls: randomStalls(random) },
      expected: [sets.map((terms) => terms.reduce((a, b) => a + b, 0n))],
    };
  });
  await check(runs);
});

test('flexor_mac_array adds the selected activations group by group', async () => {
  const random = new Random(4);
  const runs = [...MACS, ...MACS, ...MACS].map((mac, i): Run => {
    const [actBits, signed, simd, pe, groups, planes] = mac;
    const parameters = { ...macParameters(mac), TreeLevels: 1 + Math.floor(i / MACS.length) };
    const { AccBits: accBits, SumBits: sumBits, GroupBits: groupBits } = parameters as Record<string, number>;
    const steps = random.between(1, 5);
    const value = (act: bigint) => (signed ? BigInt.asIntN(actBits, act) : act);
    const beats: bigint[] = [];
    const expected: bigint[] = [];
    for (let pixel = 0; pixel < 4; pixel++) {
      const acc = new Array<bigint>(groups! * planes! * pe!).fill(0n);
      let sum = 0n;
      for (let step = 0; step < steps; step++) {
        const acts = Array.from({ length: simd! }, () => randomBits(random, actBits!));
        sum += acts.reduce((total, act) => total + value(act), 0n);
        for (let group = 0; group < groups!; group++) {
          const weights = randomVector(random, planes! * simd! * pe!);
          for (let q = 0; q < planes!; q++) {
            for (let p = 0; p < pe!; p++) {
              acts.forEach((act, lane) => {
                if (weights[(q * simd! + lane) * pe! + p]) acc[(group * planes! + q) * pe! + p]! += value(act);
              });
            }
          }
          const last = step === steps - 1;
          beats.push(
            pack([
              [step === 0 ? 1 : 0, 1],
              [last ? 1 : 0, 1],
              [group, groupBits!],
              ...acts.map((act) => [act, actBits!] as const),
              [bits(weights), weights.length],
            ]),
          );
          if (!last) continue;
          const selected = acc.slice(group * planes! * pe!, (group + 1) * planes! * pe!);
          expected.push(pack([...selected.map((total) => [total, accBits!] as const), [sum, sumBits!] as const]));
        }
      }
    }
    const actEnd = 2 + groupBits! + simd! * actBits!;
    const inBits = actEnd + planes! * simd! * pe!;
    const accEnd = planes! * pe! * accBits!;
    const ports = ['en_i(en)', 'valid_i(in_valid)', 'first_i(in_data[0])', 'last_i(in_data[1])'];
    ports.push(`group_i(in_data[${1 + groupBits!}:2])`, `acts_i(in_data[${actEnd - 1}:${2 + groupBits!}])`);
    ports.push("take_i(1'b0)", 'filled_o()');
    ports.push(`weights_i(in_data[${inBits - 1}:${actEnd}])`, 'out_valid_o(out_valid)');
    ports.push(`selected_o(out_data[${accEnd - 1}:0])`, `sum_o(out_data[${accEnd + sumBits! - 1}:${accEnd}])`);
    const body = `wire en = !out_valid || out_ready;
assign in_ready = en;
${instance('flexor_mac_array', parameters, ports)}`;
    const device = { body, inBits, outBits: accEnd + sumBits! };
    return {
      run: { title: JSON.stringify({ ...parameters, steps }), device, beats, stalls: randomStalls(random) },
      expected: [expected],
    };
  });
  await check(runs);
});
