/** The small stream modules against plain models: narrow, vector buffer, pools of all kinds, subsample, classifier, AXI4-Stream guard. */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { divisors } from '../../src/base/bits.js';
import { instance, runBench, streamDevice, type BenchCase } from './support/bench.js';
import { beatsOf, check, expectOutputs, framesRun, pack, randomBits, randomStalls } from './support/check.js';
import { parameterText } from './support/header.js';

function signedValue(value: bigint, bits: number, signed: boolean): bigint {
  return signed ? BigInt.asIntN(bits, value) : value;
}

/** flexor_narrow behind a FIFO, so that a reset may find it in the middle of a beat. */
function narrowBehindFifo(parameters: { Bits: number; Ratio: number; Parts?: number }): BenchCase['device'] {
  const { Bits: bits, Ratio: ratio } = parameters;
  const ports = ['in_valid_i(valid)', 'in_ready_o(ready)', 'in_data_i(data)'];
  ports.push('out_valid_o(out_valid)', 'out_ready_i(out_ready)', 'out_data_o(out_data)');
  const body = `wire valid, ready;
wire [${ratio * bits - 1}:0] data;
flexor_fifo ${parameterText({ Width: ratio * bits, Depth: 2 })}fifo (.clk_i(clk), .rst_ni(rst_n),
  .in_valid_i(in_valid), .in_ready_o(in_ready), .in_data_i(in_data),
  .out_valid_o(valid), .out_ready_i(ready), .out_data_o(data));
${instance('flexor_narrow', parameters, ports)}`;
  return { body, inBits: ratio * bits, outBits: bits };
}

test('flexor_narrow hands beats on part by part, the lowest first', async () => {
  const random = new Random(7);
  const runs = Array.from({ length: 40 }, (_, i) => {
    const ratio = random.pick([1, 2, 3, 4, 5, 8, 16]);
    const bits = random.between(1, 12);
    // Full beats alone, or as many in each frame, the last one with fewer parts.
    const parts = i % 4 < 2 ? null : random.between(1, 5 * ratio);
    const frames = Array.from({ length: 4 }, () =>
      Array.from({ length: ratio * Math.ceil((parts ?? random.between(1, 12) * ratio) / ratio) }, () =>
        randomBits(random, bits),
      ),
    );
    const parameters = { Bits: bits, Ratio: ratio, ...(parts === null ? {} : { Parts: parts }) };
    const device =
      i % 2 === 0 ? streamDevice('flexor_narrow', parameters, ratio * bits, bits) : narrowBehindFifo(parameters);
    return framesRun(random, JSON.stringify(parameters), device, [ratio, 1], frames, (frame) =>
      frame.slice(0, parts ?? frame.length),
    );
  });
  await check(runs);
});

test('flexor_narrow takes a beat with its last part, and gives a part a cycle', async () => {
  const device = streamDevice('flexor_narrow', { Bits: 4, Ratio: 4 }, 16, 4);
  const elements = Array.from({ length: 40 }, (_, i) => BigInt(i % 16));
  const beats = beatsOf(elements, 4, 4);
  const [full, flowing] = await runBench([
    { title: 'full', device, beats, stalls: { source: 0, sink: 0, fillFirst: true } },
    { title: 'flowing', device, beats, stalls: { source: 0, sink: 0 } },
  ]);
  expect(full!.segments[0]!.held).toBe(0);
  const { outputs } = flowing!.segments[0]!;
  expect(outputs.map(({ value }) => value)).toEqual(elements);
  expect(outputs.at(-1)!.cycle - outputs[0]!.cycle).toBe(39);
});

test('flexor_vector_buffer splits a frame into stretches', async () => {
  const random = new Random(1);
  const runs = Array.from({ length: 60 }, () => {
    const inWidth = random.pick([1, 1, 2, 4, 8]);
    const words = random.between(2, 24);
    // All lanes have work, the last one may have less; a lane has beats, or a beat has lanes, and the last one may have fewer.
    const laneWords = Math.ceil(words / random.between(2, words));
    const steps = random.below(2) === 0 ? laneWords * inWidth : random.pick(divisors(inWidth));
    const size = random.between(Math.max(2, (words - 1) * inWidth + 1), words * inWidth);
    const simd = Math.ceil(size / steps);
    const bits = random.between(1, 12);
    const beats = Math.ceil(size / inWidth);
    const frames = Array.from({ length: 6 }, () =>
      Array.from({ length: beats * inWidth }, () => randomBits(random, bits)),
    );
    const parameters = { Bits: bits, InWidth: inWidth, Size: size, Simd: simd, Steps: steps };
    const device = streamDevice('flexor_vector_buffer', parameters, inWidth * bits, simd * bits);
    return framesRun(random, JSON.stringify(parameters), device, [inWidth, simd], frames, (frame) =>
      Array.from({ length: steps }, (_, t) =>
        Array.from({ length: simd }, (_, lane) => (lane * steps + t < size ? frame[lane * steps + t]! : 0n)),
      ).flat(),
    );
  });
  await check(runs);
});

test('flexor_max_pool takes the maximum channel by channel', async () => {
  const random = new Random(2);
  const runs = Array.from({ length: 40 }, (_, i) => {
    const signed = i % 2 === 1;
    const bits = i < 6 ? 1 + (signed ? 1 : 0) : random.between(signed ? 2 : 1, 12);
    const channels = random.pick([1, 2, 3, 8, 12, 13]);
    const width = random.pick(divisors(channels));
    const taps = random.pick([1, 2, 4, 6, 9]);
    const frames = Array.from({ length: 6 }, () =>
      Array.from({ length: channels * taps }, () => randomBits(random, bits)),
    );
    const parameters = { Bits: bits, Signed: signed ? 1 : 0, Channels: channels, Width: width, Taps: taps };
    const device = streamDevice('flexor_max_pool', parameters, width * bits, width * bits);
    return framesRun(random, JSON.stringify(parameters), device, [width, width], frames, (frame) =>
      Array.from({ length: channels }, (_, c) => {
        const values = frame.filter((_, at) => at % channels === c);
        return values.reduce((a, b) => (signedValue(b, bits, signed) > signedValue(a, bits, signed) ? b : a));
      }),
    );
  });
  await check(runs);
});

test('flexor_sum_pool adds up channel by channel', async () => {
  const random = new Random(5);
  const runs = Array.from({ length: 40 }, (_, i) => {
    const signed = i % 2 === 1;
    const bits = i < 6 ? 1 + (signed ? 1 : 0) : random.between(signed ? 2 : 1, 12);
    const channels = random.pick([1, 2, 3, 8, 12, 13]);
    const width = random.pick(divisors(channels));
    const taps = random.pick([1, 2, 4, 9, 16, 25]);
    const sumBits = bits + Math.ceil(Math.log2(taps));
    const frames = Array.from({ length: 6 }, (_, frame) =>
      Array.from({ length: channels * taps }, () => (frame === 0 ? 2n ** BigInt(bits - 1) : randomBits(random, bits))),
    );
    const parameters = {
      ...{ Bits: bits, Signed: signed ? 1 : 0, Channels: channels, Width: width },
      ...{ Taps: taps, SumBits: sumBits },
    };
    const device = streamDevice('flexor_sum_pool', parameters, width * bits, width * sumBits);
    return framesRun(random, JSON.stringify(parameters), device, [width, width], frames, (frame) =>
      Array.from({ length: channels }, (_, c) => {
        const values = frame.filter((_, at) => at % channels === c).map((value) => signedValue(value, bits, signed));
        return values.reduce((a, b) => a + b, 0n);
      }),
    );
  });
  await check(runs);
});

test('flexor_stream_pool takes maxima and sums of windows that lie side by side', async () => {
  const random = new Random(7);
  const runs = Array.from({ length: 60 }, (_, i) => {
    const [maximum, signed] = [i % 2 === 0, i % 4 > 1];
    const bits = i < 8 ? 1 + (signed ? 1 : 0) : random.between(signed ? 2 : 1, 10);
    const channels = random.pick([1, 2, 3, 4, 6]);
    const inWidth = random.pick(divisors(channels));
    const axis = () => {
      const [kernel, windows] = [random.between(1, 4), random.between(1, 3)];
      const pad = random.below(2) * random.below(kernel);
      // The image ends within the last window, with it, or behind it.
      const most = windows * kernel - pad + kernel - 1;
      const least = Math.max(1, (windows - 1) * kernel - pad + 1);
      return { kernel, windows, pad, size: random.pick([random.between(least, most), most - kernel + 1]) };
    };
    const [rows, columns] = [axis(), axis()];
    const outBits = maximum ? bits : bits + Math.ceil(Math.log2(rows.kernel * columns.kernel));
    const parameters = {
      ...{ Maximum: maximum ? 1 : 0, Bits: bits, Signed: signed ? 1 : 0, Height: rows.size, Width: columns.size },
      ...{ Channels: channels, InWidth: inWidth, KernelH: rows.kernel, KernelW: columns.kernel, PadTop: rows.pad },
      ...{ PadLeft: columns.pad, OutHeight: rows.windows, OutWidth: columns.windows, OutBits: outBits },
    };
    const frames = Array.from({ length: 4 }, () =>
      Array.from({ length: channels * rows.size * columns.size }, () => randomBits(random, bits)),
    );
    const device = streamDevice('flexor_stream_pool', parameters, inWidth * bits, inWidth * outBits);
    return framesRun(random, JSON.stringify(parameters), device, [inWidth, inWidth], frames, (frame) =>
      Array.from({ length: rows.windows * columns.windows * channels }, (_, at) => {
        const pixel = Math.floor(at / channels);
        const [row, column] = [Math.floor(pixel / columns.windows), pixel % columns.windows];
        const within = (place: number, { kernel, pad }: typeof rows) => Math.floor((place + pad) / kernel);
        const values = frame.flatMap((value, k) => {
          const [y, x] = [Math.floor(k / channels / columns.size), Math.floor(k / channels) % columns.size];
          const own = within(y, rows) === row && within(x, columns) === column && k % channels === at % channels;
          return own ? [signedValue(value, bits, signed)] : [];
        });
        return values.reduce((a, b) => (maximum ? (b > a ? b : a) : a + b));
      }),
    );
  });
  await check(runs);
});

test('flexor_subsample keeps every stride-th pixel and pads channels', async () => {
  const random = new Random(6);
  const runs = Array.from({ length: 40 }, () => {
    const [height, width, channels] = [random.between(1, 6), random.between(1, 6), random.between(1, 5)];
    const [strideH, strideW] = [random.between(1, 3), random.between(1, 3)];
    const [before, after] = [random.below(4), random.below(4)];
    const bits = random.between(1, 12);
    const frames = Array.from({ length: 4 }, () =>
      Array.from({ length: height * width * channels }, () => randomBits(random, bits)),
    );
    const parameters = {
      ...{ Bits: bits, Height: height, Width: width, Channels: channels },
      ...{ StrideH: strideH, StrideW: strideW, Before: before, After: after },
    };
    const device = streamDevice('flexor_subsample', parameters, bits, bits);
    const zeros = (count: number) => new Array<bigint>(count).fill(0n);
    return framesRun(random, JSON.stringify(parameters), device, [1, 1], frames, (frame) =>
      Array.from({ length: height * width }, (_, pixel) => pixel)
        .filter((pixel) => Math.floor(pixel / width) % strideH === 0 && (pixel % width) % strideW === 0)
        .flatMap((pixel) => [
          ...zeros(before),
          ...frame.slice(pixel * channels, (pixel + 1) * channels),
          ...zeros(after),
        ]),
    );
  });
  await check(runs);
});

test('flexor_classifier marks the last logit and the lowest index of the largest one', async () => {
  const random = new Random(3);
  const runs = Array.from({ length: 40 }, (_, i) => {
    const signed = i % 2 === 1;
    const bits = random.pick([signed ? 2 : 1, 3, 9, 20]);
    const count = random.pick([1, 2, 3, 10, 16, 17]);
    const width = random.pick([1, 2, 3, 4, 5, 8, 16].filter((each) => each <= count));
    const beats = Math.ceil(count / width);
    const classBits = Math.max(1, Math.ceil(Math.log2(count)));
    // Few different values, so that ties are common, at both ends of the range too.
    const frames = Array.from({ length: 12 }, () => {
      const values = [randomBits(random, bits), randomBits(random, bits), 2n ** BigInt(bits - 1), 0n];
      return Array.from({ length: beats * width }, () => random.pick(values));
    });
    const parameters = { Bits: bits, Signed: signed ? 1 : 0, Count: count, Width: width, ClassBits: classBits };
    const dataBits = width * bits;
    const ports = ['in_valid_i(in_valid)', 'in_ready_o(in_ready)', 'in_data_i(in_data)'];
    ports.push('out_valid_o(out_valid)', 'out_ready_i(out_ready)', `out_data_o(out_data[${dataBits - 1}:0])`);
    ports.push(`out_class_o(out_data[${dataBits + classBits - 1}:${dataBits}])`);
    ports.push(`out_last_o(out_data[${dataBits + classBits}])`);
    const body = instance('flexor_classifier', parameters, ports);
    const device = { body, inBits: dataBits, outBits: dataBits + classBits + 1 };
    return framesRun(random, JSON.stringify(parameters), device, [width, 1], frames, (frame) => {
      // What a last beat holds above the logits passes, but is never the largest.
      const values = frame.slice(0, count).map((value) => signedValue(value, bits, signed));
      return Array.from({ length: beats }, (_, beat) => {
        const seen = values.slice(0, (beat + 1) * width);
        const best = seen.indexOf(seen.reduce((a, b) => (b > a ? b : a)));
        return pack([
          ...frame.slice(beat * width, (beat + 1) * width).map((value) => [value, bits] as const),
          [best, classBits],
          [beat === beats - 1 ? 1 : 0, 1],
        ]);
      });
    });
  });
  await check(runs);
});

/** What flexor_axis_in makes of beats of {last, data}: frames of whole length, and which errors it flags in which order. */
function guarded(beats: readonly bigint[], bits: number, elements: number): { data: bigint[]; errors: string[] } {
  const data: bigint[] = [];
  const errors: string[] = [];
  let at = 0;
  let dropping = false;
  for (const beat of beats) {
    const last = beat >> BigInt(bits) === 1n;
    if (dropping) {
      dropping = !last;
      continue;
    }
    data.push(BigInt.asUintN(bits, beat));
    at++;
    if (last && at < elements) {
      errors.push('00000001');
      for (; at < elements; at++) data.push(0n);
    } else if (!last && at === elements) {
      errors.push('00000010');
      dropping = true;
    }
    if (at === elements) at = 0;
  }
  return { data, errors };
}

test('flexor_axis_in makes whole frames whatever tlast does, and flags what was wrong', async () => {
  const random = new Random(4);
  const runs = Array.from({ length: 40 }, () => {
    const elements = random.pick([1, 2, 3, 5, 8, 12]);
    const bits = random.between(1, 12);
    const frame = (length: number) =>
      Array.from({ length }, (_, i) => randomBits(random, bits) | (i === length - 1 ? 1n << BigInt(bits) : 0n));
    const lengths = () =>
      Array.from({ length: 8 }, () => random.pick([elements, elements, random.between(1, 3 * elements)]));
    // Ends with a frame as it should be, so that nothing is left half done.
    const before = [...lengths().flatMap(frame), ...frame(elements)];
    const after = [...lengths().flatMap(frame), ...frame(elements)];
    const device = {
      body: `wire [1:0] error;
wire at_last;
${instance('flexor_axis_in', { Bits: bits, Elements: elements }, [
  ...['s_valid_i(in_valid)', 's_ready_o(in_ready)', `s_data_i(in_data[${bits - 1}:0])`, `s_last_i(in_data[${bits}])`],
  ...[
    'at_last_o(at_last)',
    'out_valid_o(out_valid)',
    'out_ready_i(out_ready)',
    'out_data_o(out_data)',
    'error_o(error)',
  ],
])}
always @(posedge clk) if (rst_n && error !== 2'b00) note(error);`,
      inBits: bits + 1,
      outBits: bits,
    };
    const stalls = randomStalls(random);
    const cut = random.between(1, before.length - 1);
    const run = {
      title: `Elements ${elements}, Bits ${bits}, ${JSON.stringify(stalls)}`,
      device,
      beats: [...before.slice(0, cut), 'reset' as const, ...after],
      stalls,
    };
    const [first, second] = [guarded(before.slice(0, cut), bits, elements), guarded(after, bits, elements)];
    return { run, expected: [first.data, second.data], errors: second.errors };
  });
  const results = await runBench(runs.map(({ run }) => run));
  runs.forEach(({ run, expected, errors }, i) => {
    expectOutputs(run, results[i]!, expected);
    expect(results[i]!.segments[1]!.notes, run.title).toEqual(errors);
  });
  expect(runs.flatMap(({ errors }) => errors)).toEqual(expect.arrayContaining(['00000001', '00000010']));
});
