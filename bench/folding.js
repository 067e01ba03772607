/**
 * Folds of shipped models for three targets each, as a Markdown table: predicted, and measured where that is asked for.
 * Needs a build (npm run build).
 *
 *   node bench/folding.js                     predictions, in seconds
 *   node bench/folding.js --synthesise 15000  also synthesise designs of at most so many predicted LUTs (results are cached;
 *                                             --timeout S limits each synthesis, default 1800)
 */
import { URL, fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DEFAULT_BITS, lower } from '../dist/fixed/lower.js';
import { loadModel } from '../dist/model/read.js';
import { targetRule } from '../dist/report/area/targets.js';
import { cyclesForTarget } from '../dist/rtl/solve/choose.js';
import { makeDesign } from '../dist/rtl/design.js';
import { solveGoal } from '../dist/rtl/solve/goal.js';
import { foldReport } from '../dist/rtl/solve/report.js';
import { NO_BUDGETS } from '../dist/rtl/solve/types.js';
import { cacheFolder } from '../dist/toolchain/paths.js';
import { measureDesign } from './cost/layers.js';

const CLOCK_MHZ = 100;
/** Models and frames a second. */
const TARGETS = [
  ['lenet5-mnist-0.6', [250, 625, 2000]],
  ['resnet20-cifar10-0.8', [250, 1000, 2000]],
];

const { values } = parseArgs({
  options: { synthesise: { type: 'string', default: '0' }, timeout: { type: 'string', default: '1800' } },
});
const options = {
  rule: targetRule('xcup', null),
  engine: 'npm',
  cache: cacheFolder(),
  timeoutSeconds: Number(values.timeout),
};
const count = (n) => n.toLocaleString('en-US');
const foldText = (fold) =>
  Object.entries(fold)
    .map(([name, { pe, simd }]) => `${name} ${pe}×${simd}`)
    .join(', ');

async function measured(title, network, fold) {
  const rows = await measureDesign({ title, design: makeDesign(network, { fold }) }, options);
  const sum = (key) => rows.reduce((total, row) => total + row.measured[key], 0);
  return { luts: sum('luts') + sum('lutRams'), bram18: sum('bram18') };
}

const table = [];
const folds = [];
for (const [name, targets] of TARGETS) {
  const { model, digest } = loadModel(fileURLToPath(new URL(`../models/${name}.flexor`, import.meta.url)));
  const network = lower(model, digest, DEFAULT_BITS);
  for (const fps of targets) {
    const cycles = cyclesForTarget(fps, CLOCK_MHZ);
    const solved = solveGoal(network, { cycles, budgets: NO_BUDGETS });
    const report = foldReport(network, solved);
    const luts = report.total.luts + report.total.lutRams;
    const { fold } = solved.solution;
    const found = luts <= Number(values.synthesise) ? await measured(name, network, fold) : null;
    table.push([
      name,
      fps,
      count(report.cyclesPerFrame),
      count(luts),
      found === null ? '–' : count(found.luts),
      report.total.bram18,
      found === null ? '–' : found.bram18,
      report.total.multipliers,
      count(report.total.memoryBits),
      count(report.lowerBoundCycles),
      `${(report.cyclesPerFrame / report.lowerBoundCycles).toFixed(3)}×`,
      `${(100 * report.utilisation).toFixed(1)} %`,
    ]);
    folds.push(`- ${name} at ${fps} frames/s: ${foldText(fold)}`);
  }
}
const header = ['model', 'frames/s', 'cycles', 'LUTs', 'synthesised', 'RAMB18', 'synthesised', 'DSPs', 'memory bits'];
header.push('lower bound', 'distance', 'utilisation');
const line = (cells) => `| ${cells.join(' | ')} |`;
console.log([line(header), line(header.map(() => '---')), ...table.map(line), '', ...folds].join('\n'));
