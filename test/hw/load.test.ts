/** flexor_loader with a chain of flexor_store against a model: loads, answers, packets that must be refused; flexor_bank. */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { instance, runBench, type Beat, type BenchCase } from './support/bench.js';
import { expectOutputs, randomStalls } from './support/check.js';
import { parameterText } from './support/header.js';

type Store = readonly [width: number, depth: number];

const CHAINS: readonly (readonly Store[])[] = [
  [[1, 1]],
  [
    [48, 3],
    [1, 1],
    [70, 2],
  ],
  [
    [32, 4],
    [33, 1],
    [64, 5],
    [7, 3],
  ],
];

/** Bits that each beat of a load keeps. */
function maskOf([width, depth]: Store): bigint[] {
  const columns = Array.from({ length: Math.ceil(width / 32) }, (_, c) => Math.min(32, width - 32 * c));
  return Array.from({ length: depth }, () => columns.map((bits) => (1n << BigInt(bits)) - 1n)).flat();
}

/** In: {last, data}; out: the same; a note for every packet that was refused. */
function chainDevice(stores: readonly Store[]) {
  const count = stores.flatMap(maskOf).length;
  const links = stores.map(([width, depth], i) => {
    const parameters = { Width: width, Depth: depth, AddrBits: Math.max(1, Math.ceil(Math.log2(depth))) };
    const link = (side: 'i' | 'o', at: number) =>
      `.load_kind_${side}(kinds[${3 * at}+:3]), .load_word_${side}(words[${32 * at}+:32])`;
    const ports = `${link('i', i)}, ${link('o', i + 1)}`;
    return (
      `flexor_store ${parameterText(parameters)}s${i} (.clk_i(clk), .rst_ni(rst_n), .en_i(1'b0), .bank_i(1'b0), ` +
      `.addr_i(${parameters.AddrBits}'d0), .data_o(), ${ports});`
    );
  });
  const ports = ['s_valid_i(in_valid)', 's_ready_o(in_ready)', 's_data_i(in_data[31:0])'];
  ports.push('s_last_i(in_data[32])', 'm_valid_o(out_valid)', 'm_ready_i(out_ready)', 'm_data_o(out_data[31:0])');
  ports.push(
    'm_last_o(out_data[32])',
    'error_o(error)',
    "input_take_i(1'b0)",
    'hold_o()',
    'load_kind_o(kinds[2:0])',
    'load_word_o(words[31:0])',
  );
  ports.push(`load_kind_i(kinds[${3 * stores.length}+:3])`, `load_word_i(words[${32 * stores.length}+:32])`);
  ports.push('switch_o()', "settled_i(1'b1)");
  const body = [
    `wire [${3 * stores.length + 2}:0] kinds;`,
    `wire [${32 * stores.length + 31}:0] words;`,
    'wire error;',
    ...links,
    instance('flexor_loader', { Words: count, Elements: 1, FrameBits: 3 }, ports),
    "always @(posedge clk) if (rst_n && error !== 1'b0) note(8'd1);",
  ];
  return { body: body.join('\n'), inBits: 33, outBits: 33 };
}

/** Random packets, and what a loader answers to them. */
function packets(random: Random, masks: readonly bigint[]) {
  const beats: Beat[] = [];
  const answers: bigint[] = [];
  let [held, refused] = [null as bigint[] | null, 0];
  const send = (words: readonly bigint[]): void => {
    words.forEach((word, i) => beats.push(word | (i === words.length - 1 ? 1n << 32n : 0n)));
  };
  const data = (count: number): bigint[] => Array.from({ length: count }, () => BigInt(random.uint32()));
  for (let i = 0; i < 25; i++) {
    // The last one is right: a reset right behind it hides no note.
    const kind = held === null || i === 24 ? 0 : random.below(5);
    if (kind <= 1) {
      const words = data(masks.length);
      send([1n, ...words]);
      held = words.map((word, w) => word & masks[w]!);
    } else if (kind === 2) {
      send([2n]);
      held!.forEach((word, w) => answers.push(word | (w === masks.length - 1 ? 1n << 32n : 0n)));
    } else {
      // Too short, too long, a read with words behind it, or no command at all.
      const wrong = [
        [1n, ...data(random.below(masks.length))],
        [1n, ...data(masks.length + 1 + random.below(3))],
        [2n, ...data(2)],
        data(3).map((word) => word | 4n),
      ];
      send(wrong[random.below(4)]!);
      refused++;
    }
  }
  return { beats, answers, refused };
}

test('what is loaded is read back, and nothing else is loaded', async () => {
  const random = new Random(1);
  const runs = CHAINS.flatMap((stores) =>
    [0, 1, 2].map((i) => {
      const [before, after] = [packets(random, stores.flatMap(maskOf)), packets(random, stores.flatMap(maskOf))];
      const run: BenchCase = {
        title: `stores ${JSON.stringify(stores)}, run ${i}`,
        device: chainDevice(stores),
        beats: [...before.beats, 'reset', ...after.beats],
        stalls: i === 0 ? { source: 0, sink: 0 } : randomStalls(random),
      };
      return { run, expected: [before, after] };
    }),
  );
  const results = await runBench(runs.map(({ run }) => run));
  runs.forEach(({ run, expected }, i) => {
    expectOutputs(
      run,
      results[i]!,
      expected.map(({ answers }) => answers),
    );
    expect(
      results[i]!.segments.map(({ notes }) => notes.length),
      run.title,
    ).toEqual(expected.map(({ refused }) => refused));
  });
});
