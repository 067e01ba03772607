/**
 * What sharing XOR gates gives after synthesis: cells of the generated circuit for a few kinds of M⊕, written as plain rows
 * (a tree for each row, nothing shared), as the fewest gates, and with depth caps. ABC restructures, so few gates need not
 * mean few LUTs. Medians over the seeds, as a Markdown table. Needs a build (npm run build).
 *
 *   node bench/xor-synthesis.js [--seeds 3]
 */
import { parseArgs } from 'node:util';
import { Random } from '../dist/base/random.js';
import { classify, targetRule } from '../dist/report/area/targets.js';
import { template } from '../dist/base/template.js';
import { xorView } from '../dist/rtl/xor-modules.js';
import { runYosys } from '../dist/toolchain/yosys.js';
import { DEFAULT_CIRCUIT, balancedDepth, hardwareCircuit } from '../dist/xor/hardware-circuit.js';
import { randomMatrix, rowTaps, tapMatrix } from '../dist/xor/matrix.js';
import { naiveGateCount } from '../dist/xor/circuit.js';

const { seeds } = parseArgs({ options: { seeds: { type: 'string', default: '3' } } }).values;
const SEEDS = Array.from({ length: Number(seeds) }, (_, i) => i + 1);
const TARGETS = ['gates', 'xcup', 'ice40', 'ecp5'];
/** `[name, N_in, N_out, taps; null: random]` */
const CASES = [
  ['2 taps 12 → 20', 12, 20, 2],
  ['3 taps 12 → 20', 12, 20, 3],
  ['random 8 → 10', 8, 10, null],
  ['random 12 → 20', 12, 20, null],
  ['random 16 → 20', 16, 20, null],
];
/** Depth cap of a matrix; rows are no network. */
const FORMS = {
  rows: null,
  free: () => 'free',
  balanced: (matrix) => balancedDepth(matrix),
  shallow: () => 'shallow',
};

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** A module of one matrix in one form, its gates and its depth. */
function variant(name, matrix, form) {
  const { nIn, nOut } = matrix;
  const ports = `module ${name} (input [${nIn - 1}:0] x, output [${nOut - 1}:0] y);\n`;
  if (FORMS[form] === null) {
    const rows = rowTaps(matrix).map((taps, j) => `assign y[${j}] = ^{${taps.map((i) => `x[${i}]`).join(', ')}};\n`);
    const text = `${ports}${rows.join('')}endmodule\n`;
    return { name, text, gates: naiveGateCount(matrix), depth: balancedDepth(matrix) };
  }
  const network = hardwareCircuit(matrix, { ...DEFAULT_CIRCUIT, depth: FORMS[form](matrix) });
  const { gateCount: gates, depth } = network;
  const text = template('xor.v', 'verilog')(xorView({ module: name, circuit: network }, 'For a measurement.'));
  return { name, text, gates, depth };
}

/** Two-input gates or LUTs of every variant, in order: one run of Yosys. */
async function measured(variants, target) {
  const rule = targetRule(target, null);
  const step = ({ name }) => `design -reset
read_verilog ${name}.v
${rule.synthesise(name, 'flat')}
tee -q -o ${name}.json stat -json`;
  const files = new Map(variants.map(({ name, text }) => [`${name}.v`, text]));
  const outputs = variants.map(({ name }) => `${name}.json`);
  const { files: results, version } = await runYosys({ script: variants.map(step).join('\n'), files, outputs });
  const counts = outputs.map((path) => {
    const cells = JSON.parse(results.get(path)).design.num_cells_by_type;
    if (target !== 'gates') return classify(rule, cells).luts;
    // Gates of two inputs: no inverters, and none of the cells that only name a scope.
    return Object.entries(cells).reduce((sum, [type, count]) => sum + (/^\$_(?!NOT_)/.test(type) ? count : 0), 0);
  });
  return { counts, version };
}

const line = (cells) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
const heading = ['M⊕', 'form', 'XOR gates', 'depth', 'cells `gates`', 'LUTs xcup', 'LUTs ice40', 'LUTs ecp5'];
line(heading);
line(heading.map(() => '---'));
let yosysVersion = '';
for (const [title, nIn, nOut, taps] of CASES) {
  const variants = Object.keys(FORMS).map((form) =>
    SEEDS.map((seed) => {
      const random = new Random(seed);
      const matrix = taps === null ? randomMatrix(nIn, nOut, random) : tapMatrix(nIn, nOut, taps, random);
      return variant(`${form}_${seed}`, matrix, form);
    }),
  );
  const columns = [];
  for (const target of TARGETS) {
    const { counts, version } = await measured(variants.flat(), target);
    columns.push(counts);
    yosysVersion = version;
  }
  Object.keys(FORMS).forEach((form, f) => {
    const own = columns.map((counts) => median(counts.slice(f * SEEDS.length, (f + 1) * SEEDS.length)));
    const [gates, depth] = ['gates', 'depth'].map((key) => median(variants[f].map((each) => each[key])));
    line([title, form, gates, depth, ...own]);
  });
}
process.stdout.write(`\n${yosysVersion}, ${SEEDS.length} seeds\n`);
