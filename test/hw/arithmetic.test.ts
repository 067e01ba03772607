/**
 * Decryption and arithmetic of hw/ against src/xor and plain integers: XOR network, decryptor, adders, MAC array,
 * requantiser. Modules without a stream of their own get one in the bench.
 */
import { expect, test } from 'vitest';
import { lcm } from '../../src/base/bits.js';
import { Random } from '../../src/base/random.js';
import { decrypt, randomMatrix, sliceCount, tapMatrix } from '../../src/xor/matrix.js';
import { balancedDepth } from '../../src/xor/hardware-network.js';
import type { XorMatrix } from '../../src/xor/types.js';
import { instance, runBench, type BenchCase } from './support/bench.js';
import { expectOutputs, pack, randomBits, randomStalls } from './support/check.js';
import { parameterText, type Parameters } from './support/header.js';
import { DECRYPTORS, macParameters, MACS } from './support/matrix.js';
import { networkParameters } from './support/wiring.js';

interface Run {
  readonly run: BenchCase;
  readonly expected: readonly bigint[];
}

async function check(modules: readonly string[], runs: readonly Run[]): Promise<void> {
  const results = await runBench(
    modules,
    runs.map(({ run }) => run),
  );
  runs.forEach(({ run, expected }, i) => expectOutputs(run, results[i]!, [expected]));
}

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

test('flexor_xor_network decrypts a slice', async () => {
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
    const parameters = networkParameters(matrix, { seed: i, iterations: 500, depth }, random.below(3));
    const body = combinational('flexor_xor_network', parameters, '.encrypted_i(in_data), .bits_o(out_data)');
    const device = { body, inBits: nIn!, outBits: nOut! };
    const run = { title: `${nIn}>${nOut}`, device, beats: slices.map(bits), stalls: randomStalls(random) };
    return { run, expected: slices.map((slice) => bits(decrypt(slice, matrix, nOut!))) };
  });
  await check(['flexor_xor_network'], runs);
});

/** A decryptor behind a stream of {first, load, word}; its bits leave in the cycle after they were loaded or shifted. */
function decryptorDevice(parameters: Parameters, wordBits: number, pe: number): BenchCase['device'] {
  const ports = '.clk_i(clk), .en_i(en), .load_i(in_data[0]), .first_i(in_data[1])';
  return {
    body: `reg full;
wire en = in_valid && in_ready;
assign in_ready = !full || out_ready;
assign out_valid = full;
always @(posedge clk) full <= rst_n && (en || (full && !out_ready));
flexor_decryptor ${parameterText(parameters)}dut (${ports}, .word_i(in_data[${wordBits + 1}:2]), .bits_o(out_data));`,
    inBits: wordBits + 2,
    outBits: pe,
  };
}

test('flexor_decryptor gives the weights of a lane, from its phase on, at every pixel', async () => {
  const random = new Random(2);
  const more = Array.from({ length: 40 }, () => {
    const nOut = random.between(1, 32);
    const pe = random.pick([nOut, random.between(1, 12), 2 * nOut]);
    return [random.between(1, 24), nOut, pe, random.pick([0, random.below(nOut)])] as const;
  });
  const runs = [...DECRYPTORS, ...more].map(([nIn, nOut, pe, phase]): Run => {
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
    const headSlice = head === 0 ? 0n : bits(encrypted.subarray(0, nIn));
    const parameters = {
      ...networkParameters(matrix),
      ...{ Slices: slices, Pe: pe, Phase: phase },
      HeadSlice: `${nIn}'h${headSlice.toString(16)}`,
    };
    const title = `${nIn}>${nOut}, Pe ${pe}, phase ${phase}, ${cycles} cycles a pixel`;
    const pixels = 3;
    const beats = Array.from({ length: pixels }, () =>
      Array.from({ length: cycles }, (_, cycle) => beat(cycle)),
    ).flat();
    const outputs = Array.from({ length: cycles }, (_, cycle) => bits(weights.subarray(cycle * pe, (cycle + 1) * pe)));
    const device = decryptorDevice(parameters, wordBits, pe);
    const run = { title, device, beats, stalls: randomStalls(random) };
    return { run, expected: Array.from({ length: pixels }, () => outputs).flat() };
  });
  await check(['flexor_xor_network', 'flexor_decryptor'], runs);
});

test('flexor_adder_tree adds the terms that are enabled', async () => {
  const random = new Random(3);
  const runs = Array.from({ length: 40 }, (_, i): Run => {
    const count = i < 16 ? i + 1 : random.between(1, 40);
    const width = random.between(1, 12);
    const signed = random.below(2) === 1;
    const masked = random.below(2) === 1;
    const sumBits = width + Math.ceil(Math.log2(count));
    const parameters = { Count: count, Bits: width, Signed: signed ? 1 : 0, Masked: masked ? 1 : 0, SumBits: sumBits };
    const ports = `.enable_i(in_data[${count - 1}:0]), .terms_i(in_data[${count * (width + 1) - 1}:${count}]), .sum_o(out_data)`;
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
    return { run: { title: JSON.stringify(parameters), device, beats, stalls: randomStalls(random) }, expected };
  });
  await check(['flexor_masked_add', 'flexor_adder_tree'], runs);
});

test('flexor_mac_array adds the selected activations group by group', async () => {
  const random = new Random(4);
  const runs = [...MACS, ...MACS, ...MACS].map((mac): Run => {
    const [actBits, signed, simd, pe, groups, planes] = mac;
    const parameters = macParameters(mac);
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
    ports.push(`weights_i(in_data[${inBits - 1}:${actEnd}])`, 'out_valid_o(out_valid)');
    ports.push(`selected_o(out_data[${accEnd - 1}:0])`, `sum_o(out_data[${accEnd + sumBits! - 1}:${accEnd}])`);
    const body = `wire en = !out_valid || out_ready;
assign in_ready = en;
${instance('flexor_mac_array', parameters, ports)}`;
    const device = { body, inBits, outBits: accEnd + sumBits! };
    return {
      run: { title: JSON.stringify({ ...parameters, steps }), device, beats, stalls: randomStalls(random) },
      expected,
    };
  });
  await check(['flexor_resize', 'flexor_masked_add', 'flexor_adder_tree', 'flexor_mac_array'], runs);
});

/** Sizes and number formats of a requantiser, drawn so that every intermediate fits its width and none is far too wide. */
function requantiserCase(random: Random, index: number) {
  const signed = random.below(2) === 1;
  const clamp = index % 3 !== 2;
  const [pe, groups, planes] = [random.pick([1, 2, 3, 5]), random.pick([1, 2, 4]), random.pick([1, 1, 2, 3])];
  const [accBits, sumBits, mulBits] = [random.between(2, 14), random.between(2, 14), random.between(2, 24)];
  const channels = pe * groups;
  const integer = (width: number) => BigInt.asIntN(width, randomBits(random, width));
  const activation = (width: number) => (signed ? integer(width) : randomBits(random, width));
  const multipliers = Array.from({ length: channels }, () => Array.from({ length: planes }, () => integer(mulBits)));
  const beta = Array.from({ length: channels }, () => integer(random.between(2, mulBits + accBits)));
  const dotBits = Math.max(accBits + 1, sumBits) + 1;
  const scaledBits = dotBits + mulBits + 2;
  const shift = random.pick([0, 1, random.between(1, scaledBits - 3)]);
  const outBits = clamp ? random.between(1, 12) : scaledBits;
  const outSigned = clamp && outBits > 1 && random.below(2) === 1;
  const top = 2n ** BigInt(outBits - (outSigned ? 1 : 0)) - 1n;
  const low = outSigned ? -top - 1n : 0n;
  return {
    signed,
    clamp,
    pe,
    groups,
    planes,
    accBits,
    sumBits,
    mulBits,
    channels,
    activation,
    multipliers,
    beta,
    dotBits,
    scaledBits,
    shift,
    outBits,
    low,
    high: top,
  };
}

/** A requantiser without a residual input. */
function aloneDevice(parameters: Parameters, inBits: number, outBits: number): BenchCase['device'] {
  const ports = ['in_valid_i(in_valid)', 'in_ready_o(in_ready)', 'in_data_i(in_data)'];
  ports.push("res_valid_i(1'b0)", 'res_ready_o(unused_ready)', "res_data_i(1'b0)");
  ports.push('out_valid_o(out_valid)', 'out_ready_i(out_ready)', 'out_data_o(out_data)');
  return { body: `wire unused_ready;\n${instance('flexor_requantiser', parameters, ports)}`, inBits, outBits };
}

/** A requantiser whose residual elements come with a group, above it, and are offered some cycles later one by one. */
function residualDevice(parameters: Parameters, groupBits: number, resBits: number, pe: number, delay: number) {
  const ports = [
    'in_valid_i(in_valid && left == 0)',
    'in_ready_o(group_ready)',
    `in_data_i(in_data[${groupBits - 1}:0])`,
  ];
  ports.push('res_valid_i(left != 0 && pause == 0)', 'res_ready_o(res_ready)', `res_data_i(rest[${resBits - 1}:0])`);
  ports.push('out_valid_o(out_valid)', 'out_ready_i(out_ready)', 'out_data_o(out_data)');
  return `wire group_ready, res_ready;
integer left, pause;
reg [${pe * resBits - 1}:0] rest;
assign in_ready = group_ready && left == 0;
always @(posedge clk) begin
  if (!rst_n) left <= 0;
  else if (in_valid && in_ready) begin
    left <= ${pe};
    pause <= ${delay};
    rest <= in_data[${groupBits + pe * resBits - 1}:${groupBits}];
  end else if (left != 0 && pause != 0) pause <= pause - 1;
  else if (left != 0 && res_ready) begin
    left <= left - 1;
    rest <= rest >> ${resBits};
  end
end
${instance('flexor_requantiser', parameters, ports)}`;
}

test('flexor_requantiser adds a residual input and joins planes', async () => {
  const random = new Random(6);
  const runs = Array.from({ length: 40 }, (_, index): Run => {
    const c = requantiserCase(random, 3 * index);
    const joined = index % 2 === 1;
    const factors = joined ? 1 : c.planes;
    const [resBits, resMulBits] = [random.between(1, 12), random.between(2, 24)];
    const resSigned = resBits > 1 && random.below(2) === 1;
    const resMul = BigInt.asIntN(resMulBits, randomBits(random, resMulBits));
    const factorBits = c.dotBits + (joined ? c.planes : 0);
    const scaledBits = Math.max(factorBits + c.mulBits, resBits + resMulBits + 1) + 4;
    const rounding = c.shift > 0 ? 2n ** BigInt(c.shift - 1) : 0n;
    const beats: bigint[] = [];
    const expected: bigint[] = [];
    for (let at = 0; at < 6 * c.groups; at++) {
      const selected = Array.from({ length: c.planes * c.pe }, () => c.activation(c.accBits));
      const sum = c.activation(c.sumBits);
      const added = Array.from({ length: c.pe }, () => randomBits(random, resBits));
      beats.push(
        pack([
          ...selected.map((value) => [value, c.accBits] as const),
          [sum, c.sumBits],
          ...added.map((value) => [value, resBits] as const),
        ]),
      );
      for (let p = 0; p < c.pe; p++) {
        const channel = (at % c.groups) * c.pe + p;
        const dots = Array.from({ length: c.planes }, (_, q) => 2n * selected[q * c.pe + p]! - sum);
        const taken = joined ? [dots.reduce((total, dot, q) => total + (dot << BigInt(q)), 0n)] : dots;
        const r = resSigned ? BigInt.asIntN(resBits, added[p]!) : added[p]!;
        const z = taken.reduce((total, x, q) => total + c.multipliers[channel]![q]! * x, c.beta[channel]! + resMul * r);
        const y = c.clamp ? (z + rounding) >> BigInt(c.shift) : z;
        expected.push(BigInt.asUintN(c.outBits, y < c.low ? c.low : y > c.high ? c.high : y));
      }
    }
    const words = c.beta.map((beta, channel) =>
      pack([
        ...c.multipliers[channel]!.slice(0, factors).map((m) => [m, c.mulBits] as const),
        [beta + rounding, scaledBits] as const,
      ]),
    );
    const constant = (value: bigint, bits: number) => `${bits}'h${BigInt.asUintN(bits, value).toString(16)}`;
    const file = `residual_${index}.mem`;
    const parameters = {
      ...{ Pe: c.pe, Groups: c.groups, Planes: c.planes, ActSigned: c.signed ? 1 : 0, Joined: joined ? 1 : 0 },
      ...{ AccBits: c.accBits, SumBits: c.sumBits, DotBits: c.dotBits, FactorBits: factorBits, MulBits: c.mulBits },
      ...{ ScaledBits: scaledBits, Shift: c.shift, OutBits: c.outBits },
      ...{ Low: constant(c.low, scaledBits), High: constant(c.high, scaledBits) },
      ...{ Residual: 1, ResBits: resBits, ResSigned: resSigned ? 1 : 0, ResMulBits: resMulBits },
      ...{ ResMul: constant(resMul, resMulBits), MemFile: `"${file}"` },
    };
    const groupBits = c.sumBits + c.planes * c.pe * c.accBits;
    const body = residualDevice(parameters, groupBits, resBits, c.pe, random.pick([0, 1, 5]));
    const run = {
      title: JSON.stringify(parameters),
      device: { body, inBits: groupBits + c.pe * resBits, outBits: c.outBits },
      beats,
      stalls: randomStalls(random),
      memories: { [file]: words.map((word) => `${word.toString(16)}\n`).join('') },
    };
    return { run, expected };
  });
  await check(['flexor_rom', 'flexor_resize', 'flexor_requantiser'], runs);
});

test('flexor_requantiser scales, rounds and clamps every channel', async () => {
  const random = new Random(5);
  const seen = { low: 0, high: 0, between: 0 };
  const runs = Array.from({ length: 60 }, (_, index): Run => {
    const c = requantiserCase(random, index);
    const rounding = c.shift > 0 && c.clamp ? 2n ** BigInt(c.shift - 1) : 0n;
    const beats: bigint[] = [];
    const expected: bigint[] = [];
    for (let at = 0; at < 6 * c.groups; at++) {
      const group = at % c.groups;
      const selected = Array.from({ length: c.planes * c.pe }, () => c.activation(c.accBits));
      const sum = c.activation(c.sumBits);
      beats.push(pack([...selected.map((value) => [value, c.accBits] as const), [sum, c.sumBits] as const]));
      for (let p = 0; p < c.pe; p++) {
        const channel = group * c.pe + p;
        let z = c.beta[channel]!;
        for (let q = 0; q < c.planes; q++) z += c.multipliers[channel]![q]! * (2n * selected[q * c.pe + p]! - sum);
        if (c.clamp) {
          const y = (z + rounding) >> BigInt(c.shift);
          seen[y < c.low ? 'low' : y > c.high ? 'high' : 'between']++;
          z = y < c.low ? c.low : y > c.high ? c.high : y;
        }
        expected.push(BigInt.asUintN(c.outBits, z));
      }
    }
    const words = c.beta.map((beta, channel) =>
      pack([...c.multipliers[channel]!.map((m) => [m, c.mulBits] as const), [beta + rounding, c.scaledBits] as const]),
    );
    const constant = (value: bigint) => `${c.scaledBits}'h${BigInt.asUintN(c.scaledBits, value).toString(16)}`;
    const file = `scales_${index}.mem`;
    const parameters = {
      FactorBits: c.dotBits,
      ...{
        Pe: c.pe,
        Groups: c.groups,
        Planes: c.planes,
        ActSigned: c.signed ? 1 : 0,
        AccBits: c.accBits,
        SumBits: c.sumBits,
      },
      ...{ DotBits: c.dotBits, MulBits: c.mulBits, ScaledBits: c.scaledBits, Clamp: c.clamp ? 1 : 0, Shift: c.shift },
      ...{ Low: constant(c.low), High: constant(c.high), OutBits: c.outBits, MemFile: `"${file}"` },
    };
    const inBits = c.sumBits + c.planes * c.pe * c.accBits;
    const run = {
      title: JSON.stringify(parameters),
      device: aloneDevice(parameters, inBits, c.outBits),
      beats,
      stalls: randomStalls(random),
      memories: { [file]: words.map((word) => `${word.toString(16)}\n`).join('') },
    };
    return { run, expected };
  });
  await check(['flexor_rom', 'flexor_resize', 'flexor_requantiser'], runs);
  // Every branch of the clamp is taken often.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(60);
});
