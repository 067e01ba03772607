/**
 * flexor_requantiser with its lanes (flexor_scaler) against plain integers, one channel and several a beat, with and without
 * a residual stream and joined planes.
 */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { divisors } from '../../src/base/bits.js';
import { instance, type BenchCase } from './support/bench.js';
import { beatsOf, check, pack, randomBits, randomStalls, withReset, type Run } from './support/check.js';
import { parameterText, type Parameters } from './support/header.js';

interface Options {
  readonly clamp: boolean;
  readonly joined: boolean;
  readonly residual: boolean;
  /** Joined planes are the bits of integers. */
  readonly bits?: boolean;
}

/** Sizes and number formats, drawn so that every intermediate fits its width and none is far too wide. */
function draw(random: Random, { clamp, joined, residual, bits = false }: Options) {
  const signed = random.below(2) === 1;
  const [pe, groups, planes] = [random.pick([1, 2, 3, 4, 5, 8]), random.pick([1, 2, 4]), random.pick([1, 1, 2, 3])];
  const [accBits, sumBits, mulBits] = [random.between(2, 14), random.between(2, 14), random.between(2, 24)];
  const [resBits, resMulBits] = residual ? [random.between(1, 12), random.between(2, 24)] : [1, 2];
  const resSigned = resBits > 1 && random.below(2) === 1;
  const dotBits = Math.max(accBits + 1, sumBits) + 1;
  const factorBits = dotBits + (joined ? planes : 0);
  const scaledBits = Math.max(factorBits + mulBits, resBits + 1 + resMulBits) + 2;
  const outBits = clamp ? random.between(1, Math.min(12, scaledBits - 1)) : scaledBits;
  const outSigned = clamp && outBits > 1 && random.below(2) === 1;
  const high = 2n ** BigInt(outBits - (outSigned ? 1 : 0)) - 1n;
  return {
    ...{ clamp, joined, residual, bits, signed, pe, groups, planes, width: random.pick(divisors(pe)) },
    ...{ accBits, sumBits, mulBits, dotBits, factorBits, scaledBits },
    ...{ resBits, resMulBits, resSigned, resMul: residual ? integer(random, resMulBits) : 1n },
    shift: random.pick([0, 1, random.between(1, scaledBits - 3)]),
    ...{ outBits, low: outSigned ? -high - 1n : 0n, high },
    /** Of each channel: multipliers of its planes, or the one of joined planes. */
    multipliers: Array.from({ length: pe * groups }, () =>
      Array.from({ length: joined ? 1 : planes }, () => integer(random, mulBits)),
    ),
    beta: Array.from({ length: pe * groups }, () => integer(random, random.between(2, mulBits + accBits))),
  };
}

type Case = ReturnType<typeof draw>;

/** What comes with a channel group: sums by plane and channel, the activations' sum, an element of the residual a channel. */
interface Group {
  readonly selected: readonly bigint[];
  readonly sum: bigint;
  readonly added: readonly bigint[];
}

function integer(random: Random, bits: number): bigint {
  return BigInt.asIntN(bits, randomBits(random, bits));
}

function drawGroup(random: Random, c: Case): Group {
  const value = (bits: number, signed: boolean) => (signed ? integer(random, bits) : randomBits(random, bits));
  return {
    selected: Array.from({ length: c.planes * c.pe }, () => value(c.accBits, c.signed)),
    sum: value(c.sumBits, c.signed),
    added: Array.from({ length: c.residual ? c.pe : 0 }, () => value(c.resBits, c.resSigned)),
  };
}

/** z of every channel of a group; the rounding term is not in it. */
function scaled(c: Case, { selected, sum, added }: Group, group: number): bigint[] {
  return Array.from({ length: c.pe }, (_, p) => {
    const channel = group * c.pe + p;
    const dots = Array.from({ length: c.planes }, (_, q) => {
      const chosen = selected[q * c.pe + p]!;
      return c.bits ? chosen : 2n * chosen - sum;
    });
    const top = (q: number): bigint => (c.bits && c.planes > 1 && q === c.planes - 1 ? -1n : 1n);
    const factors = c.joined ? [dots.reduce((total, dot, q) => total + top(q) * (dot << BigInt(q)), 0n)] : dots;
    const shortcut = c.residual ? c.resMul * added[p]! : 0n;
    return factors.reduce((z, x, q) => z + c.multipliers[channel]![q]! * x, c.beta[channel]! + shortcut);
  });
}

function rounding({ clamp, shift }: Case): bigint {
  return clamp && shift > 0 ? 2n ** BigInt(shift - 1) : 0n;
}

function requantiserParameters(c: Case): Parameters {
  const constant = (value: bigint, bits: number) => `${bits}'h${BigInt.asUintN(bits, value).toString(16)}`;
  const bit = (on: boolean) => (on ? 1 : 0);
  return {
    ...{ Pe: c.pe, Width: c.width, Planes: c.planes, ActSigned: bit(c.signed) },
    ...{ AccBits: c.accBits, SumBits: c.sumBits, Joined: c.bits ? 2 : bit(c.joined) },
    ...{ DotBits: c.dotBits, FactorBits: c.factorBits, MulBits: c.mulBits, ScaledBits: c.scaledBits },
    ...{ Clamp: bit(c.clamp), Shift: c.shift, OutBits: c.outBits },
    ...{ Low: constant(c.low, c.scaledBits), High: constant(c.high, c.scaledBits) },
    ParamBits: paramBits(c),
    ...(c.residual ? { ResBits: c.resBits, ResSigned: bit(c.resSigned), ResMulBits: c.resMulBits } : {}),
  };
}

/** Bits of a channel's multipliers and beta. */
function paramBits({ multipliers, mulBits, scaledBits }: Case): number {
  return multipliers[0]!.length * mulBits + scaledBits;
}

/** The memory: a word holds the channels of a beat, the first one lowest. */
function memoryText(c: Case): string {
  const channels = c.beta.map((beta, channel) =>
    pack([...c.multipliers[channel]!.map((m) => [m, c.mulBits] as const), [beta + rounding(c), c.scaledBits] as const]),
  );
  const words = beatsOf(channels, c.width, paramBits(c));
  return words.map((word) => `${word.toString(16)}\n`).join('');
}

const OUT_PORTS = ['out_valid_o(out_valid)', 'out_ready_i(out_ready)', 'out_data_o(out_data)'];
const FETCH_PORTS = ['fetch_o(fetch)', 'params_i(params)'];

/** Multipliers and beta in a memory. */
function scalesBody(c: Case, file: string): string {
  const width = c.width * paramBits(c);
  const parameters = parameterText({ Width: width, Words: (c.pe * c.groups) / c.width, MemFile: `"${file}"` });
  return `wire fetch;
wire [${width - 1}:0] params;
flexor_scale_rom ${parameters}scales (.clk_i(clk), .rst_ni(rst_n), .fetch_i(fetch), .params_o(params));
`;
}

function aloneBody(parameters: Parameters): string {
  const ports = ['in_valid_i(in_valid)', 'in_ready_o(in_ready)', 'in_data_i(in_data)', ...OUT_PORTS, ...FETCH_PORTS];
  return instance('flexor_requantiser', parameters, ports);
}

/** Residual elements come with a group, above it, and are offered some cycles later beat by beat. */
function residualBody(parameters: Parameters, c: Case, groupBits: number, delay: number): string {
  const { pe, width, resBits } = c;
  const beatBits = width * resBits;
  const ports = ['in_valid_i(in_valid && left == 0)', 'in_ready_o(group_ready)', ...OUT_PORTS, ...FETCH_PORTS];
  ports.push(`in_data_i(in_data[${groupBits - 1}:0])`);
  ports.push(`res_multiplier_i(${c.resMulBits}'h${BigInt.asUintN(c.resMulBits, c.resMul).toString(16)})`);
  ports.push('res_valid_i(left != 0 && pause == 0)', 'res_ready_o(res_ready)', `res_data_i(rest[${beatBits - 1}:0])`);
  return `wire group_ready, res_ready;
integer left, pause;
reg [${pe * resBits - 1}:0] rest;
assign in_ready = group_ready && left == 0;
always @(posedge clk) begin
  if (!rst_n) left <= 0;
  else if (in_valid && in_ready) begin
    left <= ${pe / width};
    pause <= ${delay};
    rest <= in_data[${groupBits + pe * resBits - 1}:${groupBits}];
  end else if (left != 0 && pause != 0) pause <= pause - 1;
  else if (left != 0 && res_ready) begin
    left <= left - 1;
    rest <= rest >> ${beatBits};
  end
end
${instance('flexor_requantiser_residual', parameters, ports)}`;
}

function device(random: Random, c: Case, parameters: Parameters, file: string): BenchCase['device'] {
  const groupBits = c.sumBits + c.planes * c.pe * c.accBits;
  const outBits = c.width * c.outBits;
  if (!c.residual) return { body: scalesBody(c, file) + aloneBody(parameters), inBits: groupBits, outBits };
  const body = scalesBody(c, file) + residualBody(parameters, c, groupBits, random.pick([0, 1, 5]));
  return { body, inBits: groupBits + c.pe * c.resBits, outBits };
}

type Branch = 'low' | 'high' | 'between';

/** Frames of groups with a reset in the second one; counts the clamp's branches in `seen`. */
function requantiserRun(random: Random, options: Options, file: string, seen: Record<Branch, number>): Run {
  const c = draw(random, options);
  const frames = Array.from({ length: 4 }, () => Array.from({ length: 2 * c.groups }, () => drawGroup(random, c)));
  const beats = frames.map((frame) =>
    frame.map(({ selected, sum, added }) =>
      pack([
        ...selected.map((value) => [value, c.accBits] as const),
        [sum, c.sumBits] as const,
        ...added.map((value) => [value, c.resBits] as const),
      ]),
    ),
  );
  const clamped = (z: bigint): bigint => {
    if (!c.clamp) return z;
    const y = (z + rounding(c)) >> BigInt(c.shift);
    seen[y < c.low ? 'low' : y > c.high ? 'high' : 'between']++;
    return y < c.low ? c.low : y > c.high ? c.high : y;
  };
  const outputs = frames.map((frame) =>
    frame.flatMap((group, at) => beatsOf(scaled(c, group, at % c.groups).map(clamped), c.width, c.outBits)),
  );
  const parameters = { ...requantiserParameters(c), ProductRegister: random.below(2) };
  const run = {
    title: JSON.stringify(parameters),
    device: device(random, c, parameters, file),
    beats: withReset(beats, random),
    stalls: randomStalls(random),
    memories: { [file]: memoryText(c) },
  };
  return { run, expected: [outputs.slice(0, 2).flat(), outputs.slice(2).flat()] };
}

test('flexor_requantiser scales, rounds and clamps every channel', async () => {
  const random = new Random(5);
  const seen = { low: 0, high: 0, between: 0 };
  const runs = Array.from({ length: 60 }, (_, i) =>
    requantiserRun(random, { clamp: i % 3 !== 2, joined: false, residual: false }, `scales_${i}.mem`, seen),
  );
  await check(runs);
  // Every branch of the clamp is taken often.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(60);
});

test('flexor_requantiser adds a residual stream and joins planes', async () => {
  const random = new Random(6);
  const seen = { low: 0, high: 0, between: 0 };
  const runs = Array.from({ length: 60 }, (_, i) =>
    requantiserRun(random, { clamp: i % 5 !== 4, joined: i % 2 === 1, residual: i % 3 !== 2 }, `sum_${i}.mem`, seen),
  );
  await check(runs);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(60);
});

test('flexor_requantiser joins the bits of integers', async () => {
  const random = new Random(7);
  const seen = { low: 0, high: 0, between: 0 };
  const runs = Array.from({ length: 40 }, (_, i) =>
    requantiserRun(
      random,
      { clamp: i % 5 !== 4, joined: true, bits: true, residual: i % 3 === 0 },
      `bits_${i}.mem`,
      seen,
    ),
  );
  await check(runs);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(30);
});
