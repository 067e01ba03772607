/**
 * The bit-exact simulator and onnxruntime on networks of one's choice (bench/peer/simulator-sides.js);
 * `node bench/simulator.js [MODEL …]`. `npm run bench` has the rows of two shipped models.
 */
import { URL, fileURLToPath } from 'node:url';
import { loadLowered } from '../dist/app/inputs.js';
import { formatTable } from '../dist/base/table.js';
import { DEFAULT_BITS } from '../dist/fixed/options.js';
import { measureSimulators } from './peer/simulator-sides.js';

const MODELS = ['lenet5-mnist-0.6', 'resnet20-cifar10-0.4-systematic'];
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const names = process.argv.length > 2 ? process.argv.slice(2) : MODELS.map((name) => `${ROOT}models/${name}.flexor`);
const rows = [['model', 'kernels', 'images a CPU second', 'of onnxruntime']];
for (const path of names) {
  for (const { name, rate, ofPeer } of await measureSimulators(loadLowered(path, DEFAULT_BITS).network)) {
    rows.push([path.replace(/^.*\//, ''), name, rate.toFixed(0), ofPeer === null ? '–' : ofPeer.toFixed(2)]);
  }
}
console.log(formatTable(rows));
