/**
 * Two-input XOR gates that minimisation finds, beside what Yosys and ABC make of the same matrices, as Markdown tables.
 * Figures are medians over the seeds; seconds are CPU seconds of one matrix. Needs a build (npm run build).
 *
 *   node bench/xor.js [--quick] [--no-yosys]
 */
import { Random } from '../dist/base/random.js';
import { runYosys } from '../dist/toolchain/yosys.js';
import { aesMixColumns, clefiaM0, khazad } from '../dist/xor/known-matrices.js';
import { randomMatrix, rowTaps } from '../dist/xor/matrix.js';
import { minimise } from '../dist/xor/minimise.js';

const quick = process.argv.includes('--quick');
const withYosys = !process.argv.includes('--no-yosys');

/** Ways to let Yosys do it: its usual script, and ABC's full script with XOR cells on the untouched trees. */
const YOSYS = {
  synth: 'synth -flatten -top m',
  'abc -g gates': 'hierarchy -top m\nproc\nflatten\nopt\ntechmap\nopt\nabc -g gates\nopt_clean',
};

/** `[name, matrix of a seed, seeds, steps, depth cap]` */
const dense = (nOut, nIn) => (seed) => randomMatrix(nIn, nOut, new Random(seed));
const seeds = (n) => Array.from({ length: quick ? Math.min(n, 3) : n }, (_, i) => i + 1);
const CASES = [
  ['AES MixColumns 32×32', aesMixColumns, [1], quick ? 50_000 : 1_000_000, Infinity],
  ['AES MixColumns 32×32, depth 4', aesMixColumns, [1], quick ? 50_000 : 1_000_000, 4],
  ['CLEFIA M0 32×32', clefiaM0, [1], quick ? 20_000 : 100_000, Infinity],
  ['Khazad 64×64', khazad, [1], quick ? 2_000 : 20_000, Infinity],
  ['dense 10×8', dense(10, 8), seeds(10), 20_000, Infinity],
  ['dense 20×12', dense(20, 12), seeds(10), 60_000, Infinity],
  ['dense 20×16', dense(20, 16), seeds(10), 60_000, Infinity],
  ['dense 64×48', dense(64, 48), seeds(1), quick ? 2_000 : 20_000, Infinity],
];

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function timed(work) {
  const start = process.cpuUsage();
  const result = work();
  return { result, seconds: process.cpuUsage(start).user / 1e6 };
}

function verilog(matrix) {
  const lines = rowTaps(matrix).map((taps, j) => `  assign y[${j}] = ${taps.map((i) => `x[${i}]`).join(' ^ ')};`);
  return `module m(input [${matrix.nIn - 1}:0] x, output [${matrix.nOut - 1}:0] y);\n${lines.join('\n')}\nendmodule\n`;
}

/** Cells with two inputs after Yosys; inverters are not counted, which favours it. */
async function yosysGates(matrix, script) {
  const request = {
    script: `read_verilog m.v\n${script}\ntee -q -o stat.json stat -json`,
    files: new Map([['m.v', verilog(matrix)]]),
    outputs: ['stat.json'],
  };
  const { files, version } = await runYosys(request);
  const cells = Object.entries(JSON.parse(files.get('stat.json')).design.num_cells_by_type);
  const gates = cells.filter(([type]) => type !== '$_NOT_').reduce((sum, [, count]) => sum + count, 0);
  return { gates, version };
}

const heading = ['matrix (outputs×inputs)', 'seeds', 'chains', 'greedy', 'steps', 'gates', 'depth', 'seconds'];
const rows = [[...heading, ...(withYosys ? Object.keys(YOSYS) : []), ...(withYosys ? ['of the better'] : [])]];
let yosysVersion = '';
for (const [name, make, list, iterations, maxDepth] of CASES) {
  const results = [];
  for (const seed of list) {
    const matrix = make(seed);
    const options = { seed, maxDepth };
    const { result, seconds } = timed(() => minimise(matrix, { ...options, iterations }));
    const { gateCount: greedy } = minimise(matrix, { ...options, iterations: 0 });
    const yosys = [];
    for (const script of withYosys ? Object.values(YOSYS) : []) {
      const { gates, version } = await yosysGates(matrix, script);
      yosys.push(gates);
      yosysVersion = version;
    }
    results.push({ ...result, greedy, seconds, yosys });
  }
  const mid = (pick) => median(results.map(pick));
  const yosys = Object.keys(YOSYS).map((_, k) => mid((r) => r.yosys[k]));
  const gates = mid((r) => r.gateCount);
  const compared = withYosys ? [...yosys, `${Math.round((100 * gates) / Math.min(...yosys))} %`] : [];
  const columns = [name, list.length, mid((r) => r.naiveGateCount), mid((r) => r.greedy), iterations];
  rows.push([...columns, gates, mid((r) => r.depth), mid((r) => r.seconds).toFixed(1), ...compared]);
}
const line = (cells) => `| ${cells.join(' | ')} |\n`;
process.stdout.write(line(rows[0]) + line(rows[0].map(() => '---')) + rows.slice(1).map(line).join(''));
if (withYosys) process.stdout.write(`\n${yosysVersion}\n`);
