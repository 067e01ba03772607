/** Checks inside the modules of hw/: parameters, the law of streams, overflow. A planted fault of every kind stops a simulation. */
import { expect, test } from 'vitest';
import { instance, runBench, streamDevice, type BenchCase, type Device } from './support/bench.js';
import { moduleSource } from './support/header.js';

const BEATS = Array.from({ length: 40 }, () => 5n);

async function simulate(device: Device): Promise<string> {
  const run: BenchCase = { title: 'fault', device, beats: BEATS, stalls: { source: 20, sink: 60 } };
  return runBench([run]).then(
    () => 'nothing',
    (error: unknown) => String(error),
  );
}

/** A FIFO with a change of its text, under another name. */
function faultyFifo(from: string, to: string): Device {
  const text = moduleSource('flexor_fifo');
  expect(text).toContain(from);
  const modules = text.replace(from, to).replace('module flexor_fifo', 'module faulty_fifo');
  return { ...streamDevice('faulty_fifo', { Width: 4, Depth: 5 }, 4, 4), modules };
}

const MAC_PORTS = ["en_i(1'b1)", 'valid_i(in_valid)', 'first_i(cycle < 20)', "last_i(1'b1)", "group_i(1'b0)"];
MAC_PORTS.push(
  "take_i(1'b0)",
  'filled_o()',
  'acts_i(in_data)',
  "weights_i(1'b1)",
  'out_valid_o(out_valid)',
  'selected_o(out_data)',
  'sum_o()',
);

test.each<[string, Device, RegExp]>([
  [
    'parameters that do not fit',
    streamDevice('flexor_vector_buffer', { Bits: 4, Size: 5, Simd: 2, Steps: 9 }, 4, 8),
    /no lane idle/,
  ],
  [
    'a parameter that does not divide',
    streamDevice('flexor_max_pool', { Bits: 2, Channels: 3, Width: 2 }, 4, 4),
    /divides Channels/,
  ],
  ['a valid that blinks', faultyFifo('out_valid_o = valid_q', 'out_valid_o = valid_q && !wr_q[0]'), /taken back/],
  [
    'data that changes',
    faultyFifo('out_data_o = store[rd_q]', 'out_data_o = store[rd_q] ^ {4{wr_q[0]}}'),
    /data changed/,
  ],
  ['an overflow', faultyFifo('in_ready_o = ready_q', "in_ready_o = 1'b1"), /overflow/],
  [
    'an accumulator that is too narrow',
    {
      body: `assign in_ready = 1'b1;\n${instance('flexor_mac_array', { ActBits: 4, AccBits: 5, SumBits: 16 }, MAC_PORTS)}`,
      inBits: 4,
      outBits: 5,
    },
    /overflow of an accumulator/,
  ],
])('%s', async (title, device, expected) => {
  expect(await simulate(device), title).toMatch(expected);
});
