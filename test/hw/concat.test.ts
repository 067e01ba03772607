/** flexor_concat alone: several inputs, each of which comes at its own pace. */
import { test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { instance, type Device } from './support/bench.js';
import { check, framesRun, pack, randomBits } from './support/check.js';
import { parameterText } from './support/header.js';

/** A beat {input, data} goes into the FIFO of its input, behind which the module stands. */
function concatDevice(bits: number, beats: readonly number[], depth: number): Device {
  const inputs = beats.length;
  const indexBits = Math.ceil(Math.log2(inputs));
  const lengths = beats.map((count) => `32'd${count}`).reverse();
  const ports = ['in_valid_i(valid)', 'in_ready_o(ready)', 'in_data_i(data)'];
  ports.push('out_valid_o(out_valid)', 'out_ready_i(out_ready)', 'out_data_o(out_data)');
  const body = `wire [${inputs - 1}:0] valid, ready, room;
wire [${inputs * bits - 1}:0] data;
wire [${indexBits - 1}:0] which = in_data[${bits + indexBits - 1}:${bits}];
assign in_ready = in_valid ? room[which] : 1'b0;
genvar i;
generate
  for (i = 0; i < ${inputs}; i = i + 1) begin : g_input
    flexor_fifo ${parameterText({ Width: bits, Depth: depth })}fifo (.clk_i(clk), .rst_ni(rst_n),
      .in_valid_i(in_valid && which == i), .in_ready_o(room[i]), .in_data_i(in_data[${bits - 1}:0]),
      .out_valid_o(valid[i]), .out_ready_i(ready[i]), .out_data_o(data[i*${bits}+:${bits}]));
  end
endgenerate
${instance('flexor_concat', { Bits: bits, Inputs: inputs, Beats: `{${lengths.join(', ')}}` }, ports)}`;
  return { body, inBits: bits + indexBits, outBits: bits };
}

/** The inputs of the beats of some pixels, in an order of chance in which no input is more than a pixel ahead. */
function order(random: Random, beats: readonly number[], pixels: number): number[] {
  return Array.from({ length: pixels }, () => {
    const pixel = beats.flatMap((count, input) => new Array<number>(count).fill(input));
    return Array.from(random.permutation(pixel.length), (at) => pixel[at]!);
  }).flat();
}

test('flexor_concat puts pixels side by side, whichever input comes first', async () => {
  const random = new Random(8);
  const runs = Array.from({ length: 40 }, () => {
    const beats = Array.from({ length: random.between(2, 5) }, () => random.pick([1, 1, 2, 3, 7]));
    const [bits, perPixel] = [random.between(1, 12), beats.reduce((a, b) => a + b, 0)];
    const device = concatDevice(bits, beats, 2 * perPixel);
    const frames = Array.from({ length: 4 }, () =>
      order(random, beats, random.between(1, 4)).map((input) =>
        pack([
          [randomBits(random, bits), bits],
          [input, device.inBits - bits],
        ]),
      ),
    );
    return framesRun(random, `Bits ${bits}, Beats ${beats.join(' ')}`, device, [1, 1], frames, (frame) => {
      const left = beats.map((_, i) => frame.filter((beat) => Number(beat >> BigInt(bits)) === i));
      return Array.from({ length: frame.length / perPixel }, () =>
        beats.flatMap((count, i) => left[i]!.splice(0, count).map((beat) => BigInt.asUintN(bits, beat))),
      ).flat();
    });
  });
  await check(runs);
});
