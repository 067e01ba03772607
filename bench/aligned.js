/**
 * What aligned rates save: LeNet-5's layers (their sizes, widths and scales from the shipped model) with random bits at other N_in and
 * N_out, folded for one target, and under the fold of N_out 16. Where N_out is PE or divides it, the decryptor needs no register
 * beside the one it loads, and its XOR gates stand in the load path. Needs a build (npm run build).
 *
 *   node bench/aligned.js               predictions, in seconds
 *   node bench/aligned.js --synthesise  also synthesise the designs under one fold (results are cached)
 */
import { URL, fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Random } from '../dist/base/random.js';
import { DEFAULT_BITS, lower } from '../dist/fixed/lower.js';
import { isWeighted } from '../dist/graph/order.js';
import { verifyNetwork } from '../dist/fixed/verify.js';
import { deriveWidths } from '../dist/fixed/widths.js';
import { loadModel } from '../dist/model/read.js';
import { targetRule } from '../dist/report/area/targets.js';
import { addCosts, layerCost, unitCost } from '../dist/rtl/cost/model.js';
import { weightedUnits } from '../dist/rtl/layers/weighted/units.js';
import { weightedShape } from '../dist/rtl/layers/weighted/plan.js';
import { checkedFold } from '../dist/rtl/solve/choose.js';
import { makeDesign } from '../dist/rtl/design.js';
import { solveGoal } from '../dist/rtl/solve/goal.js';
import { NO_BUDGETS } from '../dist/rtl/solve/types.js';
import { cacheFolder } from '../dist/toolchain/paths.js';
import { decrypt, identityMatrix, sliceCount, tapMatrix } from '../dist/xor/matrix.js';
import { measureDesign } from './cost/layers.js';

const CYCLES = 160_000;
const FOLD = {
  conv1: { pe: 4, simd: 1 },
  conv2: { pe: 16, simd: 4 },
  fc1: { pe: 16, simd: 1 },
  fc2: { pe: 1, simd: 1 },
};
/** N_in, N_out, and whether it is aligned to the fold's PE 16. */
const RATES = [
  [12, 20, 'no'],
  [10, 16, 'yes'],
  [8, 16, 'yes'],
  [1, 1, 'plain'],
];

const { values } = parseArgs({ options: { synthesise: { type: 'boolean', default: false } } });
const options = { rule: targetRule('xcup', null), engine: 'npm', cache: cacheFolder(), timeoutSeconds: 1800 };
const { model, digest } = loadModel(fileURLToPath(new URL('../models/lenet5-mnist-0.6.flexor', import.meta.url)));
const shipped = lower(model, digest, DEFAULT_BITS);

function withRate(nIn, nOut) {
  const random = Random.derive(1, 'aligned rates');
  const nodes = shipped.nodes.map((node) => {
    if (!isWeighted(node)) return node;
    const matrix = nIn === nOut ? identityMatrix(nIn) : tapMatrix(nIn, nOut, 2, random);
    const weights = node.windowSize * node.outChannels;
    const encrypted = Uint8Array.from({ length: sliceCount(weights, matrix) * nIn }, () => random.below(2));
    const planes = [{ nIn, nOut, matrix: matrix.bits, encrypted, codes: decrypt(encrypted, matrix, weights) }];
    const changed = { ...node, planes };
    return { ...changed, widths: deriveWidths({ ...changed, inputFormat: node.inputTensor.format }) };
  });
  const last = nodes.at(-1);
  const format = last.widths.scaled;
  const logits = { ...last, outputTensor: { ...last.outputTensor, format } };
  return verifyNetwork({ ...shipped, nodes: [...nodes.slice(0, -1), logits] });
}

const total = ({ luts, lutRams }) => luts + lutRams;

/** LUTs of all decryptors under the fold. */
function decryptorLuts(network, fold) {
  const units = network.nodes.filter(isWeighted).flatMap((node) => weightedUnits(weightedShape(node, fold[node.name])));
  return units
    .filter(({ kind }) => kind === 'decryptor' || kind === 'heldDecryptor')
    .reduce((sum, unit) => sum + unitCost(unit).luts, 0);
}

async function measured(title, network, fold) {
  const rows = await measureDesign({ title, design: makeDesign(network, { fold }) }, options);
  return rows.reduce((sum, row) => sum + total(row.measured), 0);
}

const line = (cells) => `| ${cells.join(' | ')} |`;
const header = ['N_in→N_out', 'bits/weight', 'aligned', 'solver: LUTs', 'RAMB18', 'one fold: LUTs of weighted layers'];
header.push('of decryptors', 'RAMB18', 'whole design, synthesised');
console.log(line(header));
console.log(line(header.map(() => '---')));
for (const [nIn, nOut, aligned] of RATES) {
  const network = withRate(nIn, nOut);
  const { solution } = solveGoal(network, { cycles: CYCLES, budgets: NO_BUDGETS });
  const fold = checkedFold(network, FOLD);
  const layers = network.nodes.filter(isWeighted).map((node) => layerCost(weightedShape(node, fold[node.name])));
  const cost = addCosts(layers);
  const title = `${nIn}→${nOut}`;
  const cells = [title, (nIn / nOut).toFixed(3), aligned, Math.round(total(solution.cost)), solution.cost.bram18];
  cells.push(Math.round(total(cost)), Math.round(decryptorLuts(network, fold)), cost.bram18);
  console.log(line([...cells, values.synthesise ? await measured(title, network, fold) : '–']));
}
