/**
 * flexor_thresholds against plain integers: 1 to 4 bits, rising and falling channels, signed and unsigned, one channel and
 * several a beat, joined planes of codes and of integers.
 */
import { expect, test } from 'vitest';
import { divisors } from '../../src/base/bits.js';
import { Random } from '../../src/base/random.js';
import { instance } from './support/bench.js';
import { beatsOf, check, pack, randomBits, randomStalls, withReset, type Run } from './support/check.js';
import { parameterText } from './support/header.js';

/** Sizes and number formats, drawn so that every intermediate fits its width. */
function draw(random: Random, joined: 0 | 1 | 2) {
  const signed = random.below(2) === 1;
  const [pe, groups] = [random.pick([1, 2, 3, 4, 6]), random.pick([1, 2, 4])];
  const planes = joined === 0 ? 1 : random.between(1, 3);
  const [accBits, sumBits] = [random.between(2, 10), random.between(2, 10)];
  const dotBits = Math.max(accBits + 1, sumBits) + 1;
  const factorBits = joined === 0 ? dotBits : dotBits + planes;
  const outBits = random.between(1, 4);
  const thresholdBits = factorBits + random.below(2);
  const steps = 2 ** outBits - 1;
  const falls = random.below(2) === 1;
  const near = random.pick([4, accBits, factorBits]);
  const channels = Array.from({ length: pe * groups }, () => ({
    falling: falls && random.below(2) === 1,
    thresholds: Array.from({ length: steps }, () => integer(random, near)).sort((a, b) => (a < b ? -1 : 1)),
  }));
  return {
    ...{
      signed,
      pe,
      groups,
      planes,
      joined,
      accBits,
      sumBits,
      dotBits,
      factorBits,
      outBits,
      thresholdBits,
      falls,
      channels,
    },
    ...{ width: random.pick(divisors(pe)), outSigned: outBits > 1 && random.below(2) === 1 },
  };
}

type Case = ReturnType<typeof draw>;

function integer(random: Random, bits: number): bigint {
  return BigInt.asIntN(bits, randomBits(random, bits));
}

interface Group {
  readonly selected: readonly bigint[];
  readonly sum: bigint;
}

function drawGroup(random: Random, c: Case): Group {
  const value = (bits: number) => (c.signed ? integer(random, bits) : randomBits(random, bits));
  return { selected: Array.from({ length: c.planes * c.pe }, () => value(c.accBits)), sum: value(c.sumBits) };
}

function outputs(c: Case, { selected, sum }: Group, group: number, seen: Set<string>): bigint[] {
  return Array.from({ length: c.pe }, (_, p) => {
    let x = 0n;
    for (let q = 0; q < c.planes; q++) {
      const chosen = selected[q * c.pe + p]!;
      const dot = c.joined === 2 ? chosen : 2n * chosen - sum;
      x += (c.joined === 2 && c.planes > 1 && q === c.planes - 1 ? -dot : dot) << BigInt(q);
    }
    const { falling, thresholds } = c.channels[group * c.pe + p]!;
    const reached = thresholds.filter((t) => x >= t).length;
    seen.add(`bits ${c.outBits} reached ${reached}`).add(falling ? 'falling' : 'rising');
    return BigInt((falling ? thresholds.length - reached : reached) - (c.outSigned ? 2 ** (c.outBits - 1) : 0));
  });
}

function run(random: Random, joined: 0 | 1 | 2, file: string, seen: Set<string>): Run {
  const c = draw(random, joined);
  const bit = (on: boolean) => (on ? 1 : 0);
  const paramBits = (2 ** c.outBits - 1) * c.thresholdBits + bit(c.falls);
  const parameters = {
    ...{ Pe: c.pe, Width: c.width, Planes: c.planes, ActSigned: bit(c.signed), AccBits: c.accBits, SumBits: c.sumBits },
    ...{ Joined: joined, DotBits: c.dotBits, FactorBits: c.factorBits, ThresholdBits: c.thresholdBits },
    ...{ OutBits: c.outBits, OutSigned: bit(c.outSigned), Falls: bit(c.falls), ParamBits: paramBits },
  };
  const words = c.channels.map(({ falling, thresholds }) =>
    pack([
      ...thresholds.map((t) => [t, c.thresholdBits] as const),
      ...(c.falls ? [[falling ? 1n : 0n, 1] as const] : []),
    ]),
  );
  const memory = beatsOf(words, c.width, paramBits).map((word) => `${word.toString(16)}\n`);
  const table = { Width: c.width * paramBits, Words: memory.length, MemFile: `"${file}"` };
  const ports = ['in_valid_i(in_valid)', 'in_ready_o(in_ready)', 'in_data_i(in_data)', 'out_valid_o(out_valid)'];
  ports.push('out_ready_i(out_ready)', 'out_data_o(out_data)', 'fetch_o(fetch)', 'params_i(params)');
  const body = `wire fetch;
wire [${c.width * paramBits - 1}:0] params;
flexor_scale_rom ${parameterText(table)}rom (.clk_i(clk), .rst_ni(rst_n), .fetch_i(fetch), .params_o(params));
${instance('flexor_thresholds', parameters, ports)}`;
  const frames = Array.from({ length: 4 }, () => Array.from({ length: 2 * c.groups }, () => drawGroup(random, c)));
  const beats = frames.map((frame) =>
    frame.map(({ selected, sum }) =>
      pack([...selected.map((value) => [value, c.accBits] as const), [sum, c.sumBits] as const]),
    ),
  );
  const expected = frames.map((frame) =>
    frame.flatMap((group, at) => beatsOf(outputs(c, group, at % c.groups, seen), c.width, c.outBits)),
  );
  const device = { body, inBits: c.sumBits + c.planes * c.pe * c.accBits, outBits: c.width * c.outBits };
  return {
    run: {
      title: JSON.stringify(parameters),
      device,
      beats: withReset(beats, random),
      stalls: randomStalls(random),
      memories: { [file]: memory.join('') },
    },
    expected: [expected.slice(0, 2).flat(), expected.slice(2).flat()],
  };
}

test('flexor_thresholds counts the thresholds that every channel has reached', async () => {
  const random = new Random(23);
  const seen = new Set<string>();
  await check(Array.from({ length: 60 }, (_, i) => run(random, (i % 3) as 0 | 1 | 2, `table_${i}.mem`, seen)));
  expect(seen).toContain('falling');
  expect(seen).toContain('rising');
  for (let bits = 1; bits <= 4; bits++) {
    for (let reached = 0; reached < 2 ** bits; reached++) expect(seen).toContain(`bits ${bits} reached ${reached}`);
  }
});
